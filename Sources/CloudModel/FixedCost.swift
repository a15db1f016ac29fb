// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// An amount that is charged every month whatever happens.
package struct FixedCost: Sendable, Equatable {
  /// What it is for.
  package let name: String
  /// The amount for a calendar month; invoices, which compare, scale it from months of 730 hours.
  package let monthly: USD

  /// A cost of that amount.
  package init(name: String, monthly: USD) {
    self.name = name
    self.monthly = monthly
  }
}
