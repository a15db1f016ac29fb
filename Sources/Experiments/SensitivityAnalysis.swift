// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Quantities
import RandomStreams
import Recording
import Scenario
import Statistics

/// Varies the uncertain inputs of a scenario: each alone, all by Morris' screening, and those that matter by
/// Sobol' indices; all points meet the same random numbers.
package struct SensitivityAnalysis: Sendable {
  /// How much is spent.
  package struct Effort: Sendable {
    /// Trajectories of the screening: inputs + 1 points each.
    package var trajectories = 10
    /// Rows of the Sobol' design: inputs + 2 points each; none leaves it out.
    package var rows = 64
    /// Of how many inputs Sobol' indices are estimated: those that the screening ranks first.
    package var kept = 5
    /// How many points are simulated side by side.
    package var jobs = 1

    /// Ten trajectories, then 64 rows for five inputs.
    package init() {}
  }

  /// What a point came to.
  private struct Outcome: Sendable {
    var values: [Double?]
    var holds: [Bool?]
  }

  private let study: SensitivityStudy
  private let effort: Effort
  private let seed: UInt64?
  private let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment

  /// An analysis of a study.
  ///
  /// - Parameters:
  ///   - seed: of the simulations and the designs; the scenario's own when it is `nil`.
  ///   - load: reads the scenario with overrides.
  package init(
    _ study: SensitivityStudy, effort: Effort, seed: UInt64?,
    load: @escaping @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  ) {
    self.study = study
    self.effort = effort
    self.seed = seed
    self.load = load
  }

  /// How many points are simulated.
  package var pointCount: Int {
    let count = study.inputs.count
    let kept = min(effort.kept, count)
    return 1 + 2 * count + effort.trajectories * (count + 1)
      + (effort.rows > 0 ? effort.rows * (kept + 2) * keptSets : 0)
  }

  /// One set of inputs is kept for all measures, so that one design serves them all.
  private var keptSets: Int { 1 }

  /// Simulates all points.
  ///
  /// - Parameters:
  ///   - progress: called with how many points are done and how many there are.
  package func run(
    progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> [SensitivityAnswer] {
    let seed = try self.seed ?? load(study.overrides).scenario.seed
    var draws = RandomStream(seed: seed, replication: 0, purpose: .sensitivity, entity: 0)
    let count = study.inputs.count
    let counter = (done: 0, all: pointCount)

    // Each alone: the scenario as it is, then both ends of every input.
    var alone: [[String]] = [[]]
    for input in study.inputs {
      alone += [input.overrides(for: input.low), input.overrides(for: input.high)]
    }
    let ends = try await outcomes(alone, seed: seed, after: counter.done, progress)

    let screening = MorrisScreening(
      inputs: count, trajectories: effort.trajectories, nextUniform: { draws.nextUniform() })
    let screened = try await outcomes(
      screening.points.map { overrides(at: $0, of: Array(0..<count)) }, seed: seed,
      after: alone.count, progress)
    let effects = study.measures.indices.map { measure -> [ElementaryEffects]? in
      let values = screened.compactMap { $0.values[measure] }
      guard values.count == screened.count, values.allSatisfy(\.isFinite) else { return nil }
      return screening.effects(values: values)
    }

    let kept = ranked(effects, ends)
    var indices = study.measures.map { _ in [SobolIndices]?.none }
    if effort.rows > 0 {
      let shift = (0..<2 * kept.count).map { _ in draws.nextUniform() }
      let design = SobolDesign(inputs: kept.count, rows: effort.rows, shift: shift)
      let found = try await outcomes(
        design.points.map { overrides(at: $0, of: kept) }, seed: seed,
        after: alone.count + screened.count, progress)
      for measure in study.measures.indices {
        let values = found.compactMap { $0.values[measure] }
        guard values.count == found.count else { continue }
        indices[measure] = design.indices(values: values, nextUniform: { draws.nextUniform() })
      }
    }
    return answers(ends, effects, kept, indices, try targets())
  }

  private func targets() throws -> [Target] { try load(study.overrides).scenario.targets }

  private func answers(
    _ ends: [Outcome], _ effects: [[ElementaryEffects]?], _ kept: [Int],
    _ indices: [[SobolIndices]?], _ targets: [Target]
  ) -> [SensitivityAnswer] {
    study.measures.indices.map { measure in
      let inputs = study.inputs.indices.map { input -> SensitivityAnswer.Input in
        let (low, high) = (ends[1 + 2 * input], ends[2 + 2 * input])
        let turned = targets.indices.filter { low.holds[$0] != high.holds[$0] }
        return SensitivityAnswer.Input(
          input: study.inputs[input], atLow: low.values[measure], atHigh: high.values[measure],
          turned: turned.map { targets[$0].text }, effects: effects[measure]?[input],
          indices: kept.firstIndex(of: input).flatMap { indices[measure]?[$0] })
      }
      let order = inputs.indices.sorted {
        (weight(inputs[$0]), -$0) > (weight(inputs[$1]), -$1)
      }
      return SensitivityAnswer(
        measure: study.measures[measure], unit: unit(study.measures[measure]),
        base: ends[0].values[measure] ?? .nan, inputs: order.map { inputs[$0] })
    }
  }

  /// What inputs are ranked by: the total index, else the mean absolute effect, else the swing.
  private func weight(_ answer: SensitivityAnswer.Input) -> Double {
    if let total = answer.indices?.total.estimate { return 1e30 * max(0, total) }
    if let effect = answer.effects?.meanAbsolute.estimate { return effect }
    return abs((answer.atHigh ?? 0) - (answer.atLow ?? 0))
  }

  private func unit(_ measure: String) -> String {
    if measure.hasSuffix("(latency)") || measure.hasSuffix("(wait)") { return "s" }
    return measure.contains("cost") ? "USD" : ""
  }

  /// The inputs that matter most to any measure, by their share of the largest effect on it.
  private func ranked(_ effects: [[ElementaryEffects]?], _ ends: [Outcome]) -> [Int] {
    let shares = study.inputs.indices.map { input in
      study.measures.indices.reduce(0.0) { best, measure in
        let sizes = study.inputs.indices.map { other -> Double in
          if let found = effects[measure]?[other].meanAbsolute.estimate { return found }
          let (low, high) = (ends[1 + 2 * other], ends[2 + 2 * other])
          let swing = abs((high.values[measure] ?? 0) - (low.values[measure] ?? 0))
          return swing.isFinite ? swing : .greatestFiniteMagnitude
        }
        let largest = sizes.max() ?? 0
        return max(best, largest > 0 ? sizes[input] / largest : 0)
      }
    }
    let order = study.inputs.indices.sorted { (shares[$0], -$0) > (shares[$1], -$1) }
    return order.prefix(effort.kept).sorted()
  }

  private func overrides(at point: [Double], of inputs: [Int]) -> [String] {
    zip(inputs, point).flatMap { number, place in
      study.inputs[number].overrides(for: study.inputs[number].value(at: place))
    }
  }

  /// Simulates points, at most as many at a time as there are jobs, and gives their outcomes in order.
  private func outcomes(
    _ points: [[String]], seed: UInt64, after done: Int,
    _ progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      var found = points.map { _ in Outcome(values: [], holds: []) }
      var next = 0
      func start() {
        guard next < points.count else { return }
        let number = next
        next += 1
        group.addTask { (number, try outcome(points[number], seed: seed)) }
      }
      for _ in 0..<max(1, effort.jobs) { start() }
      var finished = 0
      while let (number, outcome) = try await group.next() {
        start()
        found[number] = outcome
        finished += 1
        progress(done + finished, pointCount)
      }
      return found
    }
  }

  private func outcome(_ overrides: [String], seed: UInt64) throws -> Outcome {
    let loaded = try load(study.overrides + overrides)
    func measures(_ scenario: Scenario, withRequests: Bool) throws -> Measures {
      Measures(
        scenario,
        records: try (0..<study.replications).map {
          try FleetSimulation.run(
            scenario, seed: seed, replication: $0, withRequests: withRequests)
        })
    }
    let own = try measures(loaded.scenario, withRequests: true)
    let judge = Judge(
      own,
      references: try loaded.references.map { ($0.path, try measures($0, withRequests: false)) },
      confidence: loaded.scenario.confidence.fraction)
    let holds = loaded.scenario.targets.map { target -> Bool? in
      judge.interval(of: target.measure, atQuantile: true).map {
        target.comparison.holds($0.estimate, target.bound.value)
      }
    }
    return Outcome(values: study.measures.map { own.estimate(of: $0) }, holds: holds)
  }
}
