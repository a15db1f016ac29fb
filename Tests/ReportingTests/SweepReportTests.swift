// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Foundation
import Recording
import Reporting
import Statistics
import Testing

@Suite("The report of a sweep")
struct SweepReportTests {
  private func point(_ number: Int, _ value: String, cost: Double, latency: Double?)
    -> SweepAnswer.Point
  {
    func row(_ name: String, _ unit: String, _ value: Double?) -> MeasureRow {
      MeasureRow(
        name: name, unit: unit, interval: value.map { .exact($0, samples: 2) },
        state: value == nil ? .insufficient : .estimated)
    }
    let results = RunResults(
      digest: "d\(number)", replications: 2, requests: RequestCounts(),
      measures: [row("monthly_cost", "USD", cost), row("p99(latency)", "s", latency)], invoice: [],
      verdicts: [
        VerdictRow(
          target: "monthly_cost <= 2 USD", verdict: cost <= 2 ? .holds : .fails, interval: nil,
          unit: "USD", reason: "")
      ])
    return SweepAnswer.Point(
      number: number, values: [value],
      outcome: .finished(
        SweepAnswer.Finished(
          run: Int64(number + 1), results: results, costs: [cost, cost],
          latencies: [latency, latency])))
  }

  private var report: SweepReport {
    SweepReport(
      SweepAnswer(
        scenario: "s.yaml", identity: "abc", seed: 1, keys: ["a"], confidence: 0.95,
        points: [
          point(0, "{ x: 1, y: 2 }", cost: 1, latency: 0.3),
          point(1, "b", cost: 3, latency: 0.1), point(2, "c", cost: 3, latency: 0.2),
          SweepAnswer.Point(number: 3, values: ["d"], outcome: .failed("no \"d\", sorry")),
          point(4, "e", cost: 2, latency: nil),
        ]))
  }

  @Test(
    "as CSV has a line for each point, quoted where RFC 4180 says so, and nothing for what is not")
  func csv() {
    let lines = report.csv.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0]
        == "point,a,state,monthly_cost_usd,monthly_cost_usd_low,monthly_cost_usd_high,"
        + "p99_latency_s,p99_latency_s_low,p99_latency_s_high,"
        + "availability,availability_low,availability_high,"
        + "monthly_cost <= 2 USD,on_front,replications,digest,reason")
    #expect(
      lines[1] == "0,\"{ x: 1, y: 2 }\",finished,1.0,1.0,1.0,0.3,0.3,0.3,,,,holds,1,2,d0,")
    #expect(lines[2] == "1,b,finished,3.0,3.0,3.0,0.1,0.1,0.1,,,,fails,1,2,d1,")
    #expect(lines[3] == "2,c,finished,3.0,3.0,3.0,0.2,0.2,0.2,,,,fails,0,2,d2,")
    #expect(lines[4] == "3,d,failed,,,,,,,,,,,0,0,,\"no \"\"d\"\", sorry\"")
    #expect(lines[5] == "4,e,finished,2.0,2.0,2.0,,,,,,,holds,0,2,d4,")
    #expect(lines.count == 7)
  }

  @Test("for a terminal plots the front in 80 columns and 24 lines of plain characters")
  func plot() throws {
    let table = report.table
    #expect(!table.contains("\u{1B}"))
    let start = try #require(table.range(of: "  p99 latency, ms\n"))
    let end = try #require(table.range(of: "USD a month\n"))
    let lines = table[start.lowerBound..<end.upperBound].split(separator: "\n")
    #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 })
    let plot = lines.joined(separator: "\n")
    #expect(plot.count { $0 == "*" } == 2)
    // The cheapest stands at the top left, the fastest at the bottom right, the beaten one above it.
    #expect(lines[1].hasSuffix("|*"))
    let bottom = try #require(lines.last { $0.contains("|") })
    #expect(bottom.hasSuffix("*"))
    #expect(lines.contains { $0.hasSuffix(" .") && $0.count == bottom.count })
  }

  @Test(
    "says which points are on the front, which failed and why, and which have no tail to rely on")
  func words() {
    let table = report.table
    #expect(table.contains("cheapest first: 0, 1\n"))
    #expect(table.contains("point 3 failed: no \"d\", sorry"))
    #expect(table.contains("1 of the points have no p99 latency to rely on"))
    #expect(report.markdown.contains("```text\n"))
  }

  @Test("as JSON is one document with every point, its state and what is not a number as null")
  func json() throws {
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
    let points = try #require(document["points"] as? [[String: Any]])
    #expect(
      points.map { $0["state"] as? String } == [
        "finished", "finished", "finished", "failed", "finished",
      ])
    #expect(document["front"] as? [Int] == [0, 1])
    #expect(document["plimsollSweep"] as? Int == 1)
  }
}
