// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Foundation
import Inputs
import Quantities
import Scenario
import Testing

@Suite("Measured availability and prices")
struct MeasuredFileTests {
  private func availability(
    _ text: String, _ ones: MeasuredFile.Meaning?
  ) throws -> AvailabilityTrace {
    try MeasuredFile.availability(Array(text.utf8), ones: ones).trace
  }

  private func problems(_ text: String, _ ones: MeasuredFile.Meaning? = .available) -> [String] {
    do {
      _ = try availability(text, ones)
      return []
    } catch {
      return (error as? TraceErrors)?.errors.map {
        "x:\($0.line):\($0.column): found \($0.found), allowed: \($0.allowed)"
      } ?? ["\(error)"]
    }
  }

  @Test("mean the same in both polarities")
  func polarity() throws {
    let up = try availability(
      "{\"metadata\": {\"gap_seconds\": 10, \"zone\": \"a\"},\n\t\"data\": [1, 1, 0, 1]}",
      .available)
    let down = try availability("time,available\n0,0\n20,1\n30,0\n40,0\n", .unavailable)
    #expect(up == down)
    #expect(up.changes.map(\.count) == [.max, 0, .max] && up.length == .seconds(40))
    #expect(up.share(ofAtLeast: 9) == 0.75)
  }

  @Test("with numbers above 1 are counts")
  func counts() throws {
    let trace = try availability(
      "{\"metadata\": {\"gap_seconds\": 2.5}, \"data\": [4, 1, 1, 0]}", .available)
    #expect(trace.changes.map(\.count) == [4, 1, 0])
    #expect(trace.share(ofAtLeast: 1) == 0.75 && trace.share(ofAtLeast: 2) == 0.25)
    #expect(problems("{\"metadata\": {\"gap_seconds\": 1}, \"data\": [3]}", .unavailable) != [])
  }

  @Test(
    "are refused with the line where they are wrong",
    arguments: [
      ("{\"metadata\": {\"gap_seconds\": 1}, \"data\": []}", "at least one sample"),
      ("{\"metadata\": {}, \"data\": [1]}", "gap_seconds"),
      ("{\"metadata\": {\"gap_seconds\": 1}, \"data\": [1, -1]}", "data[1]"),
      ("time,available\n0,1\n5,maybe\n9,1\n", "x:3:3"),
      ("time,available\n5,1\n5,0\n", "x:3:1"), ("time,available\n5,1\n", "two lines"),
      ("time,available\n5,1,7\n6,0\n", "x:2:5"), ("", "an empty file"),
      (
        "time,available\n1900-01-01T00:00:00Z,3\n2150-01-01T00:00:00Z,0\n",
        "x:3:1: found '2150-01-01T00:00:00Z', allowed: a time within"
      ),
      ("time,available\n0,3\n9000000000,0\n", "seconds since the start as above"),
    ])
  func refuses(text: String, message: String) {
    let found = problems(text)
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }

  @Test("are refused where their samples last longer than anything may")
  func centuries() {
    func found(_ count: Int) -> [String] {
      let data = Array(repeating: "1", count: count).joined(separator: ",")
      return problems("{\"metadata\": {\"gap_seconds\": 1000000}, \"data\": [\(data)]}")
    }
    #expect(found(2_304) == [])
    #expect(found(2_305).contains { $0.contains("data") && $0.contains("at most 2304") })
    #expect(found(20_000).count == 1)
  }

  @Test("of a log are refused where machines come twice or go without having come")
  func log() {
    func found(_ text: String) -> [String] { problems(text, nil) }
    #expect(found("0,add,a\n5,add,a\n6,remove,a\n").contains { $0.contains("x:2:7") })
    #expect(found("0,add,a\n5,remove,b\n6,remove,a\n").contains { $0.contains("x:2:10") })
    #expect(found("5,add,a\n4,add,b\n6,remove,a\n").contains { $0.contains("x:2:1") })
    #expect(found("0,add,a\n").contains { $0.contains("two events") })
  }

  @Test("of a price history are those of one zone and type, oldest first")
  func history() throws {
    func point(_ zone: String, _ type: String, _ price: String, _ time: String) -> String {
      "{\"AvailabilityZone\": \"\(zone)\", \"InstanceType\": \"\(type)\", "
        + "\"SpotPrice\": \"\(price)\", \"Timestamp\": \"\(time)\"}"
    }
    let text =
      "{\"SpotPriceHistory\": ["
      + [
        point("a", "p3", "1.5", "2020-02-03T00:00:00Z"),
        point("b", "p3", "9.5", "2020-02-02T00:00:00Z"),
        point("a", "p3", "1.0", "2020-02-02T00:00:00.000Z"),
        point("a", "p3", "1.0", "2020-02-01T00:00:00Z"),
      ].joined(separator: ",") + "]}"
    let start = try UTCDate(parsing: "2020-02-01")
    let history = try PriceHistory(Array(text.utf8), .init(type: "p3", zone: "a"))
    let series = try history.series(start: start, horizon: .hours(72))
    #expect(series.changes.map(\.at) == [.start, .start + .hours(48)])
    #expect(series.changes.map(\.price.nanodollarsPerHour) == [1_000_000_000, 1_500_000_000])
    #expect(throws: TraceErrors.self) {
      try PriceHistory(Array(text.utf8), .init(type: "p3", zone: "c"))
    }
  }

  // MARK: Published traces

  /// A file of the public traces in the folder that `PLIMSOLL_DATA` names; nil where it is not there.
  private static func published(_ path: String) -> [UInt8]? {
    guard let folder = ProcessInfo.processInfo.environment["PLIMSOLL_DATA"] else { return nil }
    return FileManager.default.contents(atPath: "\(folder)/\(path)").map { [UInt8]($0) }
  }

  private static let hasTraces = published("aws-v100-spot-2023/LICENSE") != nil

  @Test(
    "that were published in both polarities say the same",
    .enabled(
      if: hasTraces,
      "it needs published traces of spot machines; PLIMSOLL_DATA names the folder of public data"))
  func publishedPolarities() throws {
    let zones = [("us-west-2a", 0.885), ("us-east-1a", 0.166), ("us-east-2b", 0.685)]
    for (zone, share) in zones {
      let whole = try #require(
        Self.published("aws-v100-spot-2023/availability/\(zone)_v100_1.json"))
      let trace = try MeasuredFile.availability(whole, ones: .available).trace
      #expect(abs(trace.share(ofAtLeast: 1) - share) < 0.0006)
      let part = try #require(Self.published("aws-v100-spot-2023/windows/\(zone)_v100_1/0.json"))
      let window = try MeasuredFile.availability(part, ones: .unavailable).trace
      // The window is a part of the series, wherever it was cut out.
      let step = TimeSpan.seconds(195)
      func states(_ trace: AvailabilityTrace) -> [Bool] {
        (0..<trace.length.nanoseconds / step.nanoseconds).map { trace.count(at: step * $0) > 0 }
      }
      let (all, some) = (states(trace), states(window))
      #expect(
        (0...all.count - some.count).contains { start in
          zip(all[start...], some).allSatisfy { $0 == $1 }
        })
    }
  }

  @Test(
    "of a fleet on spot are read from its log",
    .enabled(
      if: hasTraces,
      "it needs published traces of spot machines; PLIMSOLL_DATA names the folder of public data"))
  func publishedLog() throws {
    let log = try #require(Self.published("bamboo-preemptions/p3-trace.csv"))
    let trace = try MeasuredFile.availability(log, ones: nil).trace
    #expect(trace.changes.map(\.count).max() == 32)
    let mean = (1...32).reduce(0.0) { $0 + trace.share(ofAtLeast: $1) }
    #expect(abs(mean - 24.0) < 0.1)
    let drops = zip(trace.changes, trace.changes.dropFirst()).filter { $0.count > $1.count }
    #expect(drops.count >= 60)
  }

  @Test(
    "of prices are read from AWS's answers",
    .enabled(
      if: hasTraces,
      "it needs published traces of spot machines; PLIMSOLL_DATA names the folder of public data"))
  func publishedPrices() throws {
    let answer = try #require(Self.published("gpu-spot-2020/aws/cost/us-east-1/p3.2xlarge.json"))
    let history = try PriceHistory(answer, .init(type: "p3.2xlarge", zone: "us-east-1b"))
    let start = try UTCDate(parsing: "2020-01-01")
    let series = try history.series(start: start, horizon: .hours(1_000))
    let prices = series.changes.map { Double($0.price.nanodollarsPerHour) / 1e9 }
    #expect(prices.allSatisfy { $0 >= 0.91 && $0 <= 3.06 } && prices.count > 20)
  }
}
