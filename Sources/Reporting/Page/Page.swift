// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// One self-contained HTML page of answers: no script, no network, drawings with their numbers behind them.
package struct Page {
  private let title: String
  private var sections: [String] = []
  /// What is judged in words at the top: the sentences of all answers.
  private var leads: [String] = []

  /// A page of that title.
  package init(title: String) { self.title = title }

  /// Adds what a document says that a verb wrote with `--format json`.
  ///
  /// - Parameter curves: what the replications of a run show, by its number; `nil` where they are not at hand.
  /// - Throws: where it is no such document, what was found and what is allowed.
  package mutating func add(
    _ document: JSONNode, curves: (Int64) throws -> RunCurves?
  ) throws {
    if let items = document.items {
      guard !items.isEmpty else { throw UnknownDocument(found: "an empty list") }
      for item in items { try add(item, curves: curves) }
      return
    }
    let reader = PageDocument(document)
    if reader.has("plimsollOptimum") {
      append(optimum(reader))
    } else if reader.has("plimsollSweep") {
      append(sweep(reader))
    } else if reader.has("plimsollLevers") {
      append(levers(reader))
    } else if reader.has("plimsoll"), reader.has("sentence"), reader.has("runs") {
      append(comparison(reader))
    } else if reader.has("plimsoll"), reader.has("points"), reader.has("measures") {
      append(sensitivity(reader))
    } else if reader.has("plimsoll"), reader.has("verdicts"), reader.has("invoice") {
      let number = reader.number("run").map { Int64($0) }
      append(run(reader, try number.flatMap { try curves($0) }))
    } else if reader.has("plimsoll"), reader.has("errors") {
      append(broken(reader))
    } else {
      throw UnknownDocument(found: document.members == nil ? document.shown : "another object")
    }
  }

  /// A document that no verb wrote.
  package struct UnknownDocument: Error, CustomStringConvertible {
    let found: String
    /// What was found, and what is allowed.
    package var description: String {
      "found \(found); allowed: what run, check, compare, sweep, optimize, explain or sensitivity write with "
        + "--format json"
    }
  }

  /// A part of the page with the sentence that it comes to.
  struct Part {
    let heading: String
    let lead: String
    let body: String
  }

  private mutating func append(_ part: Part) {
    leads.append(part.lead)
    sections.append(
      "<section><h2>\(HTML.escaped(part.heading))</h2>\n"
        + HTML.paragraph(part.lead, isLead: true) + part.body + "</section>\n")
  }

  private func broken(_ document: PageDocument) -> Part {
    let errors = document.items("errors").map { error in
      [error.text("file"), error.text("line")].filter { !$0.isEmpty }.joined(separator: ":") + " "
        + error.text("message")
    }
    return Part(
      heading: document.text("scenario"), lead: "The scenario could not be judged.",
      body: HTML.list("Errors", errors))
  }

  /// The whole document.
  package var html: String {
    // With one part its sentence stands where the answer is expected; with several they are listed first.
    let summary =
      leads.count < 2
      ? "" : "<ul class=lead>" + leads.map { "<li>\(HTML.escaped($0))</li>" }.joined() + "</ul>\n"
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="plimsoll">
      <link rel="icon" href="data:,">
      <title>\(HTML.escaped(title))</title>
      <style>
      \(Self.style)</style></head>
      <body><main><h1>\(HTML.escaped(title))</h1>
      \(summary)\(sections.joined())<footer>Made by plimsoll. Intervals are by replications; money is US dollars, a month has
      730 hours.</footer></main></body></html>

      """
  }

  /// Colours have a contrast of 4.5 or more on their grounds, drawn areas of 3 or more.
  private static let style = """
    :root{--bg:#fff;--ink:#1b1f24;--dim:#57606a;--rule:#d0d7de;--a:#0b57d0;--b:#8250df;--good:#116329;--bad:#b3261e;
    --doubt:#7a5200;--soft:#f3f5f8}
    @media (prefers-color-scheme:dark){:root{--bg:#14171b;--ink:#e6e9ed;--dim:#a3adb8;--rule:#3a424c;--a:#7eb0ff;
    --b:#c7a3ff;--good:#6fd08c;--bad:#ff9d94;--doubt:#e3b341;--soft:#1e2329}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
    main{max-width:64rem;margin:0 auto;padding:1rem}
    h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem;overflow-wrap:anywhere}
    h2{font-size:1.2rem;margin:2.2rem 0 .5rem;padding-top:.8rem;border-top:1px solid var(--rule);overflow-wrap:anywhere}
    h3{font-size:1rem;margin:1.4rem 0 .4rem}
    .lead{font-size:1.08rem;max-width:46rem}
    ul{padding-left:1.2rem}li{margin:.2rem 0;overflow-wrap:anywhere}
    .verdicts{list-style:none;padding:0;margin:.6rem 0}
    .verdicts li{border-left:.35rem solid var(--dim);padding:.15rem .6rem;margin:.35rem 0;background:var(--soft)}
    .verdicts b{text-transform:uppercase;font-size:.8rem;letter-spacing:.04em;margin-right:.4rem}
    .holds{border-color:var(--good)!important}.holds b{color:var(--good)}
    .fails{border-color:var(--bad)!important}.fails b{color:var(--bad)}
    .undecided{border-color:var(--doubt)!important}.undecided b{color:var(--doubt)}
    .verdicts small{display:block;color:var(--dim);font-size:.88rem}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,23rem),1fr));gap:1rem 2rem;margin:1rem 0}
    figure{margin:0;min-width:0;max-width:29rem;break-inside:avoid}
    figcaption{font-weight:600;margin-bottom:.3rem}
    svg{width:100%;height:auto;display:block;overflow:visible}
    svg text{font:13px system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:var(--dim)}
    svg text.n{fill:var(--ink)}svg text.small{font-size:11px}
    svg .a{fill:var(--a)}svg .b{fill:var(--b)}svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}svg .doubt{fill:var(--doubt)}
    svg .c{fill:var(--dim)}
    svg .axis{stroke:var(--dim)}svg .grid{stroke:var(--rule)}svg .range{stroke:var(--ink);stroke-width:2}
    svg .mark{stroke:var(--ink);stroke-width:1.5}
    svg .target{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 3}svg .target-text{fill:var(--bad)}
    svg .event{stroke:var(--bad);stroke-width:1}
    svg .line,svg .front{fill:none;stroke:var(--a);stroke-width:2}svg .front{stroke-dasharray:3 3}
    svg .second{stroke:var(--b)}svg .third{stroke:var(--good)}
    details{margin:.3rem 0;font-size:.92rem}summary{cursor:pointer;color:var(--dim)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-size:.92rem;margin:.3rem 0}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
    td{max-width:30rem}td:last-child:not(.n){min-width:10rem}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    pre{background:var(--soft);padding:.6rem .8rem;overflow-x:auto;font-size:.88rem}
    footer{margin:2.5rem 0 1rem;color:var(--dim);font-size:.88rem}
    @page{size:A4;margin:14mm}
    @media print{:root{--bg:#fff;--ink:#000;--dim:#444;--rule:#bbb;--a:#0b57d0;--b:#8250df;--good:#116329;--bad:#b3261e;
    --doubt:#7a5200;--soft:#fff}body{font-size:10.5pt}main{max-width:none;padding:0}
    .figures{grid-template-columns:1fr 1fr}section{break-before:auto}h2,h3{break-after:avoid}tr{break-inside:avoid}
    pre{white-space:pre-wrap}details{display:none}*{print-color-adjust:exact}}

    """
}

/// A document of a verb, read leniently: what is not there is empty.
struct PageDocument {
  let node: JSONNode

  init(_ node: JSONNode) { self.node = node }

  func has(_ name: String) -> Bool {
    guard let value = node[name] else { return false }
    if case .null = value.content { return false }
    return true
  }

  func text(_ name: String) -> String { node[name]?.scalar ?? "" }

  func number(_ name: String) -> Double? { node[name]?.scalar.flatMap { Double($0) } }

  func flag(_ name: String) -> Bool {
    if case .flag(let flag)? = node[name]?.content { flag } else { false }
  }

  func items(_ name: String) -> [PageDocument] {
    (node[name]?.items ?? []).map { PageDocument($0) }
  }

  func texts(_ name: String) -> [String] { (node[name]?.items ?? []).compactMap(\.scalar) }

  func part(_ name: String) -> PageDocument? {
    has(name) ? node[name].map { PageDocument($0) } : nil
  }
}
