// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
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
    var rows: [MeasureRow?] = []
    var targets: [(text: String, holds: Bool?)] = []

    /// The values of the measures; `nil` where there is none.
    var values: [Double?] { rows.map { $0?.interval?.estimate } }
  }

  private let study: SensitivityStudy
  private let effort: Effort
  private let seed: UInt64?
  private let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  /// Where replications come from.
  package var source = ReplicationSource.simulated()

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
      + (effort.rows > 0 ? effort.rows * (kept + 2) : 0)
  }

  /// Simulates all points.
  ///
  /// - Parameters:
  ///   - progress: called with how many points are done and how many there are.
  package func run(
    progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> [SensitivityAnswer] {
    let seed = try self.seed ?? load(study.overrides).scenario.run.seed
    var draws = RandomStream(seed: seed, replication: 0, purpose: .sensitivity, entity: 0)
    let count = study.inputs.count

    // Each alone: the scenario as it is, then both ends of every input.
    let base = try await outcomes([[]], seed: seed, after: 0, progress)
    for (name, row) in zip(study.measures, base[0].rows) where row == nil {
      throw UnknownMeasure(name: name, scenario: study.scenario)
    }
    var alone: [[String]] = []
    for input in study.inputs {
      alone += [input.overrides(for: input.low), input.overrides(for: input.high)]
    }
    let screening = MorrisScreening(
      inputs: count, trajectories: effort.trajectories, nextUniform: { draws.nextUniform() })
    let first = try await outcomes(
      alone + screening.points.map { overrides(at: $0, of: Array(0..<count)) }, seed: seed,
      after: 1, progress)
    let ends = base + first.prefix(alone.count)
    let screened = Array(first.dropFirst(alone.count))
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
        after: ends.count + screened.count, progress)
      for measure in study.measures.indices {
        let values = found.compactMap { $0.values[measure] }
        guard values.count == found.count else { continue }
        indices[measure] = design.indices(values: values, nextUniform: { draws.nextUniform() })
      }
    }
    return answers(ends, effects, kept, indices)
  }

  private func answers(
    _ ends: [Outcome], _ effects: [[ElementaryEffects]?], _ kept: [Int],
    _ indices: [[SobolIndices]?]
  ) -> [SensitivityAnswer] {
    study.measures.indices.map { measure in
      let inputs = study.inputs.indices.map { input -> SensitivityAnswer.Input in
        let (low, high) = (ends[1 + 2 * input], ends[2 + 2 * input])
        // A target that an end says nothing about has not turned.
        let turned = zip(low.targets, high.targets).filter { low, high in
          low.holds != nil && high.holds != nil && low.holds != high.holds
        }
        return SensitivityAnswer.Input(
          input: study.inputs[input], atLow: low.values[measure], atHigh: high.values[measure],
          turned: turned.map(\.0.text), effects: effects[measure]?[input],
          indices: kept.firstIndex(of: input).flatMap { indices[measure]?[$0] })
      }
      let order = inputs.indices.sorted { one, other in
        let (left, right) = (weight(inputs[one]), weight(inputs[other]))
        return (left.total, left.effect, -one) > (right.total, right.effect, -other)
      }
      return SensitivityAnswer(
        measure: study.measures[measure], unit: ends[0].rows[measure]?.unit ?? "",
        base: ends[0].values[measure] ?? .nan, inputs: order.map { inputs[$0] })
    }
  }

  /// What inputs are ranked by: the total index first, for those that have one, then the mean absolute
  /// effect or, where some point had no value, the swing.
  private func weight(_ answer: SensitivityAnswer.Input) -> (total: Double, effect: Double) {
    let swing = abs((answer.atHigh ?? 0) - (answer.atLow ?? 0))
    return (
      answer.indices.map { max(0, $0.total.estimate) } ?? -1,
      answer.effects?.meanAbsolute.estimate ?? swing
    )
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
    var found = points.map { _ in Outcome() }
    var finished = 0
    try await SideBySide.run(points.count, jobs: effort.jobs) { number in
      { try await ifSimulated { try await outcome(points[number], seed: seed) } }
    } take: { number, outcome in
      guard let outcome else { return }
      found[number] = outcome
      finished += 1
      progress(done + finished, pointCount)
    }
    try await source.checkpoint()
    return found
  }

  private func outcome(_ overrides: [String], seed: UInt64) async throws -> Outcome {
    let all = study.overrides + overrides
    let point = source.point(all, try load(all))
    let loaded = point.loaded
    func measures(_ reference: Int?, withRequests: Bool) async throws -> Measures {
      Measures(
        point.scenario(reference),
        records: try await source.records(
          0..<study.replications, of: point, reference: reference, withRequests: withRequests,
          seed: seed, jobs: 1))
    }
    let own = try await measures(nil, withRequests: true)
    var references: [(path: String, measures: Measures)] = []
    for (position, reference) in loaded.references.enumerated() {
      let needsRequests = loaded.needsRequests(of: reference, beside: own.records)
      references.append(
        (reference.origin.path, try await measures(position, withRequests: needsRequests)))
    }
    let judge = Judge(
      own, references: references, confidence: loaded.scenario.run.confidence.fraction)
    return Outcome(
      rows: study.measures.map { own.measure($0) },
      targets: loaded.scenario.targets.map { target in
        let interval = judge.interval(of: target.measure, atQuantile: true)
        return (
          target.text, interval.map { target.comparison.holds($0.estimate, target.bound.value) }
        )
      })
  }
}

/// A study asks for a measure that a run of its scenario does not have.
package struct UnknownMeasure: Error, CustomStringConvertible {
  /// The name that was asked for.
  package let name: String
  /// The path of the scenario.
  package let scenario: String
  /// Whether there is one, and a replication has too few requests to know it.
  var isThere = false

  /// What was found and what is allowed.
  package var description: String {
    isThere
      ? "\(name): a replication of \(scenario) has too few requests to know it: draw more windows"
      : "measures: found \(name), allowed: a measure that a run of \(scenario) prints"
  }
}
