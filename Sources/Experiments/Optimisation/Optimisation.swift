// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import Scenario
import Statistics

/// Finds the cheapest point of a grid that holds all service targets of its scenario; whether that
/// keeps within a
/// budget is said of it, since every other that holds costs more.
///
/// Points are tried from the cheapest bill on, which is known without requests; those that cost
/// clearly more
/// than one that holds are never simulated with them. Of those that hold, the ones that are dearer
/// by more than
/// chance explains in the first replications are screened out, and ranking and selection picks the
/// cheapest of
/// the rest. All points meet the same random numbers.
package struct Optimisation: Sendable {
  /// How sure the answer has to be, and how much may be spent on it.
  package struct Effort: Sendable {
    /// The smallest difference in the bill worth finding, as a share.
    package var delta = 0.01
    /// What is made as small or as large as it can be; where it is not the bill, budgets are targets as others are, and
    /// the requests of all points are simulated.
    package var objective = Objective.bill
    /// The confidence of the answer: half of the errors for the targets of all points, a quarter
    /// each for the
    /// screening and the selection by their bills.
    package var confidence = 0.95
    /// The most replications of a point.
    package var maximumReplications = 40
    /// How many replications run side by side.
    package var jobs = 1
    /// How many points are tried at once where a round of shards simulates them; changes no answer.
    package var ahead = 8

    /// One per cent at 95 %.
    package init() {}

    /// After how many replications it is asked whether targets hold.
    var looks: [Int] {
      var looks = [min(4, maximumReplications)]
      for next in [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120]
      where next < maximumReplications {
        looks.append(next)
      }
      return looks.last == maximumReplications ? looks : looks + [maximumReplications]
    }

    /// Replications that variances are taken from.
    var firstStage: Int { min(10, maximumReplications) }
  }

  /// A point under trial.
  struct Candidate {
    var point: OptimumAnswer.Point
    var trial: FleetTrial?

    var bills: [Double] { trial?.bills ?? [] }
    var costs: [Double] { trial?.costs ?? [] }
    var meanCost: Double { Interval.mean(of: costs, confidence: 0.5)?.estimate ?? .infinity }
    var meanBill: Double { Interval.mean(of: bills, confidence: 0.5)?.estimate ?? .infinity }
  }

  /// By which rules bills are compared.
  struct Rules {
    let screening: SubsetScreening
    let selection: KimNelson

    /// Rules for that many points, of which one that holds has that bill.
    init(points: Int, effort: Effort, bill: Double) {
      let confidence = 1 - (1 - effort.confidence) / 4
      screening = SubsetScreening(
        systems: points, observations: effort.firstStage, confidence: confidence)
      selection = KimNelson(
        systems: points, firstStage: effort.firstStage, confidence: confidence,
        indifference: effort.delta * bill)
    }
  }

  let scenario: String
  let design: SweepDesign
  let effort: Effort
  private let seed: UInt64?
  let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  /// Where replications come from.
  package var source = ReplicationSource.simulated()

  /// A search over the grid that texts such as `fleet.base.machines=1..6` span.
  ///
  /// - Parameters:
  ///   - seed: the scenario's own when it is `nil`.
  ///   - load: reads the scenario with the overrides of a point.
  /// - Throws: `SweepGrammarErrors`.
  package init(
    _ scenario: String, over: [String], effort: Effort, seed: UInt64?,
    load: @escaping @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  ) throws {
    self.scenario = scenario
    do {
      design = try SweepDesign(vary: over)
    } catch {
      throw error.telling("--over", inPlaceOf: "--vary")
    }
    self.effort = effort
    self.seed = seed
    self.load = load
  }

  /// How many points there are.
  package var pointCount: Int { design.points(seed: 0).count }

  /// What bills that requests have a part in may be off without them, as a share; generous.
  private static var marginWithoutRequests: Double { 0.05 }

  /// Searches.
  ///
  /// - Parameters:
  ///   - progress: called with how many points are settled and how many there are.
  /// - Throws: `ScenarioErrors` where the scenario of every point is refused, with the reasons of
  /// the
  ///   first; `NoTargets`; `ConservationError`.
  package func run(progress: (Int, Int) -> Void) async throws -> OptimumAnswer {
    let operated = try operatedFleet()
    let seed = try self.seed ?? (operated ?? load([])).scenario.run.seed
    let points = design.points(seed: seed)
    progress(0, points.count)
    var candidates = try await billed(points, seed: seed)
    let order = candidates.indices.filter { candidates[$0].trial != nil }
      .sorted { (candidates[$0].meanBill, $0) < (candidates[$1].meanBill, $1) }
    var rules: Rules?
    var incumbent: Int?
    var waiting = 0
    for (done, number) in order.enumerated() {
      progress(done, order.count)
      if effort.objective.isBill, let rules, let incumbent,
        isClearlyDearer(candidates[number], than: candidates[incumbent], rules)
      {
        continue
      }
      do {
        try await settle(&candidates[number], among: order.count)
        guard candidates[number].point.standing == .holds else { continue }
        try await candidates[number].trial?.cost(upTo: effort.firstStage, jobs: effort.jobs)
      } catch is NotSimulatedYet {
        waiting += 1
        if waiting == effort.ahead { break }
        continue
      }
      // One whose objective is not finite is no choice, and none to measure others by.
      guard effort.objective.isBill || candidates[number].meanCost.isFinite else { continue }
      rules =
        rules
        ?? Rules(
          points: order.count, effort: effort,
          bill: effort.objective.isBill
            ? candidates[number].meanBill : max(1e-12, abs(candidates[number].meanCost)))
      if incumbent.map({ candidates[number].meanBill < candidates[$0].meanBill }) ?? true {
        incumbent = number
      }
    }
    try await source.checkpoint()
    let holding = order.filter {
      candidates[$0].point.standing == .holds
        && (effort.objective.isBill || candidates[$0].meanCost.isFinite)
    }
    var chosen: [Int] = []
    if let rules { chosen = try await select(holding, &candidates, rules) }
    progress(order.count, order.count)
    var answer = answer(candidates, chosen: chosen, rules, seed: seed)
    if let operated, effort.objective.isBill {
      answer.operated = try await compare(operated, with: candidates, answer)
    }
    return answer
  }

  // MARK: Steps

  /// The scenario without what is varied; nil where it needs that to be valid.
  private func operatedFleet() throws -> LoadedExperiment? {
    do {
      return try load([])
    } catch is ScenarioErrors {
      return nil
    }
  }

  /// Reads all points and bills them without requests.
  private func billed(_ points: [SweepPoint], seed: UInt64) async throws -> [Candidate] {
    var candidates = points.map {
      Candidate(point: OptimumAnswer.Point(number: $0.number, values: $0.values), trial: nil)
    }
    var refusal: ScenarioErrors?
    let count = effort.firstStage
    try await SideBySide.inOrder(points.count, jobs: effort.jobs) { number in
      {
        () async throws -> Result<FleetTrial?, ScenarioErrors> in
        do {
          let loaded = try load(points[number].overrides)
          if effort.objective.isBill { try NoTargets.check(loaded, of: scenario) }
          let point = source.point(points[number].overrides, loaded)
          return .success(
            try await ifSimulated {
              var trial = FleetTrial(
                point, seed: seed, from: source, objective: effort.objective)
              try await trial.bill(upTo: count, jobs: 1)
              return trial
            })
        } catch let errors as ScenarioErrors {
          return .failure(errors)
        }
      }
    } take: { number, read in
      switch read {
      case .success(let trial): candidates[number].trial = trial
      case .failure(let errors):
        refusal = refusal ?? errors
        candidates[number].point.standing = .refused
        candidates[number].point.refusal = errors.errors.map(\.description).joined(separator: "; ")
      }
    }
    try await source.checkpoint()
    if let refusal, candidates.allSatisfy({ $0.trial == nil }) { throw refusal }
    return candidates
  }

  /// Finds out whether a point holds all its targets.
  private func settle(_ candidate: inout Candidate, among points: Int) async throws {
    guard var trial = candidate.trial else { return }
    // Each point may err with its part of half the errors, so all verdicts are right together.
    let confidence = 1 - (1 - effort.confidence) / 2 / Double(points)
    let found = try await trial.settle(
      looks: effort.looks, confidence: confidence, jobs: effort.jobs)
    candidate.trial = trial
    candidate.point.verdicts = found.verdicts
    candidate.point.measures = found.measures.rows
    candidate.point.standing = OptimumAnswer.Standing(found.standing)
  }

  /// Whether the screening says that a point costs more than one that holds, by more than the
  /// indifference.
  private func isClearlyDearer(
    _ candidate: Candidate, than incumbent: Candidate, _ rules: Rules
  ) -> Bool {
    guard let trial = candidate.trial else { return false }
    let margin = trial.hasBillOfItsOwn ? 0 : Self.marginWithoutRequests * incumbent.meanBill
    let allowance = rules.screening.allowance(candidate.bills, incumbent.bills)
    return candidate.meanBill - incumbent.meanBill
      > max(allowance, rules.selection.indifference) + margin
  }

  /// The points that hold and cannot be told from the cheapest of them, the cheapest first.
  private func select(
    _ holding: [Int], _ candidates: inout [Candidate], _ rules: Rules
  ) async throws -> [Int] {
    let rule = rules.selection
    var alive = rules.screening.survivors(of: candidates.map(\.costs), among: holding)
    var count = effort.firstStage
    while true {
      for number in alive {
        do {
          try await candidates[number].trial?.cost(upTo: count, jobs: effort.jobs)
        } catch is NotSimulatedYet {
          continue
        }
      }
      try await source.checkpoint()
      let samples = candidates.map(\.costs)
      alive = rule.survivors(of: samples, among: alive, after: count)
      if alive.count == 1 || count >= effort.maximumReplications
        || rule.isExhausted(samples, among: alive, after: count)
      {
        break
      }
      count = min(effort.maximumReplications, count + Self.block)
    }
    func mean(_ number: Int, _ count: Int) -> Double {
      Interval.mean(of: Array(candidates[number].costs.prefix(count)), confidence: 0.5)?.estimate
        ?? .infinity
    }
    guard let best = alive.min(by: { (mean($0, count), $0) < (mean($1, count), $1) }) else {
      return []
    }
    // One that left with a small difference is not dearer by more than the indifference.
    let close = holding.filter { number in
      let common = min(candidates[number].costs.count, candidates[best].costs.count)
      return number != best
        && (alive.contains(number)
          || mean(number, common) - mean(best, common) < rule.indifference)
    }
    return [best] + close
  }

  /// Replications between two looks at the order.
  private static var block: Int { 5 }
}

// MARK: - The answer

extension Optimisation {
  private func answer(
    _ candidates: [Candidate], chosen: [Int], _ rules: Rules?, seed: UInt64
  ) -> OptimumAnswer {
    var points = candidates.map(\.point)
    for (number, candidate) in candidates.enumerated() {
      guard let trial = candidate.trial else { continue }
      let known = trial.monthlyCosts
      let costs = known.isEmpty ? trial.bills : known
      points[number].lacksRequests = known.isEmpty
      if !effort.objective.isBill, !trial.costs.isEmpty {
        let sign = effort.objective.isMaximised ? -1.0 : 1
        points[number].objective = .mean(
          of: trial.costs.map { sign * $0 }, confidence: effort.confidence)
      }
      points[number].replications = trial.fullBills.count
      points[number].bill =
        trial.hasBillOfItsOwn && trial.loaded.scenario.isBillExact
        ? costs.first.map { .exact($0, samples: costs.count) }
        : .mean(of: costs, confidence: effort.confidence)
    }
    let outcome: OptimumAnswer.Outcome =
      switch chosen.count {
      case 0: .none
      case 1: .winner(chosen[0])
      default: .inseparable(chosen)
      }
    let best = chosen.first
    let unsettled = candidates.indices.filter { number in
      guard points[number].standing == .unsettled else { return false }
      guard effort.objective.isBill, let best, let rules else { return true }
      return !isClearlyDearer(candidates[number], than: candidates[best], rules)
    }
    var search = OptimumAnswer.Search(
      scenario: scenario, seed: seed, keys: design.axes.map(\.key),
      confidence: effort.confidence, delta: effort.delta,
      maximumReplications: effort.maximumReplications)
    search.objective = effort.objective
    return OptimumAnswer(
      search: search, points: points,
      outcome: outcome, unsettled: unsettled,
      runnerUp: best.flatMap { runnerUp(to: $0, candidates, points) },
      budgets: budgets(candidates), spent: spent(candidates), grid: grid(candidates))
  }

  /// The next point by the bill that is not known to fail.
  private func runnerUp(
    to best: Int, _ candidates: [Candidate], _ points: [OptimumAnswer.Point]
  ) -> OptimumAnswer.RunnerUp? {
    let others = candidates.indices.filter {
      $0 != best && (effort.objective.isBill || !candidates[$0].costs.isEmpty)
        && (points[$0].standing == .holds || points[$0].standing == .dearer)
    }
    func difference(_ number: Int) -> Interval? {
      let areCosts = !candidates[number].costs.isEmpty
      let pair = [candidates[number], candidates[best]].map { areCosts ? $0.costs : $0.bills }
      let scenarios = [number, best].compactMap { candidates[$0].trial?.loaded.scenario }
      let values = zip(pair[0], pair[1]).map { $0 - $1 }
      if effort.objective.isBill, scenarios.allSatisfy(\.isBillExact),
        candidates[best].trial?.hasBillOfItsOwn == true
      {
        return values.first.map { .exact($0, samples: values.count) }
      }
      return .mean(of: values, confidence: effort.confidence)
    }
    return others.compactMap { number in
      difference(number).map { OptimumAnswer.RunnerUp(point: number, difference: $0) }
    }.min { ($0.difference.estimate, $0.point) < ($1.difference.estimate, $1.point) }
  }

  /// The targets that bound what the fleet costs.
  private func budgets(_ candidates: [Candidate]) -> [String] {
    // Where the bill is not what is minimised a bound on it is a target as others are.
    guard effort.objective.isBill else { return [] }
    let scenario = candidates.compactMap { $0.trial?.loaded.scenario }.first
    return scenario?.targets.filter(\.isBudget).map(\.text) ?? []
  }

  private func spent(_ candidates: [Candidate]) -> OptimumAnswer.Effort {
    candidates.compactMap(\.trial).reduce(into: OptimumAnswer.Effort()) { spent, trial in
      spent.requests += trial.requests
      spent.replications += trial.fullBills.count
    }
  }

  /// All points with as many replications as the one that got the most, each as long as those were.
  private func grid(_ candidates: [Candidate]) -> OptimumAnswer.Effort {
    let trials = candidates.compactMap(\.trial)
    let spent = spent(candidates)
    var grid = OptimumAnswer.Effort()
    grid.replications = trials.count * (trials.map(\.fullBills.count).max() ?? 0)
    if spent.replications > 0 {
      grid.requests = UInt64(
        Double(spent.requests) / Double(spent.replications) * Double(grid.replications))
    }
    return grid
  }
}
