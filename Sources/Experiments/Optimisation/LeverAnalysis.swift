// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import RandomStreams
import Recording
import Scenario
import Statistics

/// Finds out what each lever of a study is worth, by the right-sized fleet of every coalition of
/// levers.
///
/// Up to eight levers all coalitions are simulated, beyond only those along orders drawn at
/// random. All fleets
/// meet the same random numbers.
package struct LeverAnalysis: Sendable {
  private let study: LeverStudy
  private let seed: UInt64?
  private let jobs: Int
  private let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  private let design: SweepDesign

  /// An analysis of a study.
  ///
  /// - Parameters:
  ///   - seed: of the simulations and of the orders; the scenario's own when it is `nil`.
  ///   - load: reads the scenario with overrides.
  /// - Throws: `SweepGrammarErrors`.
  package init(
    _ study: LeverStudy, seed: UInt64?, jobs: Int,
    load: @escaping @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  ) throws {
    self.study = study
    self.seed = seed
    self.jobs = jobs
    self.load = load
    do {
      design = try SweepDesign(vary: study.sizes)
    } catch {
      throw error.telling("over:", inPlaceOf: "--vary")
    }
  }

  /// What is wrong with the text of a size; `nil` where nothing is.
  package static func sizeProblem(_ text: String) -> String? {
    do {
      _ = try SweepDesign(vary: [text])
      return nil
    } catch {
      return error.errors.map(\.problem).joined(separator: "; ")
    }
  }

  /// How many fleets are simulated at most: one for each size of each coalition, and the operated one.
  package var fleetLimit: Int {
    let count =
      isExact ? 1 << study.levers.count : study.orders * study.levers.count + 2 * study.levers.count
    return count * design.points(seed: 0).count + 1
  }

  private var isExact: Bool { study.levers.count <= LeverStudy.exactLimit }
  private var whole: Int { 1 << study.levers.count - 1 }

  /// Simulates.
  ///
  /// - Parameters:
  ///   - progress: called with how many coalitions are done and how many there are; with none once
  /// the fleet as
  ///     operated is simulated.
  /// - Throws: `ScenarioErrors`, `NoTargets`, `ConservationError`.
  package func run(progress: (Int, Int) -> Void) async throws -> LeverAnswer {
    let operatedFleet = try load(study.overrides)
    try NoTargets.check(operatedFleet, of: study.scenario)
    let seed = self.seed ?? operatedFleet.scenario.run.seed
    let confidence = operatedFleet.scenario.run.confidence.fraction
    let orders = isExact ? [] : drawOrders(seed: seed)
    let coalitions = visited(orders)
    let sizes = try await sizes(seed: seed)
    let text = operatedFleet.scenario.origin.canonicalText
    // A size that is refused is not the operated one.
    let operatedSize = sizes.firstIndex { size in
      (try? load(study.overrides(of: whole) + size.overrides))?.scenario.origin.canonicalText == text
    }
    let search = SizeSearch(
      study, sizes: sizes, seed: seed, confidence: confidence, load: load)
    let operated = try await search.fleet(operatedFleet, jobs: jobs)
    var found: [Int: LeverAnswer.Coalition] = [:]
    progress(0, coalitions.count)
    let inTurn = mixed(coalitions)
    try await SideBySide.run(inTurn.count, jobs: jobs) { number in
      { try await search.coalition(inTurn[number]) }
    } take: { _, coalition in
      found[coalition.members] = coalition
      progress(found.count, coalitions.count)
    }
    let fleets = await search.book.summary
    let bills = Worths(
      levers: study.levers.count, replications: study.replications, found: found, orders: orders,
      confidence: confidence)
    return LeverAnswer(
      about: study.about, scenario: study.scenario, seed: seed, keys: design.axes.map(\.key),
      largest: largest(sizes), confidence: confidence, replications: study.replications,
      orders: isExact ? nil : orders.count,
      levers: bills.levers(named: study.levers.map(\.name)),
      coalitions: coalitions.compactMap { found[$0] }, baseline: bills.bill(of: 0),
      optimised: bills.bill(of: whole),
      operated: LeverAnswer.Operated(
        bill: Interval.mean(
          of: Array(operated.bills.prefix(study.replications)), confidence: confidence)
          ?? .exact(0, samples: 0),
        checkedBill: operated.checkedBill, verdicts: operated.verdicts,
        size: operatedSize.map { sizes[$0].values }),
      budgets: operatedFleet.scenario.targets.filter(\.isBudget).map(\.text),
      fleets: fleets.fleets, requests: fleets.requests)
  }

  /// The sizes, by the bill with no lever on, requests left out.
  private func sizes(seed: UInt64) async throws -> [SweepPoint] {
    let points = design.points(seed: seed)
    var bills = points.map { _ in 0.0 }
    try await SideBySide.run(points.count, jobs: jobs) { number in
      {
        var trial = FleetTrial(
          try load(study.overrides(of: 0) + points[number].overrides), seed: seed)
        try await trial.bill(upTo: study.replications, jobs: 1)
        return trial.bills.reduce(0, +)
      }
    } take: { number, bill in
      bills[number] = bill
    }
    return points.indices.sorted { (bills[$0], $0) < (bills[$1], $1) }.map { points[$0] }
  }

  /// The largest value of each key, where its values are different numbers.
  private func largest(_ sizes: [SweepPoint]) -> [String?] {
    design.axes.indices.map { axis in
      let values = Set(sizes.map { $0.values[axis] })
      let numbers = values.compactMap { text in Double(text).map { (number: $0, text: text) } }
      guard numbers.count == values.count, numbers.count > 1 else { return nil }
      return numbers.max { $0.number < $1.number }?.text
    }
  }

  // MARK: Coalitions

  private func drawOrders(seed: UInt64) -> [[Int]] {
    // The designs of sweeps are drawn from entity 0.
    var draws = RandomStream(seed: seed, replication: 0, purpose: .sweep, entity: 1)
    return ShapleyValue.orders(study.orders, players: study.levers.count) { draws.nextUniform() }
  }

  /// Coalitions in an order in which any stretch is like the rest, so that the first tell how long all take.
  private func mixed(_ coalitions: [Int]) -> [Int] {
    // Fibonacci hashing: multiples of the golden section, modulo one, are spread evenly.
    func place(_ members: Int) -> UInt64 { UInt64(members) &* 0x9E37_79B9_7F4A_7C15 }
    return coalitions.sorted { place($0) < place($1) }
  }

  /// The coalitions that are looked at, ascending: all, or those along the orders with those that
  /// miss or
  /// have one lever.
  private func visited(_ orders: [[Int]]) -> [Int] {
    guard !isExact else { return Array(0...whole) }
    let single = study.levers.indices.map { 1 << $0 }
    let all =
      orders.flatMap { ShapleyValue.coalitions(along: $0) } + single + single.map { whole ^ $0 }
    return Set(all).sorted()
  }
}
