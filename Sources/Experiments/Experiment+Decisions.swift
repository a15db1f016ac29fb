// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import FleetSimulation
import Recording

extension Experiment.Outcome {
  /// A replication came out otherwise when its decisions were written: a bug of ours.
  package struct LogChangedResult: Error, CustomStringConvertible {
    /// The replication's number.
    package let replication: Int

    /// What is wrong, for a report.
    package var description: String {
      "writing decisions changed the result of replication \(replication), please report this"
    }
  }

  /// Runs a replication again and hands over the lines of its decision log.
  ///
  /// - Throws: ``LogChangedResult`` where it does not come out as it did before.
  package func writeDecisions(
    ofReplication replication: Int, about subjects: DecisionSubjects, to take: ([UInt8]) -> Void
  ) throws {
    let record = try withoutActuallyEscaping(take) { take in
      try FleetSimulation.run(
        scenario, seed: seed, replication: replication, decisions: take,
        about: subjects)
    }
    guard let first = records.first(where: { $0.replication == replication }),
      ResultDigest.of(first) == ResultDigest.of(record)
    else { throw LogChangedResult(replication: replication) }
  }
}
