// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// One value of a time series.
package struct SeriesPoint: Sendable, Equatable {
  /// When it was true, or when the stretch that it sums up began.
  package let time: Instant
  /// The series, such as `machines_ready`.
  package let name: String
  /// The pool that it is about; empty when it is about all.
  package let pool: String
  /// The value.
  package let value: Double

  /// A point of those values.
  package init(time: Instant, name: String, pool: String, value: Double) {
    self.time = time
    self.name = name
    self.pool = pool
    self.value = value
  }
}
