// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Scenario
import Testing
import Workload

@Suite("Keys of the calendar")
struct CalendarKeysTests {
  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 10h
    requests: all
    replications: 2
    cloud: { answer: 1s, boot: 1s, load: 1s }
    prices: prices.yaml
    workload: { arrivals: { rate: 10/s } }
    client: { timeout: 2s, retries: 0 }
    models: { m: { on: { p4d: { batch: { max: 8, latency: { 1: 10ms, 8: 20ms } } } } } }
    fleet:
      base: { type: p4d, zone: us-east-1a, market: spot, machines: 2, serves: { m: 1 } }
    policies: { queue: { limit: 10 } }
    """
  private static let prices =
    "plimsoll_prices: 1\nname: book\nsource: made up\nread: 2024-12-10\nmachines: { p4d: { spot: 9 USD/h } }\n"

  private func load(_ changes: String..., files more: [(String, String)]) throws(ScenarioErrors)
    -> Scenario
  {
    let files = [("a.yaml", Self.scenario), ("prices.yaml", Self.prices)] + more
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      if path == "folder" { throw .folder }
      guard let file = files.first(where: { $0.0 == path }) else { throw .missing }
      return Array(file.1.utf8)
    }
    return try ScenarioLoader.load("a.yaml", files: reader, overrides: changes).scenario
  }

  private func messages(_ changes: String, files: [(String, String)]) -> [String] {
    do {
      _ = try load(changes, files: files)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  private static let day =
    "Time,Value\n" + (0..<10).map { "2024-12-09 0\($0):00:00,\($0 + 1)\n" }.joined()

  @Test("say what values of a series are, in which zone, and what holds outside it")
  func series() throws {
    let files = [("q.csv", Self.day)]
    let scenario = try load(
      "workload.arrivals={ series: q.csv, values: rate, time_zone: '+01:00', end: zero }",
      files: files)
    // 00:00 at +01:00 is an hour before the start.
    #expect(scenario.workload.rate(at: .start).rate.perSecond == 2)
    #expect(scenario.workload.rate(at: .start + .minutes(570)).rate == .zero)
    #expect(
      scenario.origin.inputs.count == 1 && scenario.origin.inputs[0].contains("q.csv: 10 rows"))
    #expect(
      messages("workload.arrivals={ series: q.csv, values: rate }", files: files).first?.contains(
        "q.csv:2:1") == true)
    for wrong in [
      "time_zone: Mars", "repeat: month", "end: never", "holes: maybe", "times: later",
      "end: zero, repeat: day", "per: 0s", "gap: hold",
    ] {
      #expect(
        messages("workload.arrivals={ series: q.csv, values: rate, \(wrong) }", files: files) != [])
    }
  }

  @Test("of a rate that is no file are unknown")
  func unknown() {
    #expect(
      messages("workload.arrivals.repeat=day", files: []).first?.contains(
        "workload.arrivals.repeat")
        == true)
  }

  private static let trace =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-12-09 00:00:01,1,1\n"
    + "2024-12-09 01:00:00,1,1\n"

  @Test("make a trace that is shorter than the simulated time say so, until that is meant")
  func shortTrace() throws {
    let files = [("t.csv", Self.trace)]
    let short = try load("workload.arrivals={ trace: t.csv }", files: files)
    #expect(short.origin.warnings.contains { $0.contains("ends 9h before") })
    let meant = try load("workload.arrivals={ trace: t.csv, end: zero }", files: files)
    #expect(!meant.origin.warnings.contains { $0.contains("trace ends") })
    #expect(
      messages("workload.arrivals={ trace: t.csv, end: hold }", files: files) != [])
  }

  @Test("refuse a trace of which nothing lies in the simulated time")
  func emptyTrace() {
    let files = [("t.csv", Self.trace)]
    do {
      _ = try load(
        "workload.arrivals={ trace: t.csv }", "requests={ from: 2h, for: 1h }", files: files)
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains("none of its requests"))
    }
  }

  @Test("lay dated availability on the calendar, and what has no date nowhere")
  func availability() throws {
    let files = [
      (
        "z.csv",
        "time,available\n2024-12-08T20:00:00Z,0\n2024-12-09T03:00:00Z,1\n2024-12-09T05:00:00Z,1\n"
      ), ("r.csv", "time,available\n0,0\n3600,1\n7200,0\n"),
    ]
    func law(_ keys: String, _ file: String = "z.csv") throws -> CapacityLaw? {
      let zones = "zones={ a: { replay: \(file), ones: available, drops: block, \(keys) } }"
      return try load(zones, files: files).fleet.sharedCapacities.first?.law
    }
    guard case .replay(let held, from: .hours(4)) = try law("end: hold") else {
      Issue.record("the scenario starts four hours into the file")
      return
    }
    #expect(held.count(at: .hours(6)) == 0 && held.count(at: .hours(7)) == .max)
    #expect(held.count(at: .hours(14)) == .max && held.length >= .hours(14))
    guard case .replay(let ended, _) = try law("end: zero") else {
      Issue.record("a file that ends with zero is replayed")
      return
    }
    #expect(ended.count(at: .hours(8)) == .max && ended.count(at: .hours(10)) == 0)
    #expect(throws: ScenarioErrors.self) { try law("times: dated") }
    #expect(throws: ScenarioErrors.self) { try law("end: hold, from: 1h") }
    #expect(throws: ScenarioErrors.self) { try law("end: hold", "r.csv") }
    guard case .replay(let moved, from: nil) = try law("times: relative") else {
      Issue.record("a file that is called relative is entered at random")
      return
    }
    #expect(moved.length == .hours(9))
  }

  @Test("repeat days of availability by the time of day")
  func availabilityByDay() throws {
    // Up from 6:00 to 18:00 of a day a week before.
    let files = [
      (
        "z.csv",
        "time,available\n2024-12-02T00:00:00Z,0\n2024-12-02T06:00:00Z,1\n2024-12-02T18:00:00Z,0\n"
          + "2024-12-03T00:00:00Z,0\n"
      )
    ]
    let scenario = try load(
      "horizon=50h", "zones={ a: { replay: z.csv, ones: available, drops: block, repeat: day } }",
      files: files)
    guard case .replay(let trace, let from?) = scenario.fleet.sharedCapacities[0].law else {
      Issue.record("laid on the calendar")
      return
    }
    let ups = (0..<50).map { trace.count(at: from + .minutes(60 * $0 + 30)) > 0 }
    #expect(ups == (0..<50).map { (6..<18).contains($0 % 24) })
  }

  @Test("are told of a folder that stands where a file is meant")
  func folder() {
    #expect(
      messages("workload.arrivals={ series: folder }", files: []).first?.contains(
        "'folder' is a folder, allowed: a file") == true)
  }
}
