// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import FoundationXML
import Recording
import Reporting
import Scenario
import Statistics
import Testing

@Suite("What a pipeline is told")
struct CheckReportTests {
  private static func report(
    _ verdicts: [(name: String, verdict: VerdictRow.Verdict)], reason: String = "why"
  ) -> CheckReport {
    var requests = RequestCounts()
    requests.arrived = 1
    let rows = verdicts.map { name, verdict in
      VerdictRow(
        target: name, verdict: verdict, interval: .exact(1, samples: 1), unit: "USD", reason: reason
      )
    }
    let run = RunReport(
      scenario: "a,b:c.yaml", about: "", seed: 1, confidence: 0.95, priceBook: "book",
      assumptions: [], run: 1,
      results: RunResults(
        digest: "d", replications: 1, requests: requests, measures: [], invoice: [], verdicts: rows)
    )
    let cases = rows.enumerated().map { number, row in
      CheckReport.Case(
        kind: .target, name: row.target, verdict: row,
        location: SourceLocation(file: "a,b:c.yaml", line: number + 1, column: 1))
    }
    return CheckReport([CheckReport.Suite(run, judged: cases, seconds: 0.5)])
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var names: [String] = []
    var failures: [[String: String]] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if name == "testcase" { names.append(attributes["name"] ?? "") }
      if name == "failure" { failures.append(attributes) }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
  }

  @Test("JUnit's XML holds any text and gives it back, but for what XML cannot hold")
  func junit() throws {
    let name = "a < b && \"c\" > 'd' ]]>\n\té €"
    let report = Self.report(
      [(name, .fails), ("x", .holds)], reason: "line\r\none\u{1}\u{FFFE}<b>")
    let reader = Reader()
    let parser = XMLParser(data: Data(report.junit.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.names == [name, "x"])
    #expect(reader.failures.count == 1)
    #expect(reader.failures.first?["type"] == "target")
    #expect(reader.failures.first?["message"] == "line\r\none\u{FFFD}\u{FFFD}<b>")
    #expect(reader.text.contains("one\u{FFFD}\u{FFFD}<b>"))
  }

  @Test("annotations escape what a workflow command would read, and name the line of the target")
  func escaping() {
    let report = Self.report([("x: 5%, y", .fails), ("z", .undecided)], reason: "1%\r\n::b, c")
    #expect(
      report.annotations { $0 } == """
        ::error file=a%2Cb%3Ac.yaml,line=1,title=fails%3A x%3A 5%25%2C y::a,b:c.yaml: 1%25%0D%0A::b, c
        ::warning file=a%2Cb%3Ac.yaml,line=2,title=undecided%3A z::a,b:c.yaml: 1%25%0D%0A::b, c

        """)
  }

  @Test(
    "at most ten annotations of a kind are made, of which the last counts the rest",
    arguments: [(9, 9, ""), (10, 10, ""), (11, 10, "2 more"), (60, 10, "51 more")])
  func limits(failures: Int, lines: Int, rest: String) {
    let report = Self.report((0..<failures).map { ("t\($0)", .fails) } + [("u", .undecided)])
    let all = report.annotations { $0 }.split(separator: "\n")
    #expect(all.count { $0.hasPrefix("::error ") } == lines)
    #expect(all.count { $0.hasPrefix("::warning ") } == 1)
    #expect(all.contains { $0.contains("more: fails") } == !rest.isEmpty)
    #expect(rest.isEmpty || all[lines - 1].contains("::\(rest)"))
  }

  @Test("a summary that does not fit is cut after a whole row, with a note")
  func cut() throws {
    let report = Self.report((0..<500).map { ("target number \($0)", .fails) })
    let whole = report.markdown
    #expect(report.summary(fitting: whole.utf8.count) == whole)
    for limit in [700, 5_000, whole.utf8.count - 1] {
      let text = report.summary(fitting: limit)
      #expect(text.utf8.count <= limit && text.utf8.count > limit - 400)
      let lines = text.split(separator: "\n")
      #expect(lines.last == "_Cut here: the rest would not fit into a step's summary._")
      #expect(lines.allSatisfy { !$0.hasPrefix("|") || $0.hasSuffix("|") })
      let opened = lines.count { $0.hasPrefix("<details>") }
      #expect(opened == lines.count { $0.hasPrefix("</details>") })
    }
    #expect(report.summary(fitting: 20) == "")
    #expect(report.summary(fitting: -5) == "")
  }

  @Test("a comment names the worst first, and no cell breaks its row")
  func markdown() throws {
    let report = Self.report(
      [("h", .holds), ("u", .undecided), ("f", .fails)], reason: "one | two\nthree")
    let lines = report.markdown.split(separator: "\n")
    #expect(lines[0] == "<!-- plimsoll check -->")
    #expect(lines[1] == "## Plimsoll: 1 fails, 1 is undecided, 1 holds")
    #expect(lines[4].hasPrefix("| ✗ | **fails** |") && lines[4].hasSuffix("one \\| two three |"))
    #expect(lines[5].hasPrefix("| ? |") && lines[6].hasPrefix("| ✓ |"))
  }

  @Test("a scenario without targets or requests fails, and nothing else does")
  func nothing() throws {
    let run = RunReport(
      scenario: "s.yaml", about: "", seed: 1, confidence: 0.95, priceBook: "book", assumptions: [],
      run: 1,
      results: RunResults(
        digest: "d", replications: 1, requests: RequestCounts(), measures: [], invoice: [],
        verdicts: []))
    let report = CheckReport([CheckReport.Suite(run, judged: [], seconds: 0)])
    #expect(report.count(.fails) == 2 && report.missing.count == 2)
    #expect(Self.report([("h", .holds)]).missing.isEmpty)
  }

  @Test("runs as CSV quote what needs it")
  func csv() {
    let report = Self.report([("say \"x\", y", .holds)])
    let csv = RunReport.csv(report.suites.map(\.report))
    #expect(csv.split(separator: "\n").count == 2)
    #expect(csv.contains("\n\"a,b:c.yaml\",target,\"say \"\"x\"\", y\",USD,1.0,1.0,1.0,1,"))
  }
}
