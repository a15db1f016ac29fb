// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import LongTests
import Scenario
import Testing

/// The schema and the loader are made of one table, and must say the same of every document.
@Suite("The schema and the loader")
struct SchemaPropertyTests {
  @Test("agree on 3,000 documents")
  func some() throws { try compare(count: 3_000, seed: 1) }

  @Test("agree on 100,000 documents", .long)
  func many() throws { try compare(count: 100_000, seed: 2) }

  /// A scenario of which much is changed, and one in which the table's mappings stand.
  private static let small = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 730h
    requests: { from: 10h, for: 10min, warmup: 1min }
    replications: 10
    cloud: { answer: 5s, boot: 2min, load: 3min }
    prices: prices.yaml
    workload:
      arrivals: { rate: 200/s }
      classes: { all: 100% }
      prompt_tokens: 64
      output_tokens: { gamma: { mean: 20, cv: 0.9 } }
    client: { timeout: 2s, retries: 0 }
    models:
      chat:
        quality: { table: 0.9 }
        on: { p5.48xlarge: { batch: { max: 32, latency: { 1: 40ms, 32: 100ms } } } }
    regions: { us-east-1: { shocks: { every: 300h, takes: 60% } } }
    zones: { us-east-1a: { region: us-east-1, up: 54h, down: 3h, drops: interrupt } }
    fleet:
      base: { type: p5.48xlarge, zone: us-east-1a, market: onDemand, machines: { min: 1, max: 3 }, serves: { chat: 4 } }
      cheap:
        { type: p5.48xlarge, zone: us-east-1a, market: spot, machines: 2, serves: { chat: 4 }, notice: aws,
          lifetime: { weibull: { scale: 30h, shape: 0.8 } },
          price: { mean: 29.50 USD/h, deviation: 10%, reversion: 12h } }
    commitments: { own: { kind: reservation, type: p5.48xlarge, machines: 1, price: 5 USD/h } }
    costs: { support: 2_000 USD/month, weights: { gb: 500, per_gb_month: 0.08 USD } }
    policies:
      queue: { limit: 256 }
      cache: { ttl: 10min }
      ledger: { budget: 400 USD/h }
      spot: { fallback: onDemand, back_off: { initial: 3min, max: 30min } }
    targets: [ p99(latency) <= 200ms ]
    regressions: { monthly_cost: +2% }
    """

  private static let engine = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 1h
    requests: all
    replications: { min: 10, max: 20, until: decided }
    cloud: ideal
    prices: prices.yaml
    workload: { arrivals: { peak: 2/s, daily: { peak: "15:00", swing: 45% } }, prompt_tokens: 64, output_tokens: 8 }
    client: { timeout: none, retries: 0 }
    models:
      chat:
        on:
          p5.48xlarge:
            engine:
              max_num_seqs: 8
              max_num_batched_tokens: 512
              num_blocks: 200
              host: { step: 2ms }
              step: { affine: { fixed: 14ms, sequence: 25us, context_token: 61.1ns, prefill_token: 25.5us } }
    fleet:
      base: { type: p5.48xlarge, zone: us-east-1a, market: onDemand, machines: 2, serves: { chat: 2 } }
    policies: { queue: { limit: 256 } }
    """

  private static let files = [
    "small.yaml": small, "engine.yaml": engine, "first.yaml": small,
    "child.yaml": "extends: first.yaml\nfleet: { base: { machines: 2 } }\ncloud: { boot: 1min }",
    "fragment.yaml": "plimsoll_fragment: 1\nabout: a fragment",
    "prices.yaml": """
    plimsoll_prices: 1
    name: example
    source: made up
    read: 2024-12-10
    regions: [us-east-1]
    machines:
      p5.48xlarge: { onDemand: 98.32 USD/h, reserved: 60 USD/h, savings: 70 USD/h, spot: 29.50 USD/h }
    """,
  ]

  private static let scenarios = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Scenarios").standardizedFileURL

  /// The shipped scenarios whose reading takes little: those that name no measured file and no other scenario.
  private static func shipped() -> [(path: String, document: Document)] {
    let paths = FileManager.default.enumerator(atPath: scenarios.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.hasSuffix(".yaml") }.sorted().compactMap { path in
      let full = scenarios.appendingPathComponent(path).path
      guard let text = try? String(contentsOfFile: full, encoding: .utf8), text.count < 6_000,
        !["series:", "trace:", "replay:", "texts:", "peak_load", "surface:"].contains(
          where: text.contains),
        text.contains("plimsoll: 1\n") || text.contains("extends:"),
        let loaded = try? ScenarioText.load(full, files: memory([:]), overrides: []),
        loaded.kind == .scenario, loaded.files.allSatisfy({ !$0.text.contains("trace:") })
      else { return nil }
      return (full, Document(loaded.root))
    }
  }

  private static func memory(_ texts: [String: String]) -> FileReader {
    FileReader { path throws(FileReadFailure) in
      if let text = texts[path] { return Array(text.utf8) }
      if path == "." { throw .folder }
      guard path.hasPrefix("/"), let data = FileManager.default.contents(atPath: path) else {
        throw .missing
      }
      return Array(data)
    }
  }

  private func compare(count: Int, seed: UInt64) throws {
    let checker = SchemaChecker(KeySchema.schema)
    #expect(checker.unknown.isEmpty, "\(checker.unknown)")
    let own = ["small.yaml", "engine.yaml"].compactMap { path in
      (try? ScenarioText.load(path, files: Self.memory(Self.files), overrides: [])).map {
        (path, Document($0.root))
      }
    }
    let child = Document.mapping([
      ("extends", .plain("first.yaml")), ("cloud", .mapping([("boot", .plain("1min"))])),
      ("fleet", .mapping([("base", .mapping([("machines", .plain("2"))]))])),
    ])
    let shipped = Self.shipped()
    #expect(shipped.count >= 5)
    let bases = own + [("child.yaml", child)]
    var maker = DocumentMaker(seed: seed)
    var sums = (accepted: 0, refused: 0, acrossKeys: 0)
    var faults: [String] = []
    for number in 0..<count where faults.count < 10 {
      // One in ten is a shipped scenario: they take longer to read.
      let (path, base) =
        number % 10 == 0 ? shipped[(number / 10) % shipped.count] : bases[number % bases.count]
      let document = maker.changed(base)
      var texts = Self.files
      texts[path] = document.yaml
      let (errors, untabled) = ScenarioLoader.examine(path, files: Self.memory(texts))
      let isRight = checker.accepts(document)
      if !untabled.isEmpty { faults.append("not in the table: \(untabled)\n\(document.yaml)") }
      if errors.isEmpty {
        sums.accepted += 1
        if !isRight { faults.append("the schema refuses what is read: \(document.yaml)") }
      } else if isRight {
        sums.acrossKeys += 1
        for error in errors where !isExcused(error, document, path) {
          faults.append("the schema accepts \(error) [\(error.code.rawValue)]: \(document.yaml)")
        }
      } else {
        sums.refused += 1
      }
    }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n\n"))")
    #expect(sums.accepted > count / 20 && sums.refused > count / 20, "\(sums)")
    #expect(sums.acrossKeys > count / 100, "\(sums)")
  }

  /// Whether an error that the schema does not see is of a rule that it cannot see.
  private func isExcused(_ error: ScenarioError, _ document: Document, _ path: String) -> Bool {
    if !error.code.isOfForm { return true }
    // What another file says is not in the document.
    if error.location.file != path { return true }
    if document.has("extends") || document.has("include"),
      [.missingKey, .wrongKind, .unknownKey].contains(error.code)
    {
      return true
    }
    switch error.problem {
    case .unreadable(let found, _): return Self.isOddNotation(found)
    case .outOfRange(let found, _):
      // The pattern of a number with decimals has no range.
      return document.texts.contains { text, isText in
        isText && Double(text.replacing("_", with: "")).map { "\($0)" == found } == true
      }
    default: return false
    }
  }

  /// The notations that are numbers or truths to YAML and nothing to us: the schema sees values only.
  private static func isOddNotation(_ text: String) -> Bool {
    if ["True", "TRUE", "False", "FALSE", "-0", "+0", "00"].contains(text) { return true }
    guard case .number(let value) = JSONScalar(plain: text) else { return false }
    return value == 0 || text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix(".")
      || text.hasSuffix(".") || text.contains(".") || text.contains("e") || text.contains("E")
  }
}
