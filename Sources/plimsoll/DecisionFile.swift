// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Experiments

/// A decision log on its way to the disk.
struct DecisionFile {
  let path: String

  /// Writes the decisions of one replication.
  func write(
    _ outcome: Experiment.Outcome, replication: Int, about subjects: DecisionSubjects
  ) throws {
    try FileAside(path: path).write { file in
      var failure: (any Error)?
      try outcome.writeDecisions(ofReplication: replication, about: subjects) { lines in
        guard failure == nil else { return }
        do { try file.write(contentsOf: lines) } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }
}
