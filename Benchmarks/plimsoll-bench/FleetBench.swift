// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Foundation
import Quantities
import Recording
import Scenario

/// The reference design's simulated fleet against a bare loop over the same kind of requests.
enum FleetBench {
  /// The scenario whose speed counts.
  static let scenario = "Scenarios/reference-design/simulated.yaml"

  private struct Subject {
    let name: String
    let overrides: [String]
    /// Requests a second that one core should do, and that it should never stay below.
    let bar: Double
    let floor: Double?
  }

  private static let subjects = [
    Subject(name: "simulated, every policy on", overrides: [], bar: 5e6, floor: 4e6),
    Subject(
      name: "simulated, no cache or de-duplication",
      overrides: ["policies.cache=off", "policies.dedup=off"], bar: 8e6, floor: nil),
  ]

  /// Times a month of it in windows, with all policies and with fewer, and the bare loop in between: until so many
  /// replications had the core for themselves, five times as many at most.
  static func run(runs: Int) throws {
    var watch = CoreWatch()
    for subject in subjects { try time(subject, runs: runs, &watch) }
  }

  /// Simulates a month of it in so many windows, and says how many requests that took.
  static func simulate(windows: Int, policies: Bool) throws {
    let subject = subjects[policies ? 0 : 1]
    let scenario = try ScenarioLoader.load(
      Self.scenario, files: files, overrides: subject.overrides + ["requests.windows=\(windows)"]
    ).scenario
    let record = try FleetSimulation.run(scenario, seed: 1, replication: 0)
    print("requests  \(record.simulatedRequests)")
  }

  private static func time(
    _ subject: Subject, runs: Int, _ watch: inout CoreWatch
  ) throws {
    let scenario = try ScenarioLoader.load(
      Self.scenario, files: files, overrides: subject.overrides
    ).scenario
    guard case .sampled(let sample) = scenario.run.requests else {
      preconditionFailure("the scenario runs requests in windows")
    }
    let length = sample.length + sample.warmUp
    var ours: [Double] = []
    var bare: [Double] = []
    var whole: [Double] = []
    var machines = 0
    let firstLook = watch.looks.count
    for replication in 0..<5 * runs where whole.count < runs {
      var times: [Double] = []
      watch.look()
      let record = try Stopwatch.time(into: &times) {
        try FleetSimulation.run(scenario, seed: 1, replication: replication)
      }
      watch.look()
      ours.append(times[0] / Double(record.simulatedRequests))
      if machines == 0 { machines = Self.machines(scenario, length, likeThoseOf: record) }
      var loop = FleetLoop(scenario, machines: machines, replication: UInt32(replication))
      let hadRoom = Stopwatch.time(into: &times) {
        loop.run(windows: sample.windows, length: length)
      }
      precondition(hadRoom, "a queue of the bare loop has room")
      bare.append(times[1] / Double(loop.arrived))
      whole = ours.indices.filter { watch.wasWhole(from: firstLook + 2 * $0) }.map { ours[$0] }
      if replication == 0 { compare(subject.name, record, loop, machines) }
    }
    show(subject, ours, whole, bare, looks: watch.looks[firstLook...])
  }

  private static func show(
    _ subject: Subject, _ ours: [Double], _ whole: [Double], _ bare: [Double],
    looks: ArraySlice<Double>
  ) {
    func figure(_ name: String, _ seconds: Double) {
      Bar.figure("\(subject.name): \(name)", seconds * 1e9, "ns a request").print()
    }
    print("\(subject.name): \(whole.count) of \(ours.count) replications on a whole core")
    // As many as were asked for, or fewer, however many others there were. Bare loops are not chosen: the fastest of more
    // of them makes the ratio larger.
    let judged = whole.isEmpty ? ours : whole
    let (our, their) = (Stopwatch.fastest(judged), Stopwatch.fastest(bare))
    let slowest = judged.max() ?? our
    figure("fastest", our)
    figure("slowest", slowest)
    figure("median of all", Stopwatch.median(ours))
    figure("bare loop", their)
    Bar.figure(
      "\(subject.name): additions of a core", (looks.min() ?? 0) / 1e9,
      "to \(formatted((looks.max() ?? 0) / 1e9, places: 1)) thousand million a second"
    ).print()
    func bar(_ limit: Double, _ name: String, _ seconds: Double) {
      Bar.atLeast(
        limit / 1e6, name, 1e-6 / seconds, "million requests a second", places: 2,
        isWhole: !whole.isEmpty
      ).print()
    }
    bar(subject.bar, subject.name, our)
    if let floor = subject.floor { bar(floor, "\(subject.name): slowest", slowest) }
    Bar.atMost(6, "\(subject.name): ratio", our / their, "times the bare loop", places: 2)
      .print()
  }

  /// Shows how alike the work of both is.
  private static func compare(
    _ name: String, _ record: ReplicationRecord, _ loop: borrowing FleetLoop, _ machines: Int
  ) {
    let counts = record.requests
    let answered = Double(counts[.hit] + counts[.joined]) / Double(counts.arrived)
    let shared = Double(loop.shared) / Double(loop.arrived)
    func batch(_ value: Double) -> String { formatted(value, places: 1) }
    func percent(_ value: Double) -> String { formatted(value * 100, places: 1) + " %" }
    print(
      "\(name): \(record.simulatedRequests) requests, \(percent(answered)) hit or joined, "
        + "mean batch \(batch(meanBatch(record))); bare loop: \(loop.arrived), "
        + "\(percent(shared)), \(batch(loop.meanBatch)) on \(machines) machines")
  }

  private static func meanBatch(_ record: ReplicationRecord) -> Double {
    Double(record.batchedRequests) / Double(max(1, record.batches))
  }

  /// How many machines give the bare loop's batches the size nearest to the simulation's.
  private static func machines(
    _ scenario: Scenario, _ length: TimeSpan, likeThoseOf record: ReplicationRecord
  ) -> Int {
    var best = (machines: 0, error: Double.infinity)
    for machines in 1...16 {
      var loop = FleetLoop(scenario, machines: machines, replication: 0)
      guard loop.run(windows: 14, length: length) else { continue }
      let error = abs(loop.meanBatch - meanBatch(record))
      if error < best.error { best = (machines, error) }
    }
    precondition(best.machines > 0, "some number of machines has room for all requests")
    return best.machines
  }

  /// Reads files from the disk.
  static let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    guard let data = FileManager.default.contents(atPath: path) else { throw .missing }
    return [UInt8](data)
  }
}
