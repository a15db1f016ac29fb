// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Reporting

/// Writes reports one after another; one that fails keeps none of the others from being written.
struct ReportWriter {
  /// Whether any could not be written.
  private(set) var failed = false

  /// Writes a file aside and renames it, so that nobody ever reads half of it.
  mutating func write(to path: String, _ text: () throws -> String) {
    attempt(path) {
      let text = try text()
      try FileAside(path: path).write { try $0.write(contentsOf: Data(text.utf8)) }
    }
  }

  /// Annotates targets and adds to the summary of the step.
  ///
  /// The runner reads commands from standard error as from standard output, which belongs to results.
  mutating func tellGitHub(_ report: CheckReport, isQuiet: Bool) {
    let environment = ProcessInfo.processInfo.environment
    let root = environment["GITHUB_WORKSPACE"] ?? ""
    Terminal.tell(report.annotations { Self.path(of: $0, from: root) })
    guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else {
      if !isQuiet {
        Terminal.tell("plimsoll: GITHUB_STEP_SUMMARY is not set, so no summary is written\n")
      }
      return
    }
    attempt(path) {
      if !FileManager.default.fileExists(atPath: path) {
        try Data().write(to: URL(fileURLWithPath: path))
      }
      // What earlier commands of the step wrote stays, and counts.
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      let size = Int(try file.seekToEnd())
      let text = report.summary(fitting: CheckReport.summaryLimit - size)
      if text.isEmpty, !isQuiet {
        Terminal.tell("plimsoll: the summary of the step is full, so nothing is added to it\n")
      }
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    }
  }

  /// The path of a file from the root of the repository, where it lies in there.
  private static func path(of file: String, from root: String) -> String {
    guard !root.isEmpty else { return file }
    let folder = URL(fileURLWithPath: root).standardizedFileURL.path + "/"
    let full = URL(fileURLWithPath: file).standardizedFileURL.path
    return full.hasPrefix(folder) ? String(full.dropFirst(folder.count)) : file
  }

  private mutating func attempt(_ path: String, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      failed = true
      let reason = FileProblem.reason(of: error, at: path)
      Terminal.tell("plimsoll: \(path) cannot be written: \(reason)\n")
    }
  }
}
