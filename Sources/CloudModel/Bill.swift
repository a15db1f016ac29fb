// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// What was rented, billed twice over: to compare fleets, and as it is paid.
package struct Bill: Sendable, Equatable {
  /// The lines for the horizon, in which a month is 730 hours and what is paid beforehand is spread over its term.
  package let invoice: [InvoiceLine]
  /// The charges by calendar month, each in the month in which it is invoiced.
  package let charges: [Charge]
}
