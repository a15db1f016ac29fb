// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Scenario
import Statistics

/// A fleet under trial: its scenario, and what was simulated of it so far.
struct FleetTrial: Sendable {
  /// A scenario that targets compare with, and its replications.
  private struct Reference: Sendable {
    let scenario: Scenario
    /// Empty once it is settled whether the fleet holds its targets.
    var records: [ReplicationRecord] = []
    /// How many there are, kept or not.
    var count = 0
    var hasRequests = false
  }

  private let point: StudyPoint
  private let source: ReplicationSource
  private let seed: UInt64
  /// The bill of each replication for a month, requests left out.
  private(set) var bills: [Double] = []
  /// The bill of each replication with requests.
  private(set) var fullBills: [Double] = []
  /// The replications with requests, until it is settled whether the fleet holds its targets.
  private var records: [ReplicationRecord] = []
  private var isSettled = false
  private var lostAny = false
  private var references: [Reference]
  /// Requests that were simulated, measured or not, those of references too.
  private(set) var requests: UInt64 = 0

  init(_ point: StudyPoint, seed: UInt64, from source: ReplicationSource) {
    self.point = point
    self.source = source
    self.seed = seed
    references = point.loaded.references.map { Reference(scenario: $0) }
  }

  var loaded: LoadedExperiment { point.loaded }
  private var scenario: Scenario { loaded.scenario }

  /// Whether the bill can be had without requests: no policy sizes the fleet by them, nothing is
  /// billed by
  /// their bytes.
  var hasBillOfItsOwn: Bool {
    scenario.costs.egress.isEmpty && scenario.policies.autoscaling == nil
  }

  /// The bills that are to be compared, by replication: with requests where they have a part in
  /// them.
  var costs: [Double] {
    hasBillOfItsOwn ? bills : fullBills
  }

  static func bill(of record: ReplicationRecord) -> Double {
    record.total.monthly(over: record.billedTime).inDollars
  }

  /// Brings the bills to so many replications.
  mutating func bill(upTo count: Int, jobs: Int) async throws {
    guard bills.count < count else { return }
    if scenario.isBillExact, hasBillOfItsOwn {
      if bills.isEmpty {
        bills = try await replications(0..<1, false, jobs: 1).map { Self.bill(of: $0) }
      }
      bills = [Double](repeating: bills[0], count: count)
      return
    }
    bills += try await replications(bills.count..<count, false, jobs: jobs)
      .map { Self.bill(of: $0) }
  }

  /// Brings the bills that are compared to so many replications, with requests where it takes them.
  mutating func cost(upTo count: Int, jobs: Int) async throws {
    try await bill(upTo: count, jobs: jobs)
    if !hasBillOfItsOwn { try await simulate(upTo: count, jobs: jobs) }
  }

  /// Brings the replications with requests to so many.
  mutating func simulate(upTo count: Int, jobs: Int) async throws {
    guard fullBills.count < count else { return }
    let more = try await replications(fullBills.count..<count, true, jobs: jobs)
    fullBills += more.map { Self.bill(of: $0) }
    lostAny = lostAny || more.contains(where: \.lostRequests)
    if !isSettled { records += more }
    requests += more.reduce(0) { $0 + $1.simulatedRequests }
    for position in references.indices {
      var reference = references[position]
      let needsRequests = loaded.needsRequests(of: reference.scenario, lostAny: lostAny)
      if needsRequests && !reference.hasRequests {
        (reference.hasRequests, reference.records, reference.count) = (true, [], 0)
      }
      let added = try await replications(
        reference.count..<fullBills.count, ofReference: position, reference.hasRequests,
        jobs: jobs)
      reference.count += added.count
      if !isSettled { reference.records += added }
      requests += added.reduce(0) { $0 + $1.simulatedRequests }
      references[position] = reference
    }
  }

  /// Lets go of the replications: from here on only bills are asked for.
  private mutating func forget() {
    isSettled = true
    records = []
    for position in references.indices { references[position].records = [] }
  }

  /// The measures and the verdicts by what was simulated with requests.
  ///
  /// - Parameters:
  ///   - look: how often was looked with this one; `nil` where it is done once only.
  private func judged(confidence: Double, look: Int?) -> (
    measures: Measures, verdicts: [VerdictRow]
  ) {
    let measures = Measures(scenario, records: records)
    let judge = Judge(
      measures,
      references: references.map {
        ($0.scenario.origin.path, Measures($0.scenario, records: $0.records))
      },
      confidence: confidence)
    return (measures, judge.verdicts(on: scenario.targets, look: look))
  }

  private func replications(
    _ numbers: Range<Int>, ofReference reference: Int? = nil, _ withRequests: Bool, jobs: Int
  ) async throws -> [ReplicationRecord] {
    try await source.records(
      numbers, of: point, reference: reference, withRequests: withRequests, seed: seed, jobs: jobs)
  }
}

/// Whether a fleet holds all its service targets.
enum FleetStanding: Sendable, Equatable {
  case holds
  case fails
  /// What was simulated does not tell.
  case unsettled

  /// By the verdicts on targets; what restates an input stands in nobody's way, and budgets are
  /// the whole's.
  ///
  /// - Precondition: each target has its verdict, in their order.
  init(_ all: [VerdictRow], on targets: [Target]) {
    precondition(all.count == targets.count, "each target is judged")
    let verdicts = zip(all, targets).filter { !$0.1.isBudget }.map(\.0)
    if verdicts.contains(where: { $0.verdict == .fails }) {
      self = .fails
    } else {
      self = verdicts.contains { $0.verdict == .undecided } ? .unsettled : .holds
    }
  }
}

extension FleetTrial {
  /// Simulates until it is settled whether all service targets hold, or no look is left.
  ///
  /// - Parameters:
  ///   - looks: after how many replications is looked, ascending.
  /// - Precondition: it was not settled before.
  mutating func settle(
    looks: [Int], confidence: Double, jobs: Int
  ) async throws -> (
    standing: FleetStanding, measures: Measures, verdicts: [VerdictRow]
  ) {
    var look = 1
    while true {
      try await simulate(upTo: looks[look - 1], jobs: jobs)
      let (measures, verdicts) = judged(
        confidence: confidence, look: looks.count == 1 ? nil : look)
      let standing = FleetStanding(verdicts, on: scenario.targets)
      guard standing == .unsettled, look < looks.count else {
        forget()
        return (standing, measures, verdicts)
      }
      look += 1
    }
  }
}
