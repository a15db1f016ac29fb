// SPDX-License-Identifier: GPL-3.0-or-later

/// How many machines to reserve for a Poisson demand of which the rest is bought on demand.
///
/// Costs are per unit of time, in the unit of the prices. Source: Porteus, Foundations of Stochastic
/// Inventory Theory (Stanford, 2002), ISBN 978-0-8047-4399-0, chapter 1.
package struct ReservedCapacity: Hashable, Sendable {
  /// The mean number of machines wanted.
  package let demandMean: Double
  /// What a reserved machine costs, used or not.
  package let reservedPrice: Double
  /// What a machine on demand costs while it is used.
  package let onDemandPrice: Double

  /// The choice at this demand and these prices.
  ///
  /// - Precondition: all are positive.
  package init(demandMean: Double, reservedPrice: Double, onDemandPrice: Double) {
    precondition(demandMean > 0, "machines are wanted")
    precondition(reservedPrice > 0 && onDemandPrice > 0, "machines have a price")
    self.demandMean = demandMean
    self.reservedPrice = reservedPrice
    self.onDemandPrice = onDemandPrice
  }

  /// The least number that costs least: the smallest n with P(demand > n) at most the ratio of the
  /// prices.
  ///
  /// - Complexity: the square root of the mean demand.
  package var optimalReserved: Int {
    let demand = PoissonTerms(mean: demandMean)
    var count = demand.last
    var above = 0.0
    // Down while also the demand at `count` may be above the number reserved.
    while count > 0, above + demand.probability(of: count) <= reservedPrice / onDemandPrice {
      above += demand.probability(of: count)
      count -= 1
    }
    return count
  }

  /// The mean cost with so many reserved.
  ///
  /// - Precondition: the number is not negative.
  /// - Complexity: the square root of the mean demand.
  package func costMean(reserved: Int) -> Double {
    precondition(reserved >= 0, "no fewer than none are reserved")
    let demand = PoissonTerms(mean: demandMean)
    let missing = zip(demand.first..., demand.probabilities).reversed().reduce(0) { sum, term in
      sum + Double(max(0, term.0 - reserved)) * term.1
    }
    return Double(reserved) * reservedPrice + onDemandPrice * missing
  }
}
