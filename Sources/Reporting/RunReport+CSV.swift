// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording

extension RunReport {
  /// Runs as CSV, one number a row: the bill in dollars a month of 730 hours, measures in their unit, and
  /// targets with the value that they were judged by.
  package static func csv(_ reports: [RunReport]) -> String {
    var table = TextTable([
      "scenario", "kind", "name", "unit", "estimate", "low", "high", "samples", "state", "verdict",
      "note",
    ])
    for report in reports {
      for row in report.results.invoice {
        let name = [row.line, row.pool, row.market].filter { !$0.isEmpty }.joined(separator: ", ")
        table.add([
          report.scenario, "bill", name, "USD", FigureText.money(row.monthly), "", "", "", "", "",
          row.price.map { "\($0)" } ?? "",
        ])
      }
      for row in report.results.measures {
        table.add(
          [report.scenario, "measure", row.name, ValueText.unit(row.unit)]
            + [row.interval?.estimate, row.interval?.low, row.interval?.high].map(ValueText.plain)
            + [row.interval.map { "\($0.samples)" } ?? "", row.stateText, "", row.note])
      }
      let regressions = report.regressions?.rows.map(\.verdict) ?? []
      for (kind, rows) in [("target", report.results.verdicts), ("regression", regressions)] {
        for row in rows {
          table.add(
            [report.scenario, kind, row.target, ValueText.unit(row.unit)]
              + [row.interval?.estimate, row.interval?.low, row.interval?.high]
              .map(ValueText.plain)
              + [
                row.interval.map { "\($0.samples)" } ?? "", row.stateText,
                row.verdict.rawValue, row.reason,
              ])
        }
      }
    }
    return table.csv
  }
}
