// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Foundation

/// A decision log on its way to the disk: written aside, and renamed when it is whole.
struct DecisionFile {
  let path: String

  /// Writes the decisions of one replication, and tells how large the file is.
  func write(
    _ outcome: Experiment.Outcome, replication: Int, aboutRequests: Bool
  ) throws {
    let aside = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
    guard FileManager.default.createFile(atPath: aside, contents: nil),
      let file = FileHandle(forWritingAtPath: aside)
    else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: aside]) }
    defer { try? FileManager.default.removeItem(atPath: aside) }
    var failure: (any Error)?
    try outcome.writeDecisions(
      ofReplication: replication, aboutRequests: aboutRequests
    ) { lines in
      guard failure == nil else { return }
      do { try file.write(contentsOf: lines) } catch { failure = error }
    }
    if let failure { throw failure }
    try file.synchronize()
    try file.close()
    // Replaces what is there in one step.
    guard unsafe rename(aside, path) == 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
  }
}
