// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The time during which one machine was rented.
package struct Rental: Sendable, Equatable {
  /// The number of the pool.
  package let pool: Int
  /// From when it was billed.
  package let from: Instant
  /// When it was given or taken back; ``Instant/never`` when it still runs.
  package var to: Instant
  /// Whether the cloud took it back.
  package var wasInterrupted = false

  /// A rental of that pool.
  package init(pool: Int, from: Instant, to: Instant, wasInterrupted: Bool = false) {
    self.pool = pool
    self.from = from
    self.to = to
    self.wasInterrupted = wasInterrupted
  }
}
