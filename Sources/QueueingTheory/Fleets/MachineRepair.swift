// SPDX-License-Identifier: GPL-3.0-or-later

/// A fleet of machines with spares, of which a limited number can be replaced at a time.
///
/// Only machines in operation fail; times up and of replacement are exponential. Source: Gross,
/// Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
/// DOI 10.1002/9781118625651, section 2.7; first passages: Keilson, Markov Chain Models: Rarity and
/// Exponentiality (Springer, 1979), DOI 10.1007/978-1-4612-6200-8.
package struct MachineRepair: Hashable, Sendable {
  /// How many machines are wanted in operation.
  package let machines: Int
  /// How many more there are.
  package let spares: Int
  /// How many can be in repair at a time.
  package let repairers: Int
  /// Failures per unit of time of a machine in operation.
  package let failureRate: Double
  /// One over the mean time of a repair.
  package let repairRate: Double
  /// The share of time with 0, 1, … machines down.
  package let downProbabilities: [Double]

  /// The fleet with these numbers and rates.
  ///
  /// - Precondition: the rates are positive; there are a machine and a repairer.
  /// - Complexity: linear in machines and spares.
  package init(
    machines: Int, spares: Int, repairers: Int, failureRate: Double, repairRate: Double
  ) {
    precondition(machines >= 1 && spares >= 0 && repairers >= 1, "someone can repair a machine")
    precondition(failureRate > 0 && repairRate > 0, "machines fail and are repaired")
    self.machines = machines
    self.spares = spares
    self.repairers = repairers
    self.failureRate = failureRate
    self.repairRate = repairRate
    let weights = BirthDeath.weights(
      births: Self.failures(machines: machines, spares: spares, rate: failureRate),
      deaths: (1...machines + spares).map { Double(min($0, repairers)) * repairRate })
    let sum = weights.reversed().reduce(0, +)
    downProbabilities = weights.map { $0 / sum }
  }

  /// The share of time in which as many are in operation as are wanted.
  package var allOperatingProbability: Double {
    downProbabilities.prefix(spares + 1).reversed().reduce(0, +)
  }

  /// The share of time in which none is in operation.
  package var noneOperatingProbability: Double { downProbabilities.last ?? 0 }

  /// The share of time in which less than half of those wanted are in operation.
  package var lessThanHalfOperatingProbability: Double {
    downProbabilities.indices.reversed()
      .filter { 2 * operating($0) < machines }
      .reduce(0) { $0 + downProbabilities[$1] }
  }

  /// The mean number in operation.
  package var operatingMean: Double { downProbabilities.mean { Double(operating($0)) } }

  /// The mean number down.
  package var downMean: Double { downProbabilities.mean { Double($0) } }

  /// Failures per unit of time.
  package var failuresPerTime: Double { failureRate * operatingMean }

  /// The mean time for which a machine that failed waits for its repair to begin.
  package var repairWaitMean: Double {
    downProbabilities.mean { Double(max(0, $0 - repairers)) } / failuresPerTime
  }

  /// The mean time from all being well until so many are down at once.
  ///
  /// - Precondition: there are so many machines.
  /// - Complexity: linear in the number.
  package func firstPassageMean(toDown count: Int) -> Double {
    precondition(count >= 0 && count <= machines + spares, "no more can be down than there are")
    return BirthDeath.firstPassageMean(
      births: Array(
        Self.failures(machines: machines, spares: spares, rate: failureRate).prefix(count)),
      deaths: (0..<count).map { Double(min($0 + 1, repairers)) * repairRate })
  }

  /// The mean time from all being well until fewer are in operation than are wanted.
  package var firstShortfallMean: Double { firstPassageMean(toDown: spares + 1) }

  private func operating(_ down: Int) -> Int { min(machines, machines + spares - down) }

  /// The rates of a further failure with 0, 1, … down.
  private static func failures(machines: Int, spares: Int, rate: Double) -> [Double] {
    (0..<machines + spares).map { Double(min(machines, machines + spares - $0)) * rate }
  }
}
