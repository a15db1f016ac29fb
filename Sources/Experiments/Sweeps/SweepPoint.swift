// SPDX-License-Identifier: GPL-3.0-or-later

/// One point of a sweep: a value for each key that is varied.
package struct SweepPoint: Sendable, Equatable {
  /// Its number, from 0.
  package let number: Int
  /// The values, in the order of the axes, as overrides write them.
  package let values: [String]
  /// The overrides that make the scenario this point's: `key=value`, in the order of the axes.
  package let overrides: [String]

  /// A point of those values.
  package init(number: Int, values: [String], overrides: [String]) {
    self.number = number
    self.values = values
    self.overrides = overrides
  }
}
