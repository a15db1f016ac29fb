// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Foundation
import Quantities
import Recording
import ReplicaModel
import ResultsStore
import Scenario
import SimulationTesting
import Testing

@Suite("Detail that is kept")
struct DetailTests {
  private func run(
    _ detail: RecordDetail
  ) async throws -> (outcome: Experiment.Outcome, stored: [ReplicationRecord], digests: [String]) {
    var builder = StoppingTests.server()
    builder.horizon = .hours(20)
    builder.targets = ["mean(latency) <= 6s"]
    builder.replications = .exactly(2)
    let store = try ResultsStore.temporary()
    let experiment = Experiment(
      LoadedExperiment(scenario: try builder.build(), references: []),
      options: Experiment.Options(
        seed: nil, replications: nil, jobs: 2, version: "test", startedAt: "", detail: detail))
    let outcome = try await experiment.run(into: store) { _, _ in }
    return (
      outcome, try store.replications(of: outcome.run),
      try store.digests(of: outcome.run).map(\.digest)
    )
  }

  @Test("changes neither digests nor measures nor verdicts")
  func sameResults() async throws {
    let (thinned, all) = (try await run(.thinned), try await run(.all))
    #expect(thinned.outcome.results == all.outcome.results && thinned.digests == all.digests)
    #expect(all.stored[0].series.count > 4 * ReplicationRecord.mostPoints)
    #expect(
      thinned.stored[0].series.count { $0.name == "backlog" } <= ReplicationRecord.mostPoints)
    // What is read back is known by the digest of all.
    for records in [thinned.stored, all.stored] {
      #expect(records.map { ResultDigest.of($0) } == thinned.digests)
    }
  }

  @Test("is kept by no run once it is stored")
  func memory() async throws {
    let outcome = try await run(.all).outcome
    #expect(outcome.records.allSatisfy { $0.series.isEmpty })
  }

  @Test("goes through a shard and comes back the same")
  func document() async throws {
    var record = try await run(.all).stored[1]
    let whole = ResultDigest.of(record)
    for _ in 0..<2 {
      let line = try JSONEncoder().encode(RecordDocument(record))
      let back = try JSONDecoder().decode(RecordDocument.self, from: line).record()
      #expect(back == record && ResultDigest.of(back) == whole)
      record.thin { ResultDigest.of($0) }
    }
  }

  @Test("packs numbers of every size")
  func packed() throws {
    let values: [Int64] = [0, 1, -1, 127, 128, .max, .min, 3, .min, .max]
    let numbers: [UInt64] = [0, 127, 128, .max, 1 << 63, 300]
    let doubles = [0, 1, -2.5, .infinity, .pi, .greatestFiniteMagnitude, -0.0]
    func back(_ packed: PackedNumbers) throws -> PackedNumbers {
      try JSONDecoder().decode(PackedNumbers.self, from: JSONEncoder().encode(packed))
    }
    #expect(try back(PackedNumbers(steps: values)).steps == values)
    #expect(try back(PackedNumbers(numbers)).numbers == numbers)
    #expect(try back(PackedNumbers(bitsOf: doubles)).doubles == doubles)
    // A number that does not end, and one of more than 64 bits.
    for bad in ["\"gA==\"", "\"/////////////38=\"", "\"*\""] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(PackedNumbers.self, from: Data(bad.utf8))
      }
    }
  }
}
