// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What holds at times of a scenario of which a file says nothing.
package struct CalendarRules: Sendable, Equatable {
  /// What is repeated beyond the file.
  package enum Repeat: String, Sendable, CaseIterable {
    case day, week

    /// How long it is.
    package var length: TimeSpan { self == .day ? .hours(24) : .hours(168) }
  }

  /// What fills a gap.
  package enum Fill: String, Sendable, CaseIterable {
    /// Nothing.
    case zero
    /// The value beside it: before the first the first, else the last before it.
    case hold
  }

  /// Whether the first time of the file lies at the scenario's start, whatever its date.
  package var isRelative = false
  /// What is repeated before the first time and after the last.
  package var repeats: Repeat?
  /// What holds before the first time.
  package var begin: Fill?
  /// What holds where rows are missing.
  package var holes: Fill?
  /// What holds after the last time.
  package var end: Fill?

  /// Rules that fill nothing.
  package init() {}
}

/// A stretch of a scenario, as messages show it.
package enum CalendarText {
  /// A moment of a scenario that may begin at a date.
  package static func moment(_ instant: Instant, from start: UTCDate?) -> String {
    start.map { "\($0 + instant.sinceStart)" } ?? "\(instant.sinceStart) after the start"
  }
}
