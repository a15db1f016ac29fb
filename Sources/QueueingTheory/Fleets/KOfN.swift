// SPDX-License-Identifier: GPL-3.0-or-later

/// A system that works while at least k of its n machines are up, each with its own repair.
///
/// Independent machines with any laws of the times up and down. Source: Barlow and Proschan,
/// Statistical Theory of Reliability and Life Testing (Holt, Rinehart and Winston, 1975),
/// ISBN 978-0-03-085853-6, chapter 7.
package struct KOfN: Hashable, Sendable {
  /// The number of machines.
  package let machines: Int
  /// How many of them it takes.
  package let needed: Int
  /// The mean time for which a machine is up.
  package let upMean: Double
  /// The mean time for which it is down.
  package let downMean: Double
  /// The share of time in which enough are up.
  package let availability: Double
  /// The share of time in which fewer are, to full precision where it is small.
  package let unavailability: Double
  /// How often per unit of time the system fails.
  package let failureRate: Double

  /// The system of so many machines, of which `needed` have to be up, with these mean times.
  ///
  /// - Precondition: the times are positive, and at least one and at most all machines are needed.
  /// - Complexity: linear in the machines.
  package init(machines: Int, needed: Int, upMean: Double, downMean: Double) {
    precondition(needed >= 1 && needed <= machines, "between one and all machines are needed")
    precondition(upMean > 0 && downMean > 0, "a machine is up and down for some time")
    self.machines = machines
    self.needed = needed
    self.upMean = upMean
    self.downMean = downMean
    let cycle = upMean + downMean
    let (up, down) = (upMean / cycle, downMean / cycle)
    let law = BinomialTerms(trials: machines, success: up, failure: down)
    availability = law.probability(ofAtLeast: needed)
    unavailability = law.probability(ofLessThan: needed)
    // One of the machines fails while exactly needed - 1 of the others are up.
    let others = BinomialTerms(trials: machines - 1, success: up, failure: down)
    failureRate = Double(machines) / cycle * others.probabilities[needed - 1]
  }

  /// The share of time in which one machine is up.
  package var machineAvailability: Double { upMean / (upMean + downMean) }

  /// The mean number of machines up.
  package var machinesUpMean: Double { Double(machines) * machineAvailability }

  /// The mean time for which the system works without a break.
  package var systemUpMean: Double { availability / failureRate }

  /// The mean time of such a break.
  package var systemDownMean: Double { unavailability / failureRate }
}
