// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import Testing

@Suite("The clock of a file")
struct InputClockTests {
  private func read(_ text: String, zone: TimeSpan? = nil) throws -> (time: Int64, form: String) {
    var clock = InputClock(zone: zone)
    let time = try clock.read(Array(text.utf8).span)
    return (time, clock.formText)
  }

  /// 2024-12-09T15:00:00Z is 1,733,756,400 seconds after 1970: 20,066 days and 54,000 seconds.
  private static let moment: Int64 = (20_066 * 86_400 + 54_000) * 1_000_000_000

  @Test(
    "reads one moment in all its forms",
    arguments: [
      ("2024-12-09T15:00:00Z", "dates with their zone"),
      ("2024-12-09T15:00:00.000Z", "dates with their zone"),
      ("2024-12-09T15:00:00+00:00", "dates with their zone"),
      ("2024-12-09 15:00:00.000000000+00:00", "dates with their zone"),
      ("2024-12-09T16:30:00+01:30", "dates with their zone"),
      ("2024-12-09T10:00:00-0500", "dates with their zone"),
      ("2024-12-09 15:00:00 UTC", "dates with their zone"),
      ("2024-12-09 15:00:00 +0000 UTC", "dates with their zone"),
      ("2024/12/09 15:00Z", "dates with their zone"),
      ("1733756400", "epoch seconds"), ("1733756400.000", "epoch seconds"),
      ("1.7337564e9", "epoch seconds"), ("1733756400000", "epoch milliseconds"),
      ("1733756400000000", "epoch microseconds"), ("1733756400000000000", "epoch nanoseconds"),
    ])
  func moments(text: String, form: String) throws {
    #expect(try read(text) == (Self.moment, form))
  }

  @Test("reads small numbers as seconds from the start, and says so")
  func relative() throws {
    #expect(try read("90.5") == (90_500_000_000, "seconds since the start"))
    var clock = InputClock()
    _ = try clock.read(Array("0".utf8).span)
    #expect(!clock.isDated)
  }

  @Test(
    "refuses a local time until a zone is declared",
    arguments: ["2024-12-09 16:00:00", "2024-12-09"])
  func local(text: String) throws {
    let error = #expect(throws: UnreadableQuantity.self) { try read(text) }
    #expect(error?.allowed.contains("time_zone: UTC") == true)
    #expect(try read(text, zone: .hours(1)).form == "local dates, +01:00")
    #expect(try read("2024-12-09 16:00:00", zone: .hours(1)).time == Self.moment)
  }

  @Test("refuses a time that is written otherwise than those above")
  func mixture() throws {
    for (first, second) in [
      ("2024-12-09T15:00:00Z", "1733756400"), ("1733756400", "1733756400000"), ("0", "1733756400"),
    ] {
      var clock = InputClock()
      _ = try clock.read(Array(first.utf8).span)
      #expect(throws: UnreadableQuantity.self) { try clock.read(Array(second.utf8).span) }
    }
  }

  @Test(
    "refuses what is no time",
    arguments: [
      "", "NaN", "inf", "yesterday", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "1e30",
      "1,733",
    ])
  func refuses(text: String) {
    #expect(throws: UnreadableQuantity.self) { try read(text) }
  }

  @Test("counts numbers in the unit that is given")
  func unit() throws {
    var clock = InputClock(unit: 1_000_000)
    #expect(try clock.read(Array("1500".utf8).span) == 1_500_000_000)
    #expect(clock.formText == "milliseconds since the start")
  }
}
