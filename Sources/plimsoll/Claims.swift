// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Quantities
import Recording
import Reporting
import Scenario

/// A file of claims, and how it is judged by running the scenarios that it names.
struct Claims {
  private let claims: ClaimSet

  /// The claims of a file; `nil` when it holds none.
  init?(_ path: String) throws {
    // A file that cannot be read is no claims: whoever reads it as a scenario tells why.
    let text = try? ScenarioText.load(path, files: Terminal.files, overrides: [])
    guard text?.kind == .claims else { return nil }
    claims = try ClaimSet.load(path, files: Terminal.files)
    for name in claims.measures where MeasureDefinition.of(name) == nil {
      let message = "measures: '\(name)' is no measure; plimsoll show --define all lists them"
      Terminal.tell("\(path): \(message)\n")
      throw Failure.Told(status: .invalidScenario, faults: [.init(message: message)])
    }
  }

  /// The measures that the file sets side by side.
  var measures: [String] { claims.measures }

  /// The scenarios that claims name, each once; those that are wrong are noted.
  func load(
    _ options: RunOptions, noting unjudged: inout [CheckReport.Unjudged]
  ) -> [LoadedExperiment] {
    claims.scenarios.compactMap { path in
      do {
        return try options.read(path, overrides: options.overrides, claims: claims)
      } catch {
        unjudged.append(Failure.unjudged(path, error))
        return nil
      }
    }
  }

  /// Judges the claims by runs of their scenarios.
  func judge(
    _ reports: [RunReport], noting unjudged: inout [CheckReport.Unjudged]
  ) -> (table: ClaimTable, cases: [(scenario: String, judged: CheckReport.Case)]) {
    var rows: [ClaimTable.Row] = []
    var cases: [(scenario: String, judged: CheckReport.Case)] = []
    for claim in claims.claims {
      let judged = claim.scenarios.compactMap { path in
        reports.first { $0.scenario == path }.flatMap { report in
          report.results.verdicts.first { $0.target == claim.target }.map { (report, $0) }
        }
      }
      guard judged.count == claim.scenarios.count, let report = judged.first?.0 else { continue }
      let row = ClaimTable.Row(
        claim: claim.text, judged: judged.map { (scenario: $0.0.name, verdict: $0.1) })
      var even = ""
      do {
        even = try breakEven(of: claim, seed: report.seed)
      } catch {
        unjudged.append(Failure.unjudged(claim.scenario, error))
      }
      rows.append(row.saying(even))
      // In the suite of each scenario that the claim names, always with the one verdict.
      cases += judged.map { report, _ in
        (
          report.scenario,
          CheckReport.Case(
            kind: .claim, name: "\(claim.text): \(claim.target)", verdict: row.verdict,
            location: claim.location)
        )
      }
    }
    var assumptions: [String] = []
    for line in reports.flatMap(\.assumptions) where !assumptions.contains(line) {
      assumptions.append(line)
    }
    return (ClaimTable(about: claims.about, rows: rows, assumptions: assumptions), cases)
  }

  private func breakEven(of claim: ClaimSet.Claim, seed: UInt64) throws -> String {
    guard let even = claim.breakEven else { return "" }
    do {
      let target = try Target(parsing: claim.target)
      let search = BreakEvenSearch(even, of: target.measure, seed: seed, replications: 4) {
        try ScenarioLoader.load(claim.scenario, files: Terminal.files, overrides: [$0])
      }
      switch try search.run() {
      case .alwaysHolds:
        return "\(even.target) holds for every \(even.key) from \(search.written(even.low)) to "
          + search.written(even.high)
      case .neverHolds:
        return "\(even.target) holds for no \(even.key) from \(search.written(even.low)) to "
          + search.written(even.high)
      case .at(let value, let measured):
        var there = ""
        if let measured, case .share = target.bound {
          there = " (\(formatted(measured * 100, places: 1)) %)"
        }
        return "\(even.target) breaks even at \(even.key) = \(search.written(value))\(there)"
      }
    }
  }
}
