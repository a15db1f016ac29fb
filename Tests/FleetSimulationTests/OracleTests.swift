// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Foundation
import Quantities
import QueueingTheory
import Recording
import Scenario
import Statistics
import Testing

/// Simulation against closed form, by the protocol of Law, Simulation Modeling and Analysis, 5th ed.
/// (2015), section 9.4: independent replications after a warm-up, and the truth within 4 standard
/// errors, which must themselves be small enough for the check to have power.
@Suite("A replica with batches of one is a Markovian queue")
struct OracleTests {
  private func records(_ name: String) throws -> (Scenario, [ReplicationRecord]) {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("Scenarios/oracles/\(name).yaml").path
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let data = FileManager.default.contents(atPath: path) else { throw .missing }
      return [UInt8](data)
    }
    let scenario = try ScenarioLoader.load(path, files: files).scenario
    #expect(scenario.replications == .exactly(40))
    let records = try (0..<40).map {
      try FleetSimulation.run(scenario, seed: scenario.seed, replication: $0)
    }
    return (scenario, records)
  }

  /// Expects an estimate within 4 standard errors of the truth, and the error within its limit.
  private func expect(_ interval: Interval?, truth: Double, largestError: Double) throws {
    let interval = try #require(interval)
    // The interval is 95 % by Student's t with 39 degrees of freedom, whose quantile is 2.0227.
    let standardError = interval.halfWidth / 2.0227
    #expect(abs(interval.estimate - truth) <= 4 * standardError)
    #expect(standardError <= largestError * truth)
  }

  @Test("one lane at load 0.8 gives M/M/1's sojourn and wait, mean and P99")
  func singleServer() throws {
    let (scenario, records) = try records("mm1")
    let truth = MM1(arrivalRate: 0.8, serviceRate: 1)
    let measures = Measures(scenario, records: records)
    let p99 = Share(billionths: 990_000_000)
    try expect(
      measures.mean(of: .latency(.mean)), truth: truth.sojournTimeMean, largestError: 0.005)
    try expect(
      measures.quantile(p99, of: .latency(.mean)), truth: truth.sojournTimeQuantile(0.99),
      largestError: 0.01)
    try expect(
      measures.quantile(p99, of: .wait(.mean)), truth: truth.waitingTimeQuantile(0.99),
      largestError: 0.01)
  }

  @Test("four lanes at load 0.8 give M/M/4's sojourn and wait, mean and P99")
  func fourServers() throws {
    let (scenario, records) = try records("mm4")
    let truth = MMC(arrivalRate: 3.2, serviceRate: 1, servers: 4)
    let measures = Measures(scenario, records: records)
    let p99 = Share(billionths: 990_000_000)
    try expect(
      measures.mean(of: .latency(.mean)), truth: truth.sojournTimeMean, largestError: 0.005)
    try expect(
      measures.mean(of: .wait(.mean)), truth: truth.waitingTimeMean, largestError: 0.005)
    try expect(
      measures.quantile(p99, of: .latency(.mean)), truth: truth.sojournTimeQuantile(0.99),
      largestError: 0.01)
  }
}
