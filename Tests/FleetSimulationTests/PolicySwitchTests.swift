// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Foundation
import Recording
import Scenario
import Testing

/// Common random numbers: what one policy does moves no draw of anything else.
@Suite("Switching a policy")
struct PolicySwitchTests {
  private static func record(_ changes: [String], seed: UInt64 = 5) throws -> ReplicationRecord {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../..").standardizedFileURL
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw .missing }
      return [UInt8](data)
    }
    let loaded = try ScenarioLoader.load(
      root.appending(path: "Scenarios/smoke.yaml").path, files: files,
      overrides: ["requests={ from: 8h, for: 2min, warmup: 10s }"] + changes)
    return try FleetSimulation.run(loaded.scenario, seed: seed, replication: 1)
  }

  @Test(
    "leaves every arrival, prompt, length and tenant, and all that the cloud does, as they were",
    arguments: [
      ["policies.router={ kind: fixed, model: 70b-int4 }"],
      ["policies.router={ policy: reference }"], ["policies.cache=off"],
      ["policies.cache={ policy: reference }"], ["policies.dedup=off"],
      ["policies.dedup={ policy: reference }"], ["policies.autoscaler=~"],
      ["policies.autoscaler={ policy: reference, budget: 500 USD/h, p99: 200ms }"],
      ["policies.spot={ fallback: none }"],
      ["policies.spot={ policy: reference, fallback: onDemand }"],
    ])
  func commonRandomNumbers(changes: [String]) throws {
    let (before, after) = (try Self.record([]), try Self.record(changes))
    #expect(before.workloadDigest == after.workloadDigest)
    #expect(before.requests.arrived == after.requests.arrived)
    #expect(before.capacityDigests == after.capacityDigests)
    #expect(before.requests.arrived > 10_000 && before.capacityDigests.contains { $0 != 0 })
    // The switch did something, or there is nothing to prove.
    #expect(before != after)
  }

  @Test("of the seed moves the draws of requests and of the cloud; the same seed repeats all")
  func otherSeed() throws {
    let (first, second) = (try Self.record([]), try Self.record([], seed: 6))
    #expect(first.workloadDigest != second.workloadDigest)
    #expect(first.capacityDigests != second.capacityDigests)
    #expect(try Self.record([]) == first)
  }

  @Test("leaves what the cloud does as it was when other requests arrive")
  func otherRate() throws {
    let (first, second) = (
      try Self.record([]), try Self.record(["workload.arrivals.peak=901/s"])
    )
    #expect(first.workloadDigest != second.workloadDigest)
    #expect(first.capacityDigests == second.capacityDigests)
  }
}

extension ReplicationRecord {
  /// What the cloud did in each pool.
  fileprivate var capacityDigests: [Int128] {
    tallies.filter { $0.name == .capacityDigest }.map(\.value)
  }
}
