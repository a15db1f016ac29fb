// SPDX-License-Identifier: Apache-2.0

/// A bill that is more than amounts of money hold: the scenario asks for it, so that it is no bug.
package struct BillOutOfRange: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line that is too much; `nil` for the sum of all.
  let line: String?

  /// What is too much, and what would not be.
  package var description: String {
    let most = USD.largestBill.rounded(places: 0, groupSeparator: ",")
    return (line.map { "the line '\($0)' of the bill" } ?? "the bill")
      + " is above \(most) USD in the horizon, or in a month of 730 h at the same rate; "
      + "allowed: up to that. Give fewer machines, lower prices (at_most) or a shorter horizon"
  }
}

extension USD {
  /// The amount, as far as it is one that bills may have.
  package init(billed nanodollars: Int128, for line: String?) throws(BillOutOfRange) {
    guard nanodollars.magnitude <= USD.largestBill.nanodollars.magnitude else {
      throw BillOutOfRange(line: line)
    }
    self.init(nanodollars: Int64(nanodollars))
  }
}
