// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What is charged for every byte that leaves the cloud with the answers.
package struct EgressCost: Sendable, Equatable {
  /// What it is for.
  package let name: String
  /// The price of 10^9 bytes.
  package let perGigabyte: USD
  /// How many bytes a token of an answer takes on the wire.
  package let bytesPerToken: Int

  /// A cost of those values.
  package init(name: String, perGigabyte: USD, bytesPerToken: Int) {
    self.name = name
    self.perGigabyte = perGigabyte
    self.bytesPerToken = bytesPerToken
  }

  /// What so many tokens of answers cost in nanodollars, to the nearest, ties to even; `nil` beyond 128 bits.
  func nanodollars(ofTokens tokens: Int128) -> Int128? {
    let each = Int128(bytesPerToken) * Int128(perGigabyte.nanodollars)
    let (product, overflow) = tokens.multipliedReportingOverflow(by: each)
    return overflow ? nil : product.dividedRoundingToNearestOrEven(by: 1_000_000_000)
  }
}
