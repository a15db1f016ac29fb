// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("Decisions, written and made again by the command")
struct DecisionTests {
  /// A small fleet with every policy, whose requests run for two minutes.
  private static func log(_ more: [String] = []) throws -> (path: String, digest: Substring?) {
    let path = Command.temporary("jsonl")
    let answer = try Command.call(
      [
        "run", "Scenarios/smoke.yaml", "--db", Command.temporary("sqlite"), "--quiet",
        "--replications", "1", "--set", "horizon=2h", "--set", "workload.arrivals.peak=40/s",
        "--set", "requests={ windows: 2, length: 1min, warmup: 10s, after_interruption: 1min }",
        "--set", "workload.content.catalogue=500", "--set",
        "policies.ledger={ budget: 90 USD/h, tenants: { acme: 40 USD/h, globex: 30 USD/h } }",
        "--decisions", path,
      ] + more)
    try #require(answer.status == 0, "\(answer.messages)")
    return (path, answer.output.split(separator: " ").last)
  }

  @Test("replays a simulation's log, and a second driver that knows no simulator decides alike")
  func roundTrip() throws {
    let (path, _) = try Self.log()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for policy in ["spot", "autoscaler", "router", "dispatcher", "cache", "dedup", "ledger"] {
      #expect(text.contains("\"policy\":\"\(policy)\""), "\(policy)")
    }
    try Self.replays(path, text)
  }

  @Test("makes again what became of every request of a fleet with all policies")
  func pathOfBatches() throws {
    let (path, digest) = try Self.log(["--decisions-about", "all"])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for policy in ["spot", "autoscaler", "router", "cache", "dedup", "ledger", "path"] {
      #expect(text.contains("\"policy\":\"\(policy)\""), "\(policy)")
    }
    for event in ["arrived", "store_answered", "completed", "replica_changed"] {
      #expect(text.contains("\"event\":\"\(event)\""), "\(event)")
    }
    #expect(text.contains(#""do":"end","outcome":"hit""#))
    try Self.replays(path, text)
    let (alone, same) = try Self.log(["--decisions-about", "path"])
    let own = try String(contentsOfFile: alone, encoding: .utf8)
    #expect(!own.contains("\"policy\":\"spot\""))
    try Self.replays(alone, own)
    #expect(digest == same)
  }

  @Test("makes again what became of every request of a token engine")
  func pathOfTokens() throws {
    let path = Command.temporary("jsonl")
    let answer = try Command.call(
      "run", "Scenarios/tokens/chat.yaml", "--db", Command.temporary("sqlite"), "--quiet",
      "--replications", "1", "--set", "requests={ from: 30min, for: 1min, warmup: 10s }",
      "--decisions", path, "--decisions-about", "path")
    try #require(answer.status == 0 || answer.status == 99, "\(answer.messages)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"event\":\"arrived\""))
    try Self.replays(path, text)
  }

  /// Expects that a log comes out as it was recorded, from the command and from the policies alone.
  private static func replays(_ path: String, _ text: String) throws {
    let answer = try Command.call("replay", path)
    let count = text.utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(answer.output == "\(count - 1) decisions, all as recorded\n")
    let driver = try Command.call([], of: "plimsoll-policies", input: path)
    #expect(driver.status == 0)
    #expect(driver.output == text)
  }

  @Test("the second driver links neither GSL nor the simulator")
  func links() throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ldd", try Command.path(of: "plimsoll-policies")]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.contains("libc.so"))
    #expect(!text.contains("libgsl") && !text.contains("sqlite"))
  }

  @Test("writes machines only where asked, the same in each run, and changes no result by it")
  func machinesOnly() throws {
    let (first, digest) = try Self.log(["--decisions-about", "machines"])
    let (second, again) = try Self.log(["--decisions-about", "machines"])
    let text = try String(contentsOfFile: first, encoding: .utf8)
    #expect(try text == String(contentsOfFile: second, encoding: .utf8))
    #expect(digest == again)
    #expect(!text.contains("\"policy\":\"cache\""))
    #expect(try Command.call("replay", first).status == 0)
  }

  @Test("ends with 99 and the line where a log comes out otherwise, and 65 where it cannot be read")
  func differences() throws {
    let (path, _) = try Self.log(["--decisions-about", "machines"])
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(
      String.init)
    let started = try #require(lines.firstIndex { $0.contains("\"started\"") })
    lines[started] = lines[started].replacingOccurrences(of: "}]}", with: ",\"more\":1}]}")
    if !lines[started].contains("more") { lines[started] += " " }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    let changed = try Command.call("replay", path)
    #expect(changed.status == 99)
    #expect(changed.output.hasPrefix("line \(started + 1) comes out otherwise"))
    try Data((lines[0] + "\n{\"at\":1}\n").utf8).write(to: URL(fileURLWithPath: path))
    let broken = try Command.call("replay", path)
    #expect(broken.status == 65)
    #expect(broken.messages.contains("line 2: at: is 1; allowed: a time"))
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(try Command.call("replay", path).status == 65)
    #expect(try Command.call("replay", "/nowhere.jsonl").status == 66)
    #expect(try Command.call([], of: "plimsoll-policies").status == 65)
    #expect(
      try Command.call(
        "run", "Scenarios/smoke.yaml", "--decisions", path, "--decisions-of", "-1"
      ).status == 64)
  }

  @Test("prints an invoice as FOCUS, and says which replications there are")
  func focus() throws {
    let database = Command.temporary("sqlite")
    _ = try Command.call(
      "run", "Scenarios/reference-design/as-claimed.yaml", "--db", database, "--quiet",
      "--replications", "1", "--set", "requests={ from: 14h, for: 20s, warmup: 5s }")
    let answer = try Command.call("show", "--db", database, "--format", "focus")
    #expect(answer.status == 0)
    let billed = answer.output.split(separator: "\n").dropFirst().compactMap { row in
      row.split(separator: ",", omittingEmptySubsequences: false).dropFirst().first
        .flatMap { Decimal(string: String($0)) }
    }
    // 730 h of machines, and of 1,500 USD a month 23 of December's 31 days and 7 days 10 h of January's.
    let fixed = 1_500.0 * (23.0 + 7.0 + 10.0 / 24) / 31
    let sum = billed.reduce(0, +)
    #expect(abs(Double("\(sum)")! - (17_222.16 + 30_922.80 + fixed)) < 0.000_01, "\(sum)")
    let none = try Command.call(
      "show", "--db", database, "--format", "focus", "--replication", "9")
    #expect(none.status == 66 && none.messages.contains("no replication 9"))
  }
}
