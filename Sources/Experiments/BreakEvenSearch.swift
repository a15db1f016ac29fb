// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Quantities
import Recording
import Scenario

/// Finds by bisection the value of an input at which a target of the bill changes from held to failed.
///
/// Requests are not simulated: what is varied is what the bill depends on. Point estimates decide, with
/// the same random numbers at every value.
package struct BreakEvenSearch {
  /// Where a target changes its mind.
  package enum Result: Sendable, Equatable {
    /// Between two values this close to each other; `measure` is what the claim is about there.
    case at(value: Double, measure: Double?)
    /// It holds everywhere in the range.
    case alwaysHolds
    /// It holds nowhere in the range.
    case neverHolds
  }

  private let breakEven: ClaimSet.BreakEven
  private let claim: Target.Measure
  private let seed: UInt64
  private let replications: Int
  private let load: (_ override: String) throws -> LoadedExperiment

  /// A search for a claim.
  ///
  /// - Parameters:
  ///   - claim: what the claim is about, which is told at the break-even too.
  ///   - load: reads the scenario with one override.
  package init(
    _ breakEven: ClaimSet.BreakEven, of claim: Target.Measure, seed: UInt64, replications: Int,
    load: @escaping (_ override: String) throws -> LoadedExperiment
  ) {
    self.breakEven = breakEven
    self.claim = claim
    self.seed = seed
    self.replications = replications
    self.load = load
  }

  /// The value with its unit, as an override writes it.
  package func written(_ value: Double) -> String {
    formatted(value, places: 4) + breakEven.unit
  }

  /// Halves the range until it is a two-thousandth of what it was.
  ///
  /// - Complexity: 13 runs of the slow world.
  package func run() throws -> Result {
    var (low, high) = (breakEven.low, breakEven.high)
    let atLow = try evaluate(low).holds
    let atHigh = try evaluate(high).holds
    if atLow && atHigh { return .alwaysHolds }
    if !atLow && !atHigh { return .neverHolds }
    for _ in 0..<11 {
      let middle = (low + high) / 2
      if try evaluate(middle).holds == atLow { low = middle } else { high = middle }
    }
    let value = atLow ? low : high
    return .at(value: value, measure: try evaluate(value).measure)
  }

  private func evaluate(_ value: Double) throws -> (holds: Bool, measure: Double?) {
    let loaded = try load("\(breakEven.key)=\(written(value))")
    let target = try Target(parsing: breakEven.target)
    let judge = Judge(
      try measures(of: loaded.scenario),
      references: try loaded.references.map { ($0.origin.path, try measures(of: $0)) },
      confidence: loaded.scenario.run.confidence.fraction)
    guard let interval = judge.interval(of: target.measure) else { return (false, nil) }
    return (
      target.comparison.holds(interval.estimate, target.bound.value),
      judge.interval(of: claim)?.estimate
    )
  }

  private func measures(of scenario: Scenario) throws -> Measures {
    let count = scenario.isBillExact ? 1 : replications
    let records = try (0..<count).map {
      try FleetSimulation.run(scenario, seed: seed, replication: $0, withRequests: false)
    }
    return Measures(scenario, records: records)
  }
}
