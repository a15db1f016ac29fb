// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Scenario

/// What a pipeline is told of scenarios that were judged, in whatever form it reads.
package struct CheckReport: Sendable {
  /// One thing that was judged.
  package struct Case: Sendable {
    /// What was judged.
    package enum Kind: String, Sendable {
      /// A target of a scenario.
      case target
      /// A claim about it.
      case claim
      /// A measure against what it was before.
      case regression
      /// Whether there is anything to judge by.
      case noSamples = "no-samples"
    }

    /// What was judged.
    package let kind: Kind
    /// The name, one of a kind in its scenario.
    package let name: String
    /// The judgement.
    package let verdict: VerdictRow
    /// Where it stands; `nil` for what stands in no file.
    package let location: SourceLocation?

    /// A case of those values.
    package init(kind: Kind, name: String, verdict: VerdictRow, location: SourceLocation?) {
      self.kind = kind
      self.name = name
      self.verdict = verdict
      self.location = location
    }
  }

  /// One scenario with all that was judged of it.
  package struct Suite: Sendable {
    /// The run.
    package let report: RunReport
    /// What was judged.
    package let cases: [Case]
    /// How long the run took, by a clock on the wall.
    package let seconds: Double

    /// A scenario with what was judged of it, its regressions, and whether there was anything to judge.
    ///
    /// - Parameters:
    ///   - judged: the judged targets or claims.
    package init(_ report: RunReport, judged: [Case], seconds: Double) {
      self.report = report
      self.seconds = seconds
      let regressions =
        report.regressions?.rows.map { row in
          Case(
            kind: .regression, name: row.verdict.target, verdict: row.verdict,
            location: row.tolerance.location)
        } ?? []
      cases = judged + regressions + Self.missing(report, isJudged: !(judged + regressions).isEmpty)
    }

    private static func missing(_ report: RunReport, isJudged: Bool) -> [Case] {
      var reasons: [(name: String, reason: String)] = []
      if !isJudged {
        reasons.append(("targets", "the scenario has no targets, so there is nothing to judge"))
      }
      if report.results.requests.arrived == 0 {
        reasons.append(
          ("requests", "no request arrived in the measured windows, so there is no sample"))
      }
      return reasons.map { name, reason in
        Case(
          kind: .noSamples, name: name,
          verdict: VerdictRow(
            target: name, verdict: .fails, interval: nil, unit: "", reason: reason), location: nil)
      }
    }
  }

  /// The scenarios in the order in which they were judged.
  package let suites: [Suite]
  /// What could not be judged, in the order in which it was met.
  package let unjudged: [Unjudged]

  /// A report on those scenarios.
  package init(_ suites: [Suite], unjudged: [Unjudged] = []) {
    self.suites = suites
    self.unjudged = unjudged
  }

  /// All cases, each with its scenario.
  var cases: [(suite: Suite, each: Case)] {
    suites.flatMap { suite in suite.cases.map { (suite, $0) } }
  }

  /// How many cases were judged in that way.
  package func count(_ verdict: VerdictRow.Verdict) -> Int {
    cases.count { $0.each.verdict.verdict == verdict }
  }

  /// What keeps a scenario from being judged, a line each.
  package var missing: [String] {
    cases.filter { $0.each.kind == .noSamples }
      .map { "\($0.suite.report.scenario): \($0.each.verdict.reason)" }
  }

  /// The runs as JSON: one document, or a list of several.
  package func json() throws -> String {
    let documents =
      try suites.map { try $0.report.json() } + unjudged.map { try JSONText.of(document($0)) }
    return documents.count == 1
      ? documents[0] : "[\n" + documents.joined(separator: ",\n") + "]\n"
  }

  private struct UnjudgedDocument: Encodable {
    struct Fault: Encodable {
      let file: String?
      let line: Int?
      let column: Int?
      let message: String
    }
    let plimsoll: Int
    let scenario: String
    let code: Int32
    let errors: [Fault]
  }

  private func document(_ unjudged: Unjudged) -> UnjudgedDocument {
    UnjudgedDocument(
      plimsoll: 1, scenario: unjudged.path, code: unjudged.code,
      errors: unjudged.faults.map { fault in
        let place = fault.location.flatMap { $0.isOverride ? nil : $0 }
        return UnjudgedDocument.Fault(
          file: place?.file, line: place?.line, column: place?.column,
          message: place == nil ? fault.line : fault.message)
      })
  }

  /// How many cases were judged in which way, in words, the worst first.
  var sentence: String {
    let broken = unjudged.count
    let errors = broken == 0 ? [] : ["\(broken) \(broken == 1 ? "is an error" : "are errors")"]
    let parts =
      errors
      + [
        (VerdictRow.Verdict.fails, "fails", "fail"), (.undecided, "is undecided", "are undecided"),
        (.assumed, "is assumed", "are assumed"), (.holds, "holds", "hold"),
      ].compactMap { verdict, one, many in
        let count = count(verdict)
        return count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
      }
    return parts.isEmpty ? "nothing was judged" : parts.joined(separator: ", ")
  }
}
