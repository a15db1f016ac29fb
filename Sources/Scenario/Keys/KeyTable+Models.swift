// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import TokenEngine

/// The keys of `models`.
extension KeyTable {
  static let model: [KeyDefinition] = [
    .may(
      "quality",
      .mapping([
        .must(
          "table", .quantity(.share),
          "the model's score, for `quality_loss(MODEL, table)` and to rank models", as: "0.9"),
        .may(
          "matrix", .named("CLASS", .quantity(.share)),
          "its score for every class of the workload; their mean is `table` to three decimals",
          as: "{ simple: 0.95, complex: 0.85 }"),
      ]), "how good its answers are"),
    .may(
      "context", .count(1...1_000_000_000), or: "no limit",
      "tokens of prompt and answer that the model takes. A router sends longer requests elsewhere; at an engine they "
        + "fail", as: "8_192"),
    .may(
      "token_price", .quantity(.amount),
      "price of a token, for `token_price_ratio(A, B)` only", as: "0.000_002 USD"),
    .may(
      "weights", .quantity(.bytes),
      "size of the weights; required where `cloud.load` has a bandwidth"),
    .may(
      "card", .text, or: "the model's name",
      "the model of [the catalogue](Catalogue.md) that it is, where `on` leaves something to it",
      as: "llama-3.1-70b"),
    .may(
      "precision", .words(WeightPrecision.allCases.map(\.rawValue)), or: "as published",
      "the width of the weights, where the card decides"),
    .may(
      "on",
      .named(
        "TYPE",
        .mapping([
          .may(
            "batch", .mapping(batch), "how it answers requests in batches",
            as: "{ max: 32, delay: 5ms, latency: { 1: 40ms, 32: 100ms } }"),
          .may(
            "engine", .mapping(engine),
            "[a scheduler of tokens](Engines.md#engines-in-scenarios), in place of `batch`",
            as: "{ max_num_seqs: 256, max_num_batched_tokens: 8_192 }"),
        ])), or: "the catalogue", "how the model runs on each type of machine",
      as: "{ p5.48xlarge: { batch: { max: 32, latency: { 1: 40ms, 32: 100ms } } } }"),
  ]

  private static let batch: [KeyDefinition] = [
    .must("max", .count(1...4_096), "the most requests in a batch", as: "32"),
    .must(
      "latency",
      .named("SIZE", .quantity(.time("1ns to 24h", "40ms")), names: .counts(1...4_096)),
      "measured batch times; sizes rise, times do not fall", as: "{ 1: 40ms, 32: 100ms }"),
    .may("delay", .quantity(.time), or: "0s", "how long a batch waits to fill", as: "5ms"),
    .may("lanes", .count(1...4_096), or: "1", "batches that a replica runs side by side"),
    .may(
      "noise", .either([.words(["none", "exponential"]), .choice(unitLaws)]), or: "`none`",
      "what each batch time is multiplied by: `none`, `exponential` or a law of mean 1",
      as: "{ gamma: { cv: 0.1 } }"),
  ]
}
