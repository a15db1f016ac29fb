// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Quantities
import Scenario
import Testing

@Suite("A price history")
struct PriceHistoryTests {
  private func point(
    _ time: String, _ price: String, zone: String = "a", type: String = "p3",
    product: String = "Linux/UNIX"
  ) -> String {
    "{\"AvailabilityZone\": \"\(zone)\", \"InstanceType\": \"\(type)\", \"ProductDescription\": \"\(product)\", "
      + "\"SpotPrice\": \"\(price)\", \"Timestamp\": \"\(time)\"}"
  }

  private func page(_ points: [String]) -> String {
    "{\"SpotPriceHistory\": [" + points.joined(separator: ",\n") + "]}"
  }

  private func changes(
    _ text: String, hours: Int64 = 10, product: String? = nil,
    _ change: (inout CalendarRules) -> Void = { _ in }
  ) throws -> [String] {
    var rules = CalendarRules()
    change(&rules)
    let history = try PriceHistory(
      Array(text.utf8), .init(type: "p3", zone: "a", product: product))
    return try history.series(
      start: try UTCDate(parsing: "2024-12-09"), horizon: .hours(hours), rules: rules
    ).changes.map { "\($0.at.sinceStart): \($0.price)" }
  }

  private func refusal(_ body: () throws -> Void) -> TraceError? {
    #expect(throws: TraceErrors.self) { try body() }?.errors.first
  }

  @Test("lies on the calendar: what held before the start holds at it")
  func calendar() throws {
    let text = page([
      point("2024-12-09T05:00:00+00:00", "4"), point("2024-12-08T14:00:00.000Z", "2"),
      point("2024-12-07T00:00:00Z", "1"),
    ])
    #expect(try changes(text) == ["0s: 2 USD/h", "5h: 4 USD/h"])
  }

  @Test("is that of the pool's zone and type, and of Linux where it has several products")
  func selection() throws {
    let text = page([
      point("2024-12-09T00:00:00Z", "2"), point("2024-12-09T01:00:00Z", "8", zone: "b"),
      point("2024-12-09T02:00:00Z", "7", type: "p4"),
      point("2024-12-09T03:00:00Z", "9", product: "Windows"),
    ])
    #expect(try changes(text) == ["0s: 2 USD/h"])
    #expect(
      try changes(text, product: "Windows") { $0.begin = .hold } == ["0s: 9 USD/h"])
    #expect(
      refusal { _ = try changes(text, product: "SUSE") }?.found.contains("Linux/UNIX, Windows")
        == true)
    let others = page([
      point("2024-12-09T00:00:00Z", "2", product: "SUSE Linux"),
      point("2024-12-09T00:00:00Z", "3", product: "Windows"),
    ])
    #expect(refusal { _ = try changes(others) }?.found == "several products: SUSE Linux, Windows")
    let elsewhere = page([point("2024-12-09T00:00:00Z", "2", zone: "b")])
    #expect(refusal { _ = try changes(elsewhere) }?.found == "no price of zone a, but of b")
  }

  @Test("is read from pages after each other, in a list, and as records alone")
  func pages() throws {
    let (first, second) = (
      [point("2024-12-09T05:00:00Z", "4"), point("2024-12-09T03:00:00Z", "3")],
      [point("2024-12-09T03:00:00Z", "3"), point("2024-12-09T00:00:00Z", "2")]
    )
    let expected = ["0s: 2 USD/h", "3h: 3 USD/h", "5h: 4 USD/h"]
    for text in [
      page(first) + "\n" + page(second), "[\(page(first)), \(page(second))]",
      "[" + (first + second).joined(separator: ",") + "]",
    ] {
      #expect(try changes(text) == expected)
    }
  }

  @Test("begins before the start and is trusted for a day, unless the scenario says what holds")
  func ends() throws {
    let late = page([point("2024-12-09T05:00:00Z", "4")])
    #expect(
      refusal { _ = try changes(late) }?.found.contains("5h after the scenario starts") == true)
    #expect(try changes(late) { $0.begin = .hold } == ["0s: 4 USD/h"])
    let short = page([point("2024-12-09T00:00:00Z", "4")])
    #expect(try changes(short, hours: 24) == ["0s: 4 USD/h"])
    #expect(refusal { _ = try changes(short, hours: 25) }?.allowed.contains("end: hold") == true)
    #expect(try changes(short, hours: 25) { $0.end = .hold } == ["0s: 4 USD/h"])
  }

  @Test("of another date lies at the start where it is called relative")
  func relative() throws {
    let text = "Timestamp,Price\n2020-02-01 05:00:00+00:00,12\n2020-02-01 00:00:00+00:00,9.5\n"
    #expect(throws: TraceErrors.self) { try changes(text) }
    #expect(
      try changes(text) { $0.isRelative = true } == ["0s: 9.5 USD/h", "5h: 12 USD/h"])
  }

  @Test("has one price a time, and prices that are numbers, with their places")
  func broken() {
    let twice = page([point("2024-12-09T00:00:00Z", "4"), point("2024-12-09T00:00:00Z", "5")])
    #expect(refusal { _ = try changes(twice) }?.line == 2)
    let text = page([point("2024-12-09T00:00:00Z", "4"), point("2024-12-09T00:00:00Z", "NaN")])
    #expect(refusal { _ = try changes(text) }?.found == "'NaN'")
    #expect(refusal { _ = try changes("time,price\n2024-12-09 00:00:00,4\n") }?.line == 2)
    #expect(refusal { _ = try changes("{\"Prices\": []}") }?.found == "an object of Prices")
  }
}
