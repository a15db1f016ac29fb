// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing

@Suite("A local zone")
struct LocalZoneTests {
  private static func minutes(_ zone: String, at date: String) throws -> Int64 {
    try LocalZone(parsing: zone).offset(at: UTCDate(parsing: date)).nanoseconds / 60_000_000_000
  }

  // The law of summer time: in the Union from the last Sunday of March to that of October at 01:00 UTC (Directive
  // 2000/84/EC); in the United States from the second Sunday of March to the first of November at 02:00 local
  // time (15 U.S.C. 260a); in New South Wales from the first Sunday of October to that of April.
  @Test(
    "follows the rules of its country to the second",
    arguments: [
      ("Europe/Berlin", "2024-03-31T00:59:59Z", 60), ("Europe/Berlin", "2024-03-31T01:00:00Z", 120),
      ("Europe/Berlin", "2024-10-27T00:59:59Z", 120), ("Europe/Berlin", "2024-10-27T01:00:00Z", 60),
      ("Europe/Dublin", "2025-01-15", 0), ("Europe/Dublin", "2025-07-15", 60),
      ("America/New_York", "2025-03-09T06:59:59Z", -300),
      ("America/New_York", "2025-03-09T07:00:00Z", -240),
      ("America/New_York", "2025-11-02T05:59:59Z", -240),
      ("America/New_York", "2025-11-02T06:00:00Z", -300),
      ("Australia/Sydney", "2025-01-01", 660), ("Australia/Sydney", "2025-07-01", 600),
      ("Asia/Kolkata", "2025-07-01", 330), ("UTC", "2025-07-01", 0), ("+05:30", "2025-07-01", 330),
      ("-0800", "2025-07-01", -480),
    ])
  func offsets(_ zone: String, _ date: String, _ minutes: Int64) throws {
    #expect(try Self.minutes(zone, at: date) == minutes)
  }

  @Test("says from when on its rules are known")
  func since() throws {
    #expect(try LocalZone(parsing: "Europe/Berlin").since == nil)
    // The present rule of the United States holds since 2007.
    #expect(
      try LocalZone(parsing: "America/Chicago").since == UTCDate(year: 2007, month: 1, day: 1))
  }

  @Test(
    "is refused where nobody knows it",
    arguments: ["Europe/Berln", "mars", "", "+1", "+15:00", "+01:60", "01:00", "Africa/Casablanca"])
  func refuses(_ zone: String) {
    #expect(throws: UnreadableQuantity.self) { try LocalZone(parsing: zone) }
  }

  @Test("knows every zone of its table")
  func everyZone() throws {
    let names = LocalZone.names
    #expect(names.count > 500)
    for name in names { _ = try LocalZone(parsing: name) }
  }
}
