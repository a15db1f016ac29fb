// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Serving

extension RunReport {
  /// The report for a terminal.
  package var table: String {
    var text = "\(scenario): \(answer)\n"
    if !about.isEmpty { text += "  \(about)\n" }
    text +=
      "\n" + invoiceTable.plain + billedLine + "\n" + measureTable.plain(notesBelow: 80) + "\n"
      + requestLine + "\n"
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
    text += verdictTable.markdown + "\n" + invoiceTable.markdown
    if !billedLine.isEmpty { text += "\n\(billedLine.trimmingLeadingBlanks)" }
    text += "\n" + measureTable.markdown
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
        row.line, row.pool, row.market, row.hours.map(Self.hours) ?? "",
        row.price.map { "\($0)" } ?? "", FigureText.money(row.monthly, groupSeparator: ","),
      ])
    }
    table.add(["total", "", "", "", "", FigureText.money(monthlyTotal, groupSeparator: ",")])
    return table
  }

  /// Hours to two decimals; what they would not show, with its unit.
  private static func hours(_ hours: Double) -> String {
    let seconds = hours * 3_600
    guard hours > 0, hours < 0.005 else { return formatted(hours, places: 2) }
    let unit = [("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)].first { seconds * $0.1 >= 1 }
    guard let unit else { return "under 1 ns" }
    return "\(formatted(seconds * unit.1, places: 2)) \(unit.0)"
  }

  /// What is paid, as the table above is scaled to compare.
  private var billedLine: String {
    guard let first = results.billedMonths.first, let last = results.billedMonths.last,
      let total = billedTotal
    else { return "" }
    return
      "  Scaled to a month of 730 h, to compare. Invoiced from \(first.from) to \(last.to), by the "
      + "calendar month: \(total) (show --format focus)\n"
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
