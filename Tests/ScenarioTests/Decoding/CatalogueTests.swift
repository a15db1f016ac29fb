// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

/// What a scenario leaves to the catalogue.
@Suite("A scenario that leaves something to the catalogue")
struct CatalogueTests {
  private static let complete = """
    plimsoll: 1
    start: 2026-09-10T00:00:00Z
    horizon: 1h
    requests: all
    replications: 2
    cloud: ideal
    prices: catalogue
    workload:
      arrivals: { rate: 1/s }
      prompt_tokens: 1_000
      output_tokens: 100
    client: { timeout: 60s, retries: 0 }
    models: { llama-3.1-70b: { precision: fp8 } }
    fleet:
      base: { type: p5.48xlarge, zone: us-east-1a, market: onDemand, machines: 1, serves: { llama-3.1-70b: 4 } }
    policies: { queue: { limit: 512 } }
    """

  private func load(
    _ text: String = complete, _ overrides: String..., files: [String: String] = [:]
  ) throws -> Scenario {
    try ScenarioLoader.load(
      "s.yaml",
      files: FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
        if path == "s.yaml" { return Array(text.utf8) }
        guard let other = files[path] else { throw .missing }
        return Array(other.utf8)
      }, overrides: overrides
    ).scenario
  }

  private func message(_ overrides: String..., text: String = complete) -> String {
    do {
      _ = try ScenarioLoader.load(
        "s.yaml",
        files: FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
          guard path == "s.yaml" else { throw .missing }
          return Array(text.utf8)
        }, overrides: overrides)
      return ""
    } catch {
      return error.errors.map { "\($0)" }.joined(separator: "\n")
    }
  }

  @Test("is whole: a step law, blocks, settings and prices, each said with source and age")
  func isWhole() throws {
    let scenario = try load()
    let pool = try #require(scenario.fleet.pools.first)
    #expect(pool.replicas.count == 4)
    #expect(pool.listPrice == (try HourlyPrice(roundingParsed: "55.04 USD/h")))
    let told = scenario.origin.assumptions.joined(separator: "\n")
    // 70.6 billion bytes on two of eight devices.
    #expect(told.contains("70.6 GB of weights in fp8 on 2 of 8 devices"))
    #expect(told.contains("H100-SXM (3,350 GB/s, 1,978 TFLOP/s"))
    #expect(told.contains("on 2 H100-SXM it was -7 % to +1 % off"))
    #expect(told.contains("max_num_seqs 1024, max_num_batched_tokens 8192"))
    #expect(told.contains("p5.48xlarge on demand in us-east-1: 55.04 USD/h"))
    #expect(told.contains("2026-09-06: 4 days before the start"))
  }

  @Test("gets KV blocks from the memory less weights and overhead")
  func blocks() throws {
    // 0.92 · 80 GiB − 70,553,706,496 ÷ 2 (and 2 · 8,192 · 80 of normalisations in it) − 1,702,887,424 is 42 GB a device;
    // a block of 16 tokens has 16 · 327,680 ÷ 2 bytes on it.
    let room = 0.92 * 85_899_345_920 - 70_553_706_496 / 2 - 1_702_887_424
    let blocks = Int(room / (16 * 327_680 / 2))
    let told = try load().origin.assumptions.joined(separator: "\n")
    #expect(told.contains("\(blocks) KV blocks of 16 tokens"), "\(blocks): \(told)")
  }

  @Test("keeps what it says itself")
  func ownGoesFirst() throws {
    let told = try load(
      Self.complete,
      "models.llama-3.1-70b.on.p5\\.48xlarge.engine.num_blocks=9000"
        .replacing(
          "models.llama-3.1-70b.on.p5\\.48xlarge",
          with: "models.\"llama-3.1-70b\".on.\"p5.48xlarge\"")
    ).origin.assumptions.joined(separator: "\n")
    #expect(!told.contains("KV blocks of"))
    #expect(told.contains("max_num_seqs 1024"))
  }

  @Test(
    "names the nearest entry where the catalogue lacks one",
    arguments: [
      (
        "models={ llama-3.1-71b: {} }",
        "the catalogue has no model llama-3.1-71b; the nearest is 'llama-3.1-70b'"
      ),
      (
        "fleet.base.type=p5.47xlarge",
        "the catalogue has no machine p5.47xlarge; the nearest is 'p5.4xlarge'"
      ),
      (
        "models={ x: { card: mixtral-8x7b } }",
        "the catalogue has no model mixtral-8x7b; the nearest is 'mixtral-8x7b-v0.1'"
      ),
      ("fleet.base.zone=us-east-2a", "the nearest is that in us-east-1"),
      ("fleet.base.market=spot", "the catalogue has no spot price of p5.48xlarge in us-east-1"),
      ("prices={ catalogue: 2023-01-01 }", "on or before 2023-01-01"),
    ])
  func nearest(change: String, expected: String) {
    var overrides = [change]
    if change.contains("71b") { overrides.append("fleet.base.serves={ llama-3.1-71b: 4 }") }
    if change.contains("card") { overrides.append("fleet.base.serves={ x: 4 }") }
    let text = message(overrides[0], overrides.count > 1 ? overrides[1] : "replications=2")
    #expect(text.contains(expected), "\(text)")
  }

  @Test(
    "is refused where devices, weights or attention do not allow it",
    arguments: [
      ("fleet.base.serves={ llama-3.1-70b: 3 }", "do not go evenly onto 3 replicas"),
      ("models={ llama-3.1-70b: { card: llama-3.1-405b } }", "the weights do not fit"),
      ("models={ llama-3.1-70b: { card: deepseek-v3 } }", "latent attention"),
      ("models={ llama-3.1-70b: { card: gemma-3-27b-it } }", "sliding window"),
    ])
  func refused(change: String, expected: String) {
    let text = message(change)
    #expect(text.contains(expected), "\(text)")
  }

  @Test("takes a user's own entries before the shipped ones, and refuses a file without effect")
  func ownEntries() throws {
    let own = """
      plimsoll_catalogue: 1
      source: our contract
      read: 2026-09-01
      machines: { p5.48xlarge: { device: H100-SXM, devices: 8, onDemand: 20 USD/h } }
      """
    let scenario = try load(Self.complete, "catalogue=own.yaml", files: ["own.yaml": own])
    #expect(scenario.fleet.pools.first?.listPrice == (try HourlyPrice(roundingParsed: "20 USD/h")))
    #expect(
      scenario.origin.assumptions.joined().contains("our contract, 2026-09-01: 9 days before the start"))
    #expect(throws: ScenarioErrors.self) {
      try load(
        Self.complete, "catalogue=own.yaml",
        files: ["own.yaml": own.replacing("p5.48xlarge", with: "rack")])
    }
  }
}
