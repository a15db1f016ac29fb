// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Foundation
import LongTests
import Numerics
import Quantities
import Recording
import Scenario
import Serving
import Statistics
import Testing

/// A shipped scenario with what theory says that it must come to.
struct Oracle: Sendable, CustomTestStringConvertible {
  /// What is measured.
  enum Measure: Sendable {
    case meanWait, meanLatency, waitQuantile(Int64), latencyQuantile(Int64)
    case lost, batchSize, hits, joined, spotUptime, costPerLife
  }

  /// One number with the truth about it.
  struct Point: Sendable {
    let measure: Measure
    let truth: Double

    /// The largest standard error that leaves the comparison any power, as a share of the truth.
    var largestError: Double {
      switch measure {
      case .waitQuantile, .latencyQuantile: 0.01
      default: 0.005
      }
    }
  }

  /// The name of the scenario under `Scenarios/oracles`.
  let scenario: String
  /// What is compared.
  let points: [Point]
  /// Whether it takes so long that only `make oracles` runs it.
  var isHeavy = false
  /// The shortest length of the tests in which it is compared.
  var length: TestLength {
    if isHeavy { return .all }
    return Oracles.short.contains(scenario) ? .short : .long
  }

  init(_ scenario: String, isHeavy: Bool = false, _ points: (Measure, Double)...) {
    self.scenario = scenario
    self.isHeavy = isHeavy
    self.points = points.map { Point(measure: $0.0, truth: $0.1) }
  }

  var testDescription: String { scenario }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Scenarios/oracles")

  /// Runs the scenario and compares every point: 40 independent replications after a warm-up, the truth
  /// within 4 standard errors, and these small enough for the comparison to have power.
  ///
  /// Source: Law, Simulation Modeling and Analysis, 5th ed. (2015), ISBN 978-0-07-340132-4, section 9.4.
  func check() throws {
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let data = FileManager.default.contents(atPath: path) else { throw .missing }
      return [UInt8](data)
    }
    let path = Self.folder.appendingPathComponent("\(scenario).yaml").path
    let scenario = try ScenarioLoader.load(path, files: files).scenario
    #expect(scenario.run.replications == .exactly(40))
    let records = try (0..<40).map {
      try FleetSimulation.run(scenario, seed: scenario.run.seed, replication: $0)
    }
    let measures = Measures(scenario, records: records)
    #expect(measures.drift?.isGrowing != true)
    for point in points {
      let interval = try #require(Self.interval(point.measure, measures, records))
      let error = interval.halfWidth / StudentT.quantile(0.975, degreesOfFreedom: 39)
      let distance = (interval.estimate - point.truth) / error
      #expect(
        abs(distance) <= 4,
        "\(point.measure): \(interval.estimate) is \(distance) errors from \(point.truth)")
      #expect(
        error <= point.largestError * point.truth,
        "\(point.measure): an error of \(error / point.truth) has no power")
    }
  }

  private static func interval(
    _ measure: Measure, _ measures: Measures, _ records: [ReplicationRecord]
  ) -> Interval? {
    func ratio(_ pair: (ReplicationRecord) -> (Double, Double)) -> Interval? {
      .ratio(of: records.map(pair), confidence: 0.95)
    }
    func share(_ outcome: RequestOutcome) -> Interval? {
      ratio { (Double($0.requests[outcome]), Double($0.requests.arrived)) }
    }
    switch measure {
    case .meanWait: return measures.mean(of: .wait)
    case .meanLatency: return measures.mean(of: .latency)
    case .waitQuantile(let share):
      return measures.quantile(Share(billionths: share), of: .wait)
    case .latencyQuantile(let share):
      return measures.quantile(Share(billionths: share), of: .latency)
    case .lost: return share(.rejected)
    case .hits: return share(.hit)
    case .joined: return share(.joined)
    case .batchSize: return ratio { (Double($0.batchedRequests), Double($0.batches)) }
    case .spotUptime:
      return ratio { (Double($0.tally("place_up_ns")), Double($0.billedTime.nanoseconds)) }
    case .costPerLife:
      return ratio { record in
        (record.total.inDollars, Double(record.fleetEvents.count { $0.kind == .interrupted }))
      }
    }
  }
}
