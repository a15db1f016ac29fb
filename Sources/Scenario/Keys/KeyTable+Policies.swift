// SPDX-License-Identifier: GPL-3.0-or-later

/// The keys of `policies`.
extension KeyTable {
  private static func rule(of what: String) -> KeyDefinition {
    .may(
      "policy", .words(["production", "reference"]), or: "`production`",
      "`reference` takes the public reference design's \(what), with its mistakes")
  }

  static let policies: [KeyDefinition] = [
    .must(
      "queue",
      .mapping([
        .must("limit", .count(0...1_000_000), "the most requests that wait at a replica", as: "256")
      ]), "the line of those who wait at a replica"),
    .may(
      "dispatch", .words(["least-loaded"]), or: "`least-loaded`",
      "how a replica is chosen; there is one rule"),
    .may(
      "cache", .either([.words(["off"]), .mapping(cache)]), or: "`off`", "the response cache",
      as: "{ ttl: 10min, capacity: 60_000 }"),
    .may(
      "dedup",
      .either([
        .flag,
        .mapping([
          rule(of: "rule"),
          .may(
            "max_waiters", .count(1...1_000_000), or: "1_000",
            "the most requests that wait for another's call; refused under `reference`",
            as: "1_000"),
        ]),
      ]), or: "off", "identical requests share one call", as: "on"),
    .may(
      "router", .mapping(router), or: "the only model",
      "which model answers; required where the fleet serves several models",
      as: "{ kind: difficulty, quality_floor: 0.9 }"),
    .may("ledger", .mapping(ledger), "a budget: requests beyond it are refused"),
    .may("autoscaler", .mapping(autoscaler), "chooses how many machines there are"),
    .may(
      "spot", .mapping(spotPolicy),
      "what is done when spot machines go; also keeps the fleet without this key",
      as: "{ fallback: onDemand }"),
  ]

  private static let cache: [KeyDefinition] = [
    rule(of: "cache"),
    .may(
      "ttl", .quantity(.time("1s to 720h", "10min")), or: "1h", "how long an answer is kept"),
    .may(
      "latency", .quantity(.time), or: "2ms",
      "how long an answer from the cache takes (a guess: measure yours)", as: "2ms"),
    .may(
      "hit_rate", .quantity(.share), or: "from the content",
      "fix the share of hits; then `ttl`, `jitter` and `capacity` have no effect", as: "30%"),
    .may(
      "jitter", .quantity(.shareBelowWhole), or: "10%",
      "how far a life differs from `ttl`; refused under `reference`"),
    .may(
      "capacity", .count(1...100_000_000), or: "2_000_000",
      "the most answers; refused under `reference`", as: "60_000"),
  ]

  private static let router: [KeyDefinition] = [
    rule(of: "router"),
    .may(
      "kind", .words(["difficulty", "fixed"]), or: "required, but refused under `reference`",
      "by the text of the prompt, or always one model"),
    .may("model", .text, or: "required with `fixed`", "the model; it is served", as: "chat"),
    .may(
      "quality_floor", .quantity(.share), or: "required with `difficulty`",
      "the least predicted quality; needs `workload.texts` and `quality.matrix` of every served model",
      as: "0.9"),
    .may(
      "uncertainty", .quantity(.share), or: "0%",
      "how far below a stronger model's scores a text goes to that model all the same", as: "2%"),
    .may(
      "longest_wait", .quantity(.positiveTime), or: "`client.timeout`, or 1h where that is `none`",
      "with `difficulty`: the longest predicted wait for which a model is chosen"),
  ]

  private static let ledger: [KeyDefinition] = [
    rule(of: "ledger"),
    .must("budget", .quantity(.hourlyAmount), "what may be spent on requests", as: "400 USD/h"),
    .may(
      "period", .quantity(.time("1min to 730h", "1h")), or: "1h", "how often the budget begins anew"
    ),
    .may(
      "tenants", .named("TENANT", .quantity(.hourlyAmount)),
      "a budget for each tenant; all of them", as: "{ a: 300 USD/h, b: 100 USD/h }"),
  ]

  private static let autoscaler: [KeyDefinition] = [
    rule(of: "autoscaler"),
    .may("kind", .words(["cost-aware"]), or: "`cost-aware`", "there is one"),
    .must(
      "budget", .quantity(.hourlyAmount),
      "the most that the fleet may cost an hour; not below what is always kept", as: "400 USD/h"),
    .must("p99", .quantity(.positiveTime), "the 99th percentile of latency to keep", as: "200ms"),
    .may(
      "monthly_budget", .quantity(.monthlyAmount),
      "the most in each 730 h; refused under `reference`", as: "200_000 USD/month"),
    .may(
      "longest_wait", .quantity(.positiveTime), or: "half of `p99`",
      "the longest that requests may wait for their batch; refused under `reference`", as: "100ms"),
    .may("every", .quantity(.time("1s to 1h", "5s")), or: "5s", "how often it looks"),
    .may(
      "utilization", .quantity(.share), or: "80%",
      "the share of a machine's throughput that is planned for; refused under `reference`",
      as: "80%"),
  ]

  private static let spotPolicy: [KeyDefinition] = [
    rule(of: "spot manager"),
    .must(
      "fallback", .words(["none", "onDemand"]),
      "rent on demand what spot lacks; needs an on-demand pool with room above its `min`",
      as: "onDemand"),
    .may(
      "machines", .count(1...100_000),
      "machines to keep in all, laid out over the pools; not beside `autoscaler`", as: "8"),
    .may(
      "overprovision", .count(0...1_000), or: "0", "spot machines to keep beyond those wanted"),
    .may(
      "zone_cap", .quantity(.share), or: "100%",
      "the largest share of spot machines in one zone, rounded up", as: "50%"),
    .may(
      "zone_loss_floor", .count(0...100_000), or: "0",
      "machines that must be left when any one zone is lost", as: "2"),
    .may(
      "rebalance", .words(["replace", "ignore"]), or: "`replace`",
      "whether a machine that the cloud recommends to leave is replaced while it still serves"),
    .may(
      "drain_guard", .quantity(.time), or: "10s",
      "how long before its end a machine hands over what it still serves", as: "10s"),
    .may(
      "hold", .quantity(.time), or: "5min; ideal cloud: 0s",
      "how long machines must be missing before fallback; an ideal cloud takes 0 only"),
    .may(
      "failback_after", .quantity(.time), or: "10min; ideal cloud: 0s",
      "how long spot must be whole before on-demand machines are given back; an ideal cloud takes 0 only",
      as: "10min"),
    .may(
      "back_off",
      .mapping([
        .must(
          "initial", .quantity(.time("1s or more", "3min")),
          "how long a pool that refused a launch is left alone at first; doubles"),
        .must(
          "max", .quantity(.time("1s or more", "30min")),
          "the longest such pause; `initial` or more"),
      ]), or: "`{ initial: 3min, max: 30min }`", "pauses after a refused launch"),
    .may(
      "migrations", .count(0...100), or: "3",
      "how often a request moves from a lost replica to another", as: "3"),
  ]
}
