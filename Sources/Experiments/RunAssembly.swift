// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import FleetSimulation
import Recording
import ResultsStore
import Scenario

/// Puts the replications of a scenario together into what is stored of a run, however they were made.
struct RunAssembly: Sendable {
  let scenario: Scenario
  let seed: UInt64
  let version: String

  /// What the run is.
  var manifest: RunManifest {
    RunManifest(
      scenario: scenario.origin.path, scenarioText: scenario.origin.canonicalText,
      scenarioHash: ResultDigest.of(scenario.origin.canonicalText), version: version, seed: seed,
      priceBook: scenario.costs.priceBook, confidence: scenario.run.confidence.fraction)
  }

  /// The measures and the verdicts.
  ///
  /// - Parameters:
  ///   - references: the scenarios that targets compare with, and their replications.
  ///   - look: how often was looked with this one; `nil` where it is done once only.
  func judge(
    _ records: [ReplicationRecord],
    references: [(scenario: Scenario, records: [ReplicationRecord])], look: Int?
  ) -> StoppingRule.Judged {
    let measures = Measures(scenario, records: records)
    let judge = Judge(
      measures,
      references: references.map {
        ($0.scenario.origin.path, Measures($0.scenario, records: $0.records))
      },
      confidence: scenario.run.confidence.fraction)
    return StoppingRule.Judged(
      measures: measures, judge: judge, verdicts: judge.verdicts(on: scenario.targets, look: look),
      targets: scenario.targets)
  }

  /// What the run comes to.
  func results(
    _ records: [ReplicationRecord], digests: [String], judged: StoppingRule.Judged,
    notes: [RunNote]
  ) -> RunResults {
    let identity = "\(version) \(seed) \(ResultDigest.of(scenario.origin.canonicalText))"
    return RunResults(
      digest: ResultDigest.of(([identity] + digests).joined(separator: "\n")),
      replications: records.count,
      requests: records.reduce(RequestCounts()) { $0 + $1.requests },
      measures: judged.measures.rows, invoice: InvoiceSummary.rows(records),
      billedMonths: InvoiceSummary.months(
        records, from: scenario.run.start, for: scenario.run.horizon),
      verdicts: judged.verdicts,
      notes: scenario.origin.inputs.map { RunNote(topic: "input", text: $0) } + notes)
  }
}
