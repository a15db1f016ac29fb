// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario
import Testing

/// A page of mistakes, each with what it is told: `Mistakes.md` beside this file.
@Suite("A mistake that people make")
struct MistakeTests {
  @Test("is told exactly what the page of mistakes says", arguments: MistakePage.current.mistakes)
  func isTold(mistake: Mistake) throws {
    #expect(try mistake.told() == mistake.expected, "\(mistake.title)")
  }

  @Test("has its section on the page, which RECORD=1 writes anew, with eighty others at least")
  func page() throws {
    let page = MistakePage.current
    if ProcessInfo.processInfo.environment["RECORD"] == "1" { try page.record() }
    #expect(page.mistakes.count >= 80)
    #expect(Set(page.mistakes.map(\.title)).count == page.mistakes.count)
  }
}

@Suite("Many mistakes in one file")
struct ManyMistakesTests {
  @Test(
    "are found in time that grows with their number, fifty are shown and the others are counted")
  func many() throws {
    let pools = (0..<8_000).map {
      "  p\($0): { typ: g, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } }\n"
    }
    var texts = MistakePage.files
    texts["scenario.yaml"]?.replace(/fleet:\n(  .*\n)*/, with: "fleet:\n" + pools.joined())
    let files = FileReader { [texts] (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let text = texts[path] else { throw .missing }
      return Array(text.utf8)
    }
    let started = ContinuousClock.now
    do {
      _ = try ScenarioLoader.load("scenario.yaml", files: files)
      Issue.record("it was read")
    } catch {
      let text = error.rendered()
      #expect(error.errors.count == 8_000)
      #expect(text.components(separatedBy: "unknown key 'typ'").count == 51)
      #expect(text.hasSuffix("… and 7950 more errors\n"))
    }
    // It took a hundred seconds when each error searched all others, and takes a third of one.
    #expect(ContinuousClock.now - started < .seconds(10))
  }
}

/// A scenario with one mistake in it.
struct Mistake: Sendable, CustomTestStringConvertible {
  var title = ""
  /// The file that is changed.
  var file = "scenario.yaml"
  /// The lines that are taken out, all of them where there are none.
  var old: [String] = []
  /// The lines that stand in their stead.
  var new: [String] = []
  var overrides: [String] = []
  var expected = ""

  var testDescription: String { title }

  /// What is told of it.
  func told() throws -> String {
    var texts = MistakePage.files
    if overrides.isEmpty {
      var text = try #require(texts[file])
      let lines = new.map { "\($0)\n" }.joined()
      if old.isEmpty {
        text = lines
      } else {
        let range = try #require(text.range(of: old.map { "\($0)\n" }.joined()), "\(title)")
        text.replaceSubrange(range, with: lines)
      }
      texts[file] = text
    }
    let files = FileReader { [texts] (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let text = texts[path] else { throw .missing }
      return Array(text.utf8)
    }
    do {
      _ = try ScenarioLoader.load("scenario.yaml", files: files, overrides: overrides)
      return "valid\n"
    } catch {
      return error.rendered()
    }
  }
}

/// The page, read and written.
struct MistakePage {
  /// What stands above the first section.
  let head: String
  var mistakes: [Mistake] = []

  static let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Mistakes.md"
  ).path
  static let current = MistakePage()

  /// What is right: the scenario and the price book that mistakes are made in.
  static let files = [
    "scenario.yaml": """
    plimsoll: 1
    about: a test
    start: 2024-12-09T15:00:00Z
    horizon: 1h
    requests: all
    replications: 2
    seed: 7
    cloud: ideal
    prices: prices.yaml
    workload:
      arrivals: { rate: 5/s }
      classes: { easy: 60%, hard: 40% }
      deterministic: 60%
    client: { timeout: 2s, retries: 0 }
    models:
      m:
        on: { g: { batch: { max: 4, latency: { 1: 10ms, 4: 20ms } } } }
      llama-3.1-70b:
        on: { p4d.24xlarge: { batch: { max: 4, latency: { 1: 10ms, 4: 20ms } } } }
    fleet:
      base:
        type: g
        zone: us-east-1a
        market: onDemand
        machines: 2
        serves: { m: 1 }
    policies:
      queue: { limit: 100 }
    targets: [p99(latency) <= 1s]

    """,
    "prices.yaml": """
    plimsoll_prices: 1
    name: made up
    source: made up
    read: 2024-12-09
    machines:
      g:
        onDemand: 3 USD/h
      p4d.24xlarge:
        onDemand: 9 USD/h
        spot: 3 USD/h

    """,
  ]

  init() {
    let text = (try? String(contentsOfFile: Self.path, encoding: .utf8)) ?? ""
    let sections = text.components(separatedBy: "\n## ")
    head = sections[0]
    mistakes = sections.dropFirst().map(Self.mistake)
  }

  private static func mistake(_ section: String) -> Mistake {
    var mistake = Mistake()
    let lines = section.components(separatedBy: "\n")
    mistake.title = lines[0]
    var block = ""
    for line in lines.dropFirst() {
      if line.hasPrefix("```") {
        block = block.isEmpty ? String(line.dropFirst(3)) : ""
      } else if block == "text" {
        mistake.expected += "\(line)\n"
      } else if block == "diff" {
        if line.hasPrefix("--set ") {
          mistake.overrides.append(String(line.dropFirst(6)))
        } else if line.hasPrefix("in ") {
          mistake.file = String(line.dropFirst(3))
        } else if line.hasPrefix("-") {
          mistake.old.append(String(line.dropFirst()))
        } else if line.hasPrefix("+") {
          mistake.new.append(String(line.dropFirst()))
        }
      }
    }
    return mistake
  }

  /// Writes the page with what mistakes are told now.
  func record() throws {
    var text = head
    for mistake in mistakes {
      text += "\n## \(mistake.title)\n\n```diff\n"
      if mistake.file != "scenario.yaml" { text += "in \(mistake.file)\n" }
      text += mistake.old.map { "-\($0)\n" }.joined() + mistake.new.map { "+\($0)\n" }.joined()
      text += mistake.overrides.map { "--set \($0)\n" }.joined()
      text += "```\n\n```text\n\(try mistake.told())```\n"
    }
    try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
  }
}
