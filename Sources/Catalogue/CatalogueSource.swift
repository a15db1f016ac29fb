// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Where a number of the catalogue comes from, and of which day it is.
package struct CatalogueSource: Equatable, Sendable {
  /// A short name, under which `plimsoll catalogue sources` has the address; a sentence of the user's own.
  package let name: String
  /// The day; `nil` where the source has none.
  package let day: UTCDate?

  /// A source of that name and day.
  package init(name: String, day: UTCDate?) {
    self.name = name
    self.day = day
  }

  /// Reads both from two fields of a table.
  init(_ name: String, _ day: String) {
    self.init(name: name, day: try? UTCDate(parsing: day))
  }

  /// The source with its day, and how old that is at a start.
  package func told(at start: UTCDate?) -> String {
    guard let day else { return "\(name), without a day" }
    let text = "\(name), \("\(day)".prefix(10))"
    guard let start else { return text }
    let days = Int(((start - day).inSeconds / 86_400).rounded())
    guard days != 0 else { return text }
    let count = abs(days) == 1 ? "1 day" : "\(abs(days)) days"
    return text + ": \(count) \(days > 0 ? "before" : "after") the start"
  }
}
