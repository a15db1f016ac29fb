// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording
import Scenario

/// What GitHub Actions reads of a report.
extension CheckReport {
  /// How many annotations of one kind a step may make; what is more GitHub drops without a word.
  ///
  /// A job may have 50 in all. Two kinds of ten leave room for other steps. Source: github.com/actions/toolkit,
  /// `docs/problem-matchers.md`, "Limitations", read 2026-11-28.
  package static let annotationsPerKind = 10

  /// How large the summary of a step may be, in bytes: 1 MiB, beyond which GitHub shows none of it.
  ///
  /// Source: GitHub, "Workflow commands for GitHub Actions", "Adding a job summary", read 2026-11-28.
  package static let summaryLimit = 1 << 20

  /// A workflow command for each target that fails, and for each that is undecided, one a line.
  ///
  /// Where there are more of a kind than a step may have, the last one counts the rest.
  ///
  /// - Parameters:
  ///   - path: what GitHub calls a file: its path from the root of the repository.
  package func annotations(path: (String) -> String) -> String {
    var text = errorAnnotations(path: path)
    for (verdict, kind) in [(VerdictRow.Verdict.fails, "error"), (.undecided, "warning")] {
      let all = cases.filter { $0.each.verdict.verdict == verdict }
      let isTooMany = all.count > Self.annotationsPerKind
      let shown = isTooMany ? Self.annotationsPerKind - 1 : all.count
      for (suite, each) in all.prefix(shown) {
        let file: String
        var properties: [(String, String)]
        if let location = each.location, !location.isOverride {
          file = location.file
          properties = [("file", path(file)), ("line", "\(location.line)")]
        } else {
          file = suite.report.scenario
          properties = [("file", path(file))]
        }
        properties.append(("title", "\(verdict.rawValue): \(each.name)"))
        text += command(kind, properties, "\(suite.report.scenario): \(each.verdict.reason)")
      }
      if isTooMany {
        text += command(
          kind, [("title", "plimsoll check")],
          "\(all.count - shown) more: \(verdict.rawValue). The summary of the step has them all.")
      }
    }
    return text
  }

  /// A command for each thing that kept a file from being judged; the last counts the rest where there are many.
  private func errorAnnotations(path: (String) -> String) -> String {
    let all = unjudged.flatMap { file in file.faults.map { (file, $0) } }
    let isTooMany = all.count > Self.annotationsPerKind
    let shown = isTooMany ? Self.annotationsPerKind - 1 : all.count
    var text = ""
    for (file, fault) in all.prefix(shown) {
      var properties = [("file", path(file.path))]
      if let place = fault.location, !place.isOverride {
        properties = [
          ("file", path(place.file)), ("line", "\(place.line)"), ("col", "\(place.column)"),
        ]
      }
      properties.append(("title", "error: not judged"))
      text += command("error", properties, "\(file.path): \(fault.message)")
    }
    if isTooMany {
      text += command(
        "error", [("title", "plimsoll check")],
        "\(all.count - shown) more errors. The summary of the step has them.")
    }
    return text
  }

  private func command(
    _ name: String, _ properties: [(String, String)], _ message: String
  ) -> String {
    let list = properties.map { "\($0.0)=\(escaped($0.1, isProperty: true))" }
    return "::\(name) \(list.joined(separator: ","))::\(escaped(message, isProperty: false))\n"
  }

  private func escaped(_ text: String, isProperty: Bool) -> String {
    // By scalars: a carriage return and a line feed in a row are one character.
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      case ":" where isProperty: escaped += "%3A"
      case "," where isProperty: escaped += "%2C"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }

  /// The report in Markdown, cut after a whole row where it is longer than so many bytes.
  package func summary(fitting limit: Int) -> String {
    let whole = markdown
    guard whole.utf8.count > limit else { return whole }
    let note = "\n_Cut here: the rest would not fit into a step's summary._\n"
    let close = "\n</details>\n"
    let room = limit - note.utf8.count - close.utf8.count
    var kept = ""
    var size = 0
    var isOpen = false
    for line in whole.split(separator: "\n", omittingEmptySubsequences: false) {
      guard size + line.utf8.count + 1 <= room else { break }
      kept += line + "\n"
      size += line.utf8.count + 1
      if line.hasPrefix("<details>") { isOpen = true }
      if line.hasPrefix("</details>") { isOpen = false }
    }
    return size == 0 ? "" : kept + (isOpen ? close : "") + note
  }
}
