// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Quantities
import Recording
import ResultsStore
import Scenario
import Statistics

/// Runs the replications of a scenario side by side, stores them in order and judges the targets.
///
/// Each replication is a function of scenario, seed and number, and everything is put together in the
/// order of numbers, so the number of jobs changes nothing but the time that it takes.
package struct Experiment: Sendable {
  /// How a run is made.
  package struct Options: Sendable {
    /// The seed; the scenario's own when it is `nil`.
    package var seed: UInt64?
    /// How many replications; as many as the scenario says when it is `nil`.
    package var replications: Int?
    /// How many replications run side by side.
    package var jobs: Int
    /// The version that is written into the results.
    package var version: String
    /// The time that is written into the results, and into nothing else.
    package var startedAt: String
    /// How much of events and series is stored.
    package var detail: RecordDetail

    /// Options of those values.
    package init(
      seed: UInt64?, replications: Int?, jobs: Int, version: String, startedAt: String,
      detail: RecordDetail = .thinned
    ) {
      self.seed = seed
      self.replications = replications
      self.jobs = jobs
      self.version = version
      self.startedAt = startedAt
      self.detail = detail
    }
  }

  /// What a run came to.
  package struct Outcome: Sendable {
    /// The scenario.
    package let scenario: Scenario
    /// The number of the run in the results database.
    package let run: Int64
    /// Its results.
    package let results: RunResults
    /// The seed that it used.
    package let seed: UInt64
    /// Its replications, in order.
    package let records: [ReplicationRecord]
    /// Requests that were simulated, measured or not.
    package var simulatedRequests: UInt64 { records.reduce(0) { $0 + $1.simulatedRequests } }
  }

  private let loaded: LoadedExperiment
  private let options: Options

  /// An experiment with a scenario.
  package init(_ loaded: LoadedExperiment, options: Options) {
    self.loaded = loaded
    self.options = options
  }

  private var seed: UInt64 { options.seed ?? loaded.scenario.run.seed }
  private var plan: ReplicationPlan {
    options.replications.map { .exactly($0) } ?? loaded.scenario.run.replications
  }

  /// Runs replications until the scenario's plan is done, and stores each as soon as those before it are
  /// stored.
  ///
  /// - Parameters:
  ///   - progress: called with how many replications are stored and how many there may be.
  /// - Throws: `StoreError`, or `ConservationError` when a replication lost something.
  package func run(
    into store: ResultsStore, progress: @Sendable (Int, Int) -> Void
  ) async throws -> Outcome {
    let (scenario, pilot) = try await cuttingWarmUp(loaded.scenario)
    let plan = self.plan
    let assembly = RunAssembly(scenario: scenario, seed: seed, version: options.version)
    let run = try store.begin(assembly.manifest, startedAt: options.startedAt)
    var records: [ReplicationRecord] = []
    var digests: [String] = []
    // Whatever is compared runs its requests in the same part of the time.
    var others = loaded.references.map { reference in
      ReferenceRun(
        scenario: reference.run.requests == loaded.scenario.run.requests
          ? reference.simulatingRequests(in: scenario.run.requests) : reference)
    }
    var look = 0
    progress(0, plan.maximum)
    while true {
      let next = look == 0 ? plan.minimum : min(plan.maximum, records.count + plan.block)
      records += try await replications(records.count..<next, of: scenario, withRequests: true) {
        let digest = ResultDigest.of($0)
        digests.append(digest)
        try store.add($0, digest: digest, to: run)
        progress(digests.count, plan.maximum)
      }
      for position in others.indices {
        try await extend(&others[position], beside: records)
      }
      look += 1
      let isOnlyLook = plan.minimum == plan.maximum
      let judged = assembly.judge(
        records, references: others.map { ($0.scenario, $0.records) },
        look: isOnlyLook ? nil : look)
      let stop = StoppingRule(plan: plan)
      guard records.count == plan.maximum || stop.isMet(judged) else { continue }
      var notes = [stop.note(judged, replications: records.count)].compactMap(\.self)
      // The pilots have said what there is to say about warm-up.
      notes += pilot + judged.measures.notes.filter { pilot.isEmpty || $0.topic != "warm-up" }
      let results = assembly.results(records, digests: digests, judged: judged, notes: notes)
      try store.finish(run, results)
      return Outcome(
        scenario: scenario, run: run, results: results, seed: seed, records: records)
    }
  }

  /// A scenario that targets compare with, and its replications so far.
  private struct ReferenceRun {
    let scenario: Scenario
    var records: [ReplicationRecord] = []
    var hasRequests = false
  }

  /// Brings a reference to as many replications as the scenario has.
  private func extend(
    _ reference: inout ReferenceRun, beside records: [ReplicationRecord]
  ) async throws {
    if !reference.hasRequests, loaded.needsRequests(of: reference.scenario, beside: records) {
      reference.hasRequests = true
      reference.records = []
    }
    reference.records += try await replications(
      reference.records.count..<records.count, of: reference.scenario,
      withRequests: reference.hasRequests
    ) { _ in }
  }

  // MARK: Warm-up

  /// Replications enough to see how long it takes to reach a steady state.
  private static var pilots: Int { 5 }

  /// The scenario with the warm-up that its pilot replications ask for, where it leaves that to them.
  private func cuttingWarmUp(
    _ scenario: Scenario
  ) async throws -> (scenario: Scenario, notes: [RunNote]) {
    guard case .once(let window) = scenario.run.requests, window.isWarmUpAutomatic else {
      return (scenario, [])
    }
    let pilots = try await replications(
      0..<min(Self.pilots, plan.maximum), of: scenario, withRequests: true
    ) { _ in }
    let cut = Measures(scenario, records: pilots).warmUpCut
    let span = cut.map { TimeSpan.minutes(Int64($0.values)) } ?? .zero
    let text =
      cut.map {
        "MSER-5 over \(pilots.count) pilot replications cuts \(span) of \(window.length)"
          + ($0.isCredible ? "" : "; no steady state was in sight, run longer")
      } ?? "the run is too short for MSER-5; nothing is cut"
    let rest = Scenario.RequestWindow(
      from: window.from + span, length: window.length - span, warmUp: span)
    return (
      scenario.simulatingRequests(in: .once(rest)), [RunNote(topic: "warm-up", text: text)]
    )
  }

  /// Runs the replications, at most as many at a time as there are jobs, and hands each over in order.
  ///
  /// - Returns: the replications without events and series, which nothing but the database keeps.
  private func replications(
    _ numbers: Range<Int>, of scenario: Scenario, withRequests: Bool,
    inOrder: (ReplicationRecord) throws -> Void
  ) async throws -> [ReplicationRecord] {
    let (seed, detail) = (self.seed, options.detail)
    var done: [ReplicationRecord] = []
    try await SideBySide.inOrder(numbers.count, jobs: options.jobs) { position in
      let number = numbers.lowerBound + position
      return {
        try FleetSimulation.kept(
          scenario, seed: seed, replication: number, withRequests: withRequests, detail: detail)
      }
    } take: { _, record in
      var record = record
      try inOrder(record)
      record.dropDetail(digest: ResultDigest.of(record))
      done.append(record)
    }
    return done
  }
}

extension LoadedExperiment {
  /// Whether requests must run to compare with a scenario; its bill alone seldom needs them, and where
  /// the scenario itself lost none its goodput is known.
  func needsRequests(
    of reference: Scenario, beside records: [ReplicationRecord]
  ) -> Bool {
    needsRequests(of: reference, lostAny: records.contains(where: \.lostRequests))
  }

  /// The same where it is known whether the scenario lost any.
  func needsRequests(of reference: Scenario, lostAny: Bool) -> Bool {
    let path = reference.origin.path
    func isAsked(_ measure: Target.Measure) -> Bool {
      scenario.targets.contains { $0.measure == measure }
    }
    // What the network costs follows from the answers.
    return !reference.costs.egress.isEmpty && isAsked(.savings(against: path))
      || lostAny && isAsked(.goodput(against: path))
  }
}

extension ReplicationRecord {
  /// Whether any of its requests got no answer.
  var lostRequests: Bool { weighted.answered < weighted.arrived }
}
