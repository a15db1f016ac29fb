// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import FoundationXML
import Testing

@Suite("The gate of a pipeline, by the command")
struct GateTests {
  private static let short = "requests={ from: 14h, for: 20s }"

  /// Checks a scenario in twenty seconds of requests.
  private func check(
    _ path: String, _ more: [String], environment: [String: String] = [:]
  ) throws -> Command.Answer {
    try Command.call(
      ["check", path, "--quiet", "--set", Self.short]
        + (more.contains("--db") ? [] : ["--db", Command.temporary("sqlite")]) + more,
      environment: environment)
  }

  // MARK: Reports

  @Test("of twelve failures ten are annotated, the last counts the rest, and the summary has all")
  func twelveFailures() throws {
    let targets = (1...12).map { "  - monthly_cost <= \($0) USD" }.joined(separator: "\n")
    let path = try Command.scenario("targets:\n\(targets)")
    let (summary, xml) = (Command.temporary("md"), Command.temporary("xml"))
    try Data("before\n".utf8).write(to: URL(fileURLWithPath: summary))
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let answer = try check(
      path, ["--github", "--junit", xml],
      environment: ["GITHUB_STEP_SUMMARY": summary, "GITHUB_WORKSPACE": folder])
    #expect(answer.status == 99)

    let name = path.dropFirst(folder.count + 1)
    let errors = answer.messages.split(separator: "\n").filter { $0.hasPrefix("::error ") }
    #expect(errors.count == 10)
    #expect(
      errors[0].hasPrefix("::error file=\(name),line=3,title=fails%3A monthly_cost <= 1 USD::"))
    #expect(errors[8].hasPrefix("::error file=\(name),line=11,"))
    #expect(errors[9].contains("::3 more: fails."))

    let text = try String(contentsOfFile: summary, encoding: .utf8)
    #expect(text.hasPrefix("before\n<!-- plimsoll check -->\n## Plimsoll: 12 fail\n"))
    for bound in 1...12 { #expect(text.contains("| `monthly_cost <= \(bound) USD` |")) }

    let found = try ParsedXML(Data(contentsOf: URL(fileURLWithPath: xml)))
    #expect(found.count("testcase") == 12 && found.count("failure") == 12)
    #expect(found.attributes("testsuite").map { $0["failures"] } == ["12"])
  }

  @Test(
    "a scenario's suite names seed, digest and price book; undecided is skipped, assumed passes")
  func suite() throws {
    let path = try Command.scenario(
      "targets: [availability >= 99.99%, spot_discount(spot) >= 1%, monthly_cost <= 9_000_000 USD]")
    let xml = Command.temporary("xml")
    let answer = try check(path, ["--junit", xml, "--format", "json"])
    #expect(answer.status == 98)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
    let found = try ParsedXML(Data(contentsOf: URL(fileURLWithPath: xml)))
    #expect(found.count("testcase") == 3 && found.count("skipped") == 1)
    #expect(found.count("failure") == 0)
    let properties = found.attributes("property").map { [$0["name"], $0["value"]] }
    #expect(properties.contains(["seed", "7"]))
    #expect(properties.contains(["digest", json["digest"] as? String]))
    #expect(properties.contains(["price_book", "reference-design"]))
    #expect(properties.contains(["verdict", "assumed"]))
    #expect(found.attributes("testcase")[0]["line"] == "2")
  }

  // MARK: Regressions

  @Test("an equal run holds; a dearer one regresses, with the line of the bill that moved")
  func regression() throws {
    let path = try Command.scenario(
      "targets: [availability >= 1%]\nregressions: { monthly_cost: +0%, p99(latency): +5% }")
    let (database, file) = (Command.temporary("sqlite"), Command.temporary("json"))
    #expect(try check(path, ["--save", file, "--db", database]).status == 0)
    for baseline in [file, "1"] {
      let equal = try check(path, ["--baseline", baseline, "--db", database])
      #expect(equal.status == 0, "\(equal.messages)")
      #expect(equal.output.contains("the digest is the same"))
      let dearer = try check(
        path,
        ["--baseline", baseline, "--db", database, "--set", "costs.storage=700 USD/month"])
      #expect(dearer.status == 99, "\(dearer.messages)")
      // 500 became 700 in every replication, so the difference is known to the cent.
      #expect(dearer.output.contains("between +200.00 USD and +200.00 USD"))
      #expect(dearer.output.contains("paired by 3 replications of seed 7"))
      let moved = dearer.output.split(separator: "\n").filter { $0.hasPrefix("  storage, fixed ") }
      #expect(moved.count == 1 && moved[0].contains("500.00  700.00      200.00"))
      #expect(!dearer.output.contains("  network, egress  "))
    }
    let tolerated = try check(
      path,
      [
        "--baseline", file, "--set", "costs.storage=700 USD/month", "--tolerance",
        "monthly_cost: +200.01 USD",
      ])
    #expect(tolerated.status == 0, "\(tolerated.output)")
  }

  @Test("another seed is compared by Welch's interval, and undecided where it straddles")
  func otherSeed() throws {
    let path = try Command.scenario("targets: [availability >= 1%]")
    let file = Command.temporary("json")
    #expect(try check(path, ["--save", file]).status == 0)
    let answer = try check(
      path, ["--baseline", file, "--seed", "8", "--tolerance", "monthly_cost: +0%"])
    #expect(answer.status == 98)
    #expect(answer.output.contains("by Welch's interval, since seed 7 and seed 8 make no pairs"))
    let fewer = try check(
      path, ["--baseline", file, "--replications", "2", "--tolerance", "monthly_cost: +0%"])
    #expect(fewer.output.contains("since 3 replications and 2 make no pairs"))
  }

  @Test(
    "a scenario that the baseline lacks is new, which alone is no error; one that is wrong keeps no other from it"
  )
  func newAndBroken() throws {
    let path = try Command.scenario("targets: [monthly_cost <= 900_000 USD]")
    let file = Command.temporary("json")
    #expect(try check(path, ["--save", file]).status == 0)
    let new = try Command.scenario("targets: [monthly_cost <= 800_000 USD]")
    let options = ["--baseline", file, "--tolerance", "monthly_cost: +5%"]
    let alone = try check(new, options)
    #expect(alone.status == 0, "\(alone.messages)")
    #expect(
      alone.messages.contains(
        "\(new) is new: the baseline \(file) has no run of it (it has: \(path))"))

    let broken = try Command.scenario("targets: [monthly_cost]")
    let xml = Command.temporary("xml")
    let all = try check(
      path, [broken, new, "--junit", xml, "--github", "--format", "json"] + options)
    #expect(all.status == 65)
    // Its target stands on the second line of the scenarios that tests make.
    #expect(
      all.messages.contains("::error file=\(broken),line=2,col=11,title=error%3A not judged::"))
    let junit = try String(contentsOfFile: xml, encoding: .utf8)
    #expect(junit.contains("name=\"plimsoll check\" tests=\"4\" failures=\"0\" errors=\"1\""))
    #expect(junit.contains("<error message=\"\(broken):2:11: targets[0]: found 'monthly_cost'"))
    #expect(all.output.contains("\"new\" : true"))
    #expect(all.output.contains("\"line\" : 2"))
  }

  @Test("a baseline that lacks the measure or a sample is an error and no pass")
  func lacking() throws {
    let path = try Command.scenario("targets: [monthly_cost <= 900_000 USD]")
    let file = Command.temporary("json")
    #expect(try check(path, ["--save", file]).status == 0)
    let tolerance = ["--tolerance", "p99(latency): +5%"]
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing("\"p99(latency)\"", with: "\"p98(latency)\"")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let measure = try check(path, ["--baseline", file] + tolerance)
    #expect(measure.status == 65)
    #expect(measure.messages.contains("\(file) has no p99(latency) of \(path)"))

    try text.replacing("\"samples\" : {", with: "\"sample\" : {")
      .write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try check(path, ["--baseline", file] + tolerance).status == 65)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try check(path, ["--baseline", file] + tolerance).status == 65)

    let empty = Command.temporary("json")
    _ = try check(path, ["--save", empty, "--set", "workload.arrivals.peak=0.0001/s"])
    #expect(try check(path, ["--baseline", empty] + tolerance).status == 65)
    let none = try check(path, ["--baseline", empty])
    #expect(none.status == 64 && none.messages.contains("needs to know what is tolerated"))
  }

  // MARK: Formats

  @Test("every verb that prints results prints CSV whose rows are as long as its header")
  func csv() throws {
    let database = Command.temporary("sqlite")
    let path = try Command.scenario("targets: [monthly_cost <= 900_000 USD]")
    let run = ["--db", database, "--quiet", "--set", Self.short]
    for (arguments, header) in [
      (["run", path] + run, "scenario,kind,"), (["check", path] + run, "scenario,kind,"),
      (["compare", path, path, "--replications", "2"] + run, "kind,name,"),
      (["show", "1", "--db", database], "scenario,kind,"),
      (["runs", "--db", database], "run,started,"),
      (["route", "Scenarios/prompts/labelled.csv"], "tier,score,"),
    ] {
      let answer = try Command.call(arguments + ["--format", "csv"])
      #expect(answer.status == 0, "\(arguments): \(answer.messages)")
      #expect(answer.output.hasPrefix(header), "\(arguments)")
      let widths = Self.widths(ofCSV: answer.output)
      #expect(widths.count > 1 && widths.allSatisfy { $0 == widths[0] }, "\(arguments)")
    }
  }

  /// How many fields each record has, where a field in quotation marks may hold anything.
  private static func widths(ofCSV text: String) -> [Int] {
    var widths: [Int] = []
    var (fields, isQuoted) = (1, false)
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields += 1
      case "\n" where !isQuoted:
        widths.append(fields)
        fields = 1
      default: break
      }
    }
    return widths
  }
}

/// The elements of an XML document; reading one that is not well-formed throws.
private struct ParsedXML {
  private let elements: [(name: String, attributes: [String: String])]

  init(_ data: Data) throws {
    let collector = Collector()
    let parser = XMLParser(data: data)
    parser.delegate = collector
    try #require(parser.parse(), "not well-formed: \(String(describing: parser.parserError))")
    elements = collector.elements
  }

  func count(_ name: String) -> Int { elements.count { $0.name == name } }

  func attributes(_ name: String) -> [[String: String]] {
    elements.filter { $0.name == name }.map(\.attributes)
  }

  private final class Collector: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements.append((name, attributes))
    }
  }
}
