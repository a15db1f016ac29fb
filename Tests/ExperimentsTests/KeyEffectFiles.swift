// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Recording
import Scenario

/// A small scenario in which keys are changed one at a time, with the files that it may name.
enum KeyEffectFiles {
  static let scenario = """
    plimsoll: 1
    about: keys
    start: 2024-12-09T12:00:00Z
    horizon: 2h
    requests: { from: 0s, for: 2min }
    replications: 2
    cloud: { answer: 1s, boot: 30s, load: 20s }
    prices: book.yaml
    workload: { arrivals: { rate: 8/s } }
    client: { timeout: 2s, retries: 0 }
    models:
      m: { on: { t: { batch: { max: 2, latency: { 1: 100ms, 2: 150ms } } } } }
    fleet:
      base: { type: t, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } }
    policies: { queue: { limit: 100 } }
    targets: [ p90(latency) <= 300ms, availability >= 99% ]
    """
  static let book = """
    plimsoll_prices: 1
    name: book
    source: made up
    read: 2024-12-01
    regions: [us-east-1, us-east-2]
    machines:
      t: { onDemand: 10 USD/h, spot: 3 USD/h, reserved: 6 USD/h, savings: 7 USD/h, familySavings: 5 USD/h }
      u: { onDemand: 20 USD/h, spot: 6 USD/h, reserved: 12 USD/h }
    """
  /// Sixty texts of each class: some of either half, and short ones are simple.
  private static let texts =
    "class,language,text\n"
    + (0..<60).map { number in
      "simple,en,Hi number \(number)\n"
        + "complex,en,\"Prove step by step why this theorem \(number) follows, and compare the trade-offs\"\n"
    }.joined()

  /// Measured times of a layer's operators, all of so many milliseconds.
  private static func operators(_ time: String) -> String {
    "num_tokens,attn_pre_proj_ms,attn_post_proj_ms,attn_rope_ms,attn_kv_cache_save_ms,mlp_up_proj_ms,mlp_act_ms,"
      + "mlp_down_proj_ms,input_layernorm_ms,post_attention_layernorm_ms,add_ms\n"
      + (1...512).map { tokens in
        "\(tokens)," + [String](repeating: time, count: 10).joined(separator: ",") + "\n"
      }.joined()
  }

  /// Measured times of attention, by context and a number up to `most`.
  private static func attention(_ header: String, _ most: Int) -> String {
    header + "\n"
      + (0...16).flatMap { context in
        (1...most).map { "\(context * 64),\($0),0.1\n" }
      }.joined()
  }

  private static let decode = attention(
    "avg_kv_tokens_rounded64,decode_batch_size,attn_decode_ms", 16)
  private static let prefill = attention(
    "kv_tokens_rounded64,prefill_chunk_tokens,attn_prefill_ms", 512)

  private static let others: [String: String] = [
    "tables/ops_by_tokens.csv": operators("0.1"), "tables/attn_decode.csv": decode,
    "tables/attn_prefill.csv": prefill,
    "slower/ops_by_tokens.csv": operators("0.2"), "slower/attn_decode.csv": decode,
    "slower/attn_prefill.csv": prefill,
    "book.yaml": book,
    "no-regions.yaml": book.replacing("regions: [us-east-1, us-east-2]\n", with: ""),
    "dated.yaml": book.replacing(
      "onDemand: 10 USD/h",
      with:
        "onDemand: [{ from: 2024-01-01, price: 10 USD/h }, { from: 2024-12-09T13:00:00Z, price: 5 USD/h }]"
    ),
    "dated-later.yaml": book.replacing(
      "onDemand: 10 USD/h",
      with:
        "onDemand: [{ from: 2024-01-01, price: 10 USD/h }, { from: 2024-12-09T13:30:00Z, price: 5 USD/h }]"
    ),
    "dated-dear.yaml": book.replacing(
      "onDemand: 10 USD/h",
      with:
        "onDemand: [{ from: 2024-01-01, price: 10 USD/h }, { from: 2024-12-09T13:00:00Z, price: 6 USD/h }]"
    ),
    "texts.csv": texts,
    "other-texts.csv": texts.replacing("Prove step by step why this theorem", with: "Hi"),
    "rates.csv": "time,rate\n0,8\n300,4\n7100,8\n",
    "other-rates.csv": "time,rate\n0,4\n300,8\n7100,8\n",
    "up.csv": "time,available\n0,1\n600,0\n1200,1\n2400,0\n3000,1\n3600,1\n",
    "other-up.csv": "time,available\n0,1\n900,0\n1200,1\n2400,0\n3000,1\n3600,1\n",
    "trace.csv":
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-12-09 12:00:00.5,100,20\n2024-12-09 12:00:01.5,100,30\n",
    "other-trace.csv":
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-12-09 12:00:00.5,100,20\n2024-12-09 12:00:01.7,100,30\n",
    "history.json": history(3),
    "other-history.json": history(4),
  ]

  /// Spot prices of two zones and types, as the cloud's command line prints them.
  private static func history(_ price: Int) -> String {
    let rows = [("us-east-1a", "t", price), ("us-east-1b", "t", 5), ("us-east-1a", "u", 8)].map {
      """
      {"Timestamp": "2024-12-09T00:00:00Z", "AvailabilityZone": "\($0)", "InstanceType": "\($1)", \
      "ProductDescription": "Linux/UNIX", "SpotPrice": "\($2).0"}
      """
    }
    return "{\"SpotPriceHistory\": [\(rows.joined(separator: ", "))]}"
  }

  private static let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    if path == "scenario.yaml" { return Array(scenario.utf8) }
    // `dear-spot.yaml` is the book with another price of spot machines.
    if path.hasPrefix("dear-") {
      let term = path.dropFirst(5).dropLast(5)
      return Array(book.replacing(" \(term): ", with: " \(term): 1").utf8)
    }
    guard let text = others[path] ?? KeyEffect.files[path] ?? KeyEffect.ownFile(path) else {
      throw .missing
    }
    return Array(text.utf8)
  }

  /// The keys that are asked for while the scenario is read with these overrides.
  static func knownKeys(_ overrides: [String]) throws -> [String] {
    try ScenarioLoader.knownKeys(of: "scenario.yaml", files: reader, overrides: overrides)
  }

  /// All that a run of the scenario with these overrides comes to, as one text.
  static func results(of overrides: [String]) async throws -> String {
    let loaded = try ScenarioLoader.load("scenario.yaml", files: reader, overrides: overrides)
    let outcome = try await Experiment(
      loaded,
      options: Experiment.Options(
        seed: nil, replications: nil, jobs: 1, version: "test", startedAt: "")
    ).run(into: .temporary()) { _, _ in }
    let results = outcome.results
    var text = "\(results.requests) \(results.measures) \(results.invoice) \(results.verdicts)"
    text += "\(results.notes) \(loaded.scenario.origin.assumptions) \(results.replications)"
    for record in outcome.records {
      text +=
        "\(record.tallies) \(ResultDigest.of(record)) \(record.workloadDigest) \(record.migrations)"
    }
    return text
  }
}
