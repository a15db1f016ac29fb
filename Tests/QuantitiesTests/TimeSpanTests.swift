// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing

@Suite("A time span")
struct TimeSpanTests {
  @Test(
    "is read with its unit",
    arguments: [
      ("730h", TimeSpan.hours(730)), ("180ms", .milliseconds(180)), ("2.5 h", .minutes(150)),
      ("1h30m", .minutes(90)), ("5min", .minutes(5)), ("7d", .hours(168)), ("0", .zero),
      ("42.5ms", .microseconds(42_500)), ("1_000us", .milliseconds(1)), ("-5s", .seconds(-5)),
    ])
  func reads(text: String, span: TimeSpan) throws {
    #expect(try TimeSpan(parsing: text) == span)
  }

  @Test(
    "is refused without a unit, with an unknown one, or finer than a nanosecond",
    arguments: ["", "5", "ms", "5 parsecs", "0.5ns", "1e3s", "1__s", "5s!", "99999999999h"])
  func refuses(text: String) {
    #expect(throws: UnreadableQuantity.self) { try TimeSpan(parsing: text) }
  }

  @Test(
    "is printed in the unit that reads best, and reads back the same",
    arguments: [
      (TimeSpan.hours(730), "730h"), (.milliseconds(180), "180ms"), (.seconds(90), "90s"),
      (.microseconds(42_500), "42.5ms"), (.zero, "0s"), (.minutes(-30), "-30m"),
      (TimeSpan(nanoseconds: 1_000_000_001), "1000000.001us"),
    ])
  func prints(span: TimeSpan, text: String) throws {
    #expect(span.description == text)
    #expect(try TimeSpan(parsing: text) == span)
  }

  @Test("rounds seconds to the nearest microsecond")
  func rounding() {
    #expect(TimeSpan(roundingToMicroseconds: 1.2345674).nanoseconds == 1_234_567_000)
  }
}

@Suite("A UTC date")
struct UTCDateTests {
  @Test(
    "is read and printed in ISO 8601",
    arguments: [
      ("2024-12-09T00:00:00Z", Int64(1_733_702_400)), ("1970-01-01T00:00:00Z", 0),
      ("2000-02-29T12:34:56Z", 951_827_696), ("1969-12-31T23:59:59Z", -1),
    ])
  func roundTrip(text: String, seconds: Int64) throws {
    let date = try UTCDate(parsing: text)
    #expect(date.nanosecondsSince1970 == seconds * 1_000_000_000)
    #expect(date.description == text)
  }

  @Test("is read with seven decimals, and with the offset of another zone")
  func decimals() throws {
    let date = try UTCDate(parsing: "2023-11-16 18:15:46.6805900Z")
    #expect(date.description == "2023-11-16T18:15:46.68059Z")
    #expect(try UTCDate(parsing: "2023-11-16T19:45:46.6805900+01:30") == date)
  }

  @Test("needs a zone beside a time of day")
  func zone() throws {
    let error = #expect(throws: UnreadableQuantity.self) {
      try UTCDate(parsing: "2024-12-09T15:00:00")
    }
    #expect(error?.allowed.contains("its zone") == true)
    #expect(try UTCDate(parsing: "2024-12-09") == UTCDate(parsing: "2024-12-09T00:00:00Z"))
  }

  @Test(
    "is refused when there is no such day or time",
    arguments: [
      "2023-02-29", "2024-13-01", "2024-12-09T24:00:00Z", "2024-12-09T00:00:00+25:00", "today", "",
      "1899-12-31T23:59:59Z", "2151-01-01",
    ])
  func refuses(text: String) {
    #expect(throws: UnreadableQuantity.self) { try UTCDate(parsing: text) }
  }

  @Test("knows its time of day and of the week, from Monday")
  func timeOfWeek() throws {
    #expect(try UTCDate(parsing: "2024-12-09T00:00:00Z").timeOfWeek == .zero)
    #expect(try UTCDate(parsing: "2024-12-15T15:00:00Z").timeOfWeek == .hours(6 * 24 + 15))
    #expect(try UTCDate(parsing: "1969-12-31T23:00:00Z").timeOfDay == .hours(23))
  }

  @Test("goes through every day of the years 1900 to 2150 and back")
  func everyDay() throws {
    let (first, last) = (try UTCDate(parsing: "1900-01-01"), try UTCDate(parsing: "2150-12-31"))
    #expect(UTCDate.readable == first..<last + .hours(24))
    let days = (last - first).nanoseconds / 86_400_000_000_000
    #expect(days == 251 * 365 + 61 - 1, "61 of them are leap years: neither 1900 nor 2100 is")
    for day in 0...days {
      let date = first + .hours(24 * day)
      #expect(WrittenTime.read(Array(date.description.utf8).span)?.moment == date)
    }
  }
}
