// SPDX-License-Identifier: GPL-3.0-or-later

/// What a search for the best point of a grid makes as small, or as large, as it can.
package struct Objective: Sendable, Equatable {
  /// The name of a measure.
  package let measure: String
  /// Whether more of it is better.
  package let isMaximised: Bool

  /// An objective of those values.
  package init(_ measure: String, isMaximised: Bool = false) {
    self.measure = measure
    self.isMaximised = isMaximised
  }

  /// The smallest bill, which is known without requests as a rule.
  package static var bill: Objective { Objective("monthly_cost") }
  /// Whether it is that.
  package var isBill: Bool { self == .bill }
}
