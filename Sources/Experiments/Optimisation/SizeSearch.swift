// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Scenario
import Statistics

/// Finds for a coalition of levers the cheapest size that holds all service targets.
///
/// Every size is a candidate, and nothing is inferred from one size about another. With an autoscaler each is
/// simulated with requests. Without one a bill is at least the bill without requests, which takes
/// milliseconds: the sizes are simulated in the order of that bill, until it reaches the bill of one that
/// holds. A size that is not settled is passed by, and kept in mind where it would be cheaper.
struct SizeSearch: Sendable {
  /// Fleets that were simulated, so that coalitions with the same fleet share it.
  actor Book {
    private var fleets: [String: Task<Fleet, any Error>] = [:]
    private var done: [Fleet] = []

    fileprivate func fleet(
      _ key: String, _ simulate: @escaping @Sendable () async throws -> Fleet
    ) async throws -> Fleet {
      if let known = fleets[key] { return try await known.value }
      let task = Task { try await simulate() }
      fleets[key] = task
      let fleet = try await task.value
      done.append(fleet)
      return fleet
    }

    /// How many fleets were simulated, and the requests of all.
    var summary: (fleets: Int, requests: UInt64) {
      (done.count, done.reduce(0) { $0 + $1.requests })
    }
  }

  /// What a fleet came to.
  struct Fleet: Sendable {
    let bills: [Double]
    /// The bill as a run states it; `nil` where more replications than the study's were run.
    let checkedBill: Interval?
    let standing: FleetStanding
    let verdicts: [VerdictRow]
    /// The service targets that fail or are open.
    let lacking: [String]
    let requests: UInt64

    var holds: Bool { standing == .holds }
  }

  let book = Book()
  private let study: LeverStudy
  private let sizes: [SweepPoint]
  private let seed: UInt64
  private let confidence: Double
  private let source: ReplicationSource
  private let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment

  /// A search through sizes; the last is the largest.
  ///
  /// - Precondition: there is a size.
  init(
    _ study: LeverStudy, sizes: [SweepPoint], seed: UInt64, confidence: Double,
    from source: ReplicationSource,
    load: @escaping @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  ) {
    precondition(!sizes.isEmpty, "a grid has a point")
    self.study = study
    self.sizes = sizes
    self.seed = seed
    self.confidence = confidence
    self.source = source
    self.load = load
  }

  /// The fleet of a coalition; the largest where none is known to hold.
  ///
  /// - Complexity: at most one fleet for each size.
  func coalition(_ members: Int) async throws -> LeverAnswer.Coalition {
    var tried: [Tried] = []
    var best: Tried?
    for candidate in try await candidates(of: members) {
      if let best, candidate.leastBill >= best.bill { break }
      let fleet = try await self.fleet(candidate.point)
      let this = Tried(size: candidate.size, fleet: fleet, bill: mean(fleet.bills))
      tried.append(this)
      guard fleet.holds else { continue }
      // Of equal bills the smaller size.
      if best.map({ (this.bill, this.size) < ($0.bill, $0.size) }) ?? true { best = this }
    }
    // Where none holds all were tried.
    let last = tried.max { $0.size < $1.size }
    guard let chosen = best ?? last else { preconditionFailure("a grid has a point") }
    let limit = best?.bill ?? .infinity
    let open = tried.filter {
      $0.fleet.standing == .unsettled && $0.size != chosen.size && $0.bill < limit
    }
    return LeverAnswer.Coalition(
      members: members, size: sizes[chosen.size].values,
      bills: Array(chosen.fleet.bills.prefix(study.replications)), holdsNowhere: best == nil,
      lacking: best == nil ? chosen.fleet.lacking : [],
      undecided: open.map(\.size).sorted().map { sizes[$0].values },
      verdicts: chosen.fleet.verdicts)
  }

  /// A size that was simulated with requests, with its bill for a month.
  private struct Tried {
    let size: Int
    let fleet: Fleet
    let bill: Double
  }

  /// A size that a coalition may have, and a bill that it does not go below.
  private struct Candidate {
    let size: Int
    let point: StudyPoint
    let leastBill: Double
  }

  /// All sizes, those that may be the cheapest first.
  private func candidates(of members: Int) async throws -> [Candidate] {
    var all: [Candidate] = []
    for (number, size) in sizes.enumerated() {
      let overrides = study.overrides(of: members) + size.overrides
      let point = source.point(overrides, try load(overrides))
      guard point.loaded.scenario.policies.autoscaling == nil, sizes.count > 1 else {
        all.append(Candidate(size: number, point: point, leastBill: -.infinity))
        continue
      }
      let bills = try await ifSimulated {
        var trial = FleetTrial(point, seed: seed, from: source)
        try await trial.bill(upTo: study.replications, jobs: 1)
        return trial.bills
      }
      guard let bills else { continue }
      all.append(Candidate(size: number, point: point, leastBill: mean(bills)))
    }
    guard all.count == sizes.count else { throw NotSimulatedYet() }
    return all.sorted { ($0.leastBill, $0.size) < ($1.leastBill, $1.size) }
  }

  private func mean(_ bills: [Double]) -> Double {
    let bills = bills.prefix(study.replications)
    return bills.reduce(0, +) / Double(max(1, bills.count))
  }

  /// What a fleet comes to; simulated once, however often it is asked for.
  func fleet(_ point: StudyPoint, jobs: Int = 1) async throws -> Fleet {
    let (seed, count, confidence) = (self.seed, study.replications, self.confidence)
    let (source, loaded) = (self.source, point.loaded)
    await source.note(point, seed: seed)
    return try await book.fleet(loaded.scenario.origin.canonicalText) {
      var trial = FleetTrial(point, seed: seed, from: source)
      let found = try await trial.settle(
        looks: [count, 2 * count, 4 * count], confidence: confidence, jobs: jobs)
      return Fleet(
        bills: trial.fullBills,
        checkedBill: trial.fullBills.count == count ? found.measures.monthlyCost : nil,
        standing: found.standing,
        verdicts: found.verdicts,
        lacking: zip(found.verdicts, loaded.scenario.targets)
          .filter { !$1.isBudget && ($0.verdict == .fails || $0.verdict == .undecided) }
          .map { "\($0.0.target) (\($0.0.verdict.rawValue))" },
        requests: trial.requests)
    }
  }
}
