// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What a run is invoiced for in one calendar month, or for the part of it that lies in the horizon.
package struct BilledMonthRow: Sendable, Equatable {
  /// From when the month is covered.
  package let from: UTCDate
  /// Until when.
  package let to: UTCDate
  /// The mean over replications.
  package let billed: USD

  /// A row of those values.
  package init(from: UTCDate, to: UTCDate, billed: USD) {
    self.from = from
    self.to = to
    self.billed = billed
  }
}
