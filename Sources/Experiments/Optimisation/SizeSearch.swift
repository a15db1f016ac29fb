// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Scenario

/// Finds for a coalition of levers the cheapest fleet that holds all service targets.
///
/// Sizes are in the order of their bills with no lever on, and it is taken that a fleet larger
/// than one that
/// holds does so too: the search halves, so it looks at log₂ of the sizes and ends between one
/// that holds and the
/// next smaller, which does not. With levers on a larger size may be cheaper, since a spot pool
/// with more
/// places needs less in its stead: of the larger ones the one with the smallest bill, requests
/// left out, is
/// tried too. With all levers on so is the fleet as operated, where it is of a size. A fleet that
/// is not settled is
/// passed by, and kept in mind where it would be cheaper.
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
  private let operated: Int?
  private let load: @Sendable (_ overrides: [String]) throws -> LoadedExperiment

  /// A search through sizes, from the smallest bill on.
  ///
  /// - Parameters:
  ///   - operated: the number of the size that the fleet has as it is operated, with all levers on.
  /// - Precondition: there is a size.
  init(
    _ study: LeverStudy, sizes: [SweepPoint], operated: Int?, seed: UInt64, confidence: Double,
    load: @escaping @Sendable (_ overrides: [String]) throws -> LoadedExperiment
  ) {
    precondition(!sizes.isEmpty, "a grid has a point")
    self.study = study
    self.sizes = sizes
    self.operated = operated
    self.seed = seed
    self.confidence = confidence
    self.load = load
  }

  /// The fleet of a coalition; the largest where none is known to hold.
  func coalition(_ members: Int) async throws -> LeverAnswer.Coalition {
    var known: [Fleet?] = sizes.map { _ in nil }
    func fleet(at number: Int) async throws -> Fleet {
      if let fleet = known[number] { return fleet }
      let fleet = try await self.fleet(of: members, size: number)
      known[number] = fleet
      return fleet
    }
    var (low, high) = (0, sizes.count)
    while low < high {
      let middle = (low + high) / 2
      if try await fleet(at: middle).holds { high = middle } else { low = middle + 1 }
    }
    let holdsNowhere = low == sizes.count
    var number = min(low, sizes.count - 1)
    var chosen = try await fleet(at: number)
    var others: [Int] = []
    if !holdsNowhere { others.append(try await smallestBill(of: members, from: number)) }
    if let operated, members == 1 << study.levers.count - 1 { others.append(operated) }
    var isFound = !holdsNowhere
    for other in others {
      let fleet = try await fleet(at: other)
      if fleet.holds, !isFound || mean(fleet) < mean(chosen) {
        (number, chosen, isFound) = (other, fleet, true)
      }
    }
    let open = known.indices.filter { size in
      guard let fleet = known[size], fleet.standing == .unsettled else { return false }
      return size != number && (!isFound || mean(fleet) < mean(chosen))
    }
    return LeverAnswer.Coalition(
      members: members, size: sizes[number].values,
      bills: Array(chosen.bills.prefix(study.replications)), holdsNowhere: !isFound,
      lacking: isFound ? [] : chosen.lacking, undecided: open.map { sizes[$0].values },
      verdicts: chosen.verdicts)
  }

  /// The size with the smallest bill without requests, of one and all larger ones, by two
  /// replications; the
  /// first where nothing scales the fleet, or its pools sell whatever is wanted.
  private func smallestBill(of members: Int, from first: Int) async throws -> Int {
    var best = (size: first, bill: Double.infinity)
    for size in first..<sizes.count {
      let loaded = try load(study.overrides(of: members) + sizes[size].overrides)
      let scenario = loaded.scenario
      let isSpotScarce = scenario.pools.contains {
        scenario.isCapacityRandom(of: $0) || $0.cloud.lifetime != nil
      }
      guard isSpotScarce, scenario.autoscaling != nil else { return first }
      var trial = FleetTrial(loaded, seed: seed)
      try await trial.bill(upTo: min(2, study.replications), jobs: 1)
      let bill = trial.bills.reduce(0, +)
      if bill < best.bill { best = (size, bill) }
    }
    return best.size
  }

  private func mean(_ fleet: Fleet) -> Double {
    let bills = fleet.bills.prefix(study.replications)
    return bills.reduce(0, +) / Double(max(1, bills.count))
  }

  private func fleet(of members: Int, size: Int) async throws -> Fleet {
    try await fleet(load(study.overrides(of: members) + sizes[size].overrides))
  }

  /// What a fleet comes to; simulated once, however often it is asked for.
  func fleet(_ loaded: LoadedExperiment, jobs: Int = 1) async throws -> Fleet {
    let (seed, count, confidence) = (self.seed, study.replications, self.confidence)
    return try await book.fleet(loaded.scenario.canonicalText) {
      var trial = FleetTrial(loaded, seed: seed)
      let found = try await trial.settle(
        looks: [count, 2 * count, 4 * count], confidence: confidence, jobs: jobs)
      return Fleet(
        bills: trial.records.map(FleetTrial.bill), standing: found.standing,
        verdicts: found.verdicts,
        lacking: zip(found.verdicts, loaded.scenario.targets)
          .filter { !$1.isBudget && ($0.verdict == .fails || $0.verdict == .undecided) }
          .map { "\($0.0.target) (\($0.0.verdict.rawValue))" },
        requests: trial.requests)
    }
  }
}
