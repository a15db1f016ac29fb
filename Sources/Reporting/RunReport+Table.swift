// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Serving

extension RunReport {
  /// The report for a terminal.
  package var table: String {
    var text = "\(scenario)\n"
    if !about.isEmpty { text += "  \(about)\n" }
    text += "\n" + invoiceTable.plain + "\n" + measureTable.plain + "\n" + requestLine + "\n"
    if !results.verdicts.isEmpty { text += "\n" + verdictLines }
    if !results.notes.isEmpty {
      text += "\n" + results.notes.map { "  \($0.topic): \($0.text)\n" }.joined()
    }
    if !assumptions.isEmpty {
      text += "\n  Assumed, and open:\n" + assumptions.map { "    - \($0)\n" }.joined()
    }
    text += "\n  run \(run), seed \(seed), \(results.replications) replications, price book "
    text += "\(priceBook), digest \(results.digest.prefix(16))\n"
    return text
  }

  /// The bill, the measures and the verdicts without what differs between machines, for a document.
  package var markdown: String {
    var text = "### `\(scenario)`\n\n"
    if !about.isEmpty { text += "\(about)\n\n" }
    text += verdictTable.markdown + "\n" + invoiceTable.markdown + "\n" + measureTable.markdown
    if !results.notes.isEmpty {
      text += "\n" + results.notes.map { "- \($0.topic): \($0.text)\n" }.joined()
    }
    text += "\n\(requestLine.trimmingLeadingBlanks)\n\nSeed \(seed), \(results.replications) "
    text += "replications, price book `\(priceBook)`, digest `\(results.digest)`.\n"
    return text
  }

  private var invoiceTable: TextTable {
    var table = TextTable(["bill, a month of 730 h", "pool", "market", "hours>", "price>", "USD>"])
    for row in results.invoice {
      table.add([
        row.line, row.pool, row.market, row.hours.map { FigureText.number($0, atLeast: 2) } ?? "",
        row.price.map { "\($0)" } ?? "", FigureText.money(row.monthly, groupSeparator: ","),
      ])
    }
    table.add(["total", "", "", "", "", FigureText.money(monthlyTotal, groupSeparator: ",")])
    return table
  }

  private var measureTable: TextTable {
    let percent = formatted(confidence * 100, places: 0)
    var table = TextTable(["measure", "estimate>", "\(percent) % interval>", "note"])
    for row in results.measures {
      table.add([
        row.name, ValueText.estimate(row), ValueText.range(row.interval, unit: row.unit), row.note,
      ])
    }
    return table
  }

  private var verdictTable: TextTable {
    var table = TextTable(["target", "verdict", "estimate>", "why"])
    for row in results.verdicts {
      table.add([
        "`\(row.target)`", "**\(row.verdict.rawValue)**", ValueText.estimate(row), row.reason,
      ])
    }
    return table
  }

  private var verdictLines: String {
    results.verdicts.map { row in
      "  \(row.verdict.mark) \(row.verdict.rawValue)  \(row.target)\n      \(row.reason)\n"
    }.joined()
  }

  private var requestLine: String {
    var parts = ["\(results.requests.arrived) arrived"]
    for outcome in RequestOutcome.allCases where results.requests[outcome] > 0 {
      parts.append("\(results.requests[outcome]) \(outcome.name)")
    }
    let left = results.requests.inFlight
    parts.append(
      "\(left) in flight"
        + (left > 0 ? " one horizon after its end, which count as unanswered" : ""))
    return "  Requests: " + parts.joined(separator: ", ")
  }
}

extension String {
  fileprivate var trimmingLeadingBlanks: String { String(drop { $0 == " " }) }
}
