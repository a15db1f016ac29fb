// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel

/// Every key that a scenario may have: what the loader reads with, and what the schema, the page and
/// `plimsoll keys` are made of.
///
/// The readers take from it which keys a mapping has, which of them must be there, the ranges of numbers and the
/// words of choices. A test holds that the loader asks for every key here and for no other.
package enum KeyTable {
  /// A scenario as a whole.
  package static let scenario = KeyShape.mapping(file)

  /// The keys that are gone before the loader reads: they join files.
  package static let joiningKeys = ["extends", "include"]

  private static let file: [KeyDefinition] = [
    .must("plimsoll", .count(1...1), "version of the format"),
    .may("about", .text, or: "empty", "what the scenario is for", as: "Two machines, one model."),
    .may(
      "extends", .file,
      "take every key of another scenario, then change it; mappings merge key by key, and `~` removes a key",
      as: "first.yaml"),
    .may(
      "include", .file,
      "in any mapping: put the keys of a fragment here; the keys that stand beside `include` win",
      as: "lifetimes.yaml"),
    .must("start", .quantity(.date), "when the horizon begins"),
    .must(
      "horizon", .quantity(.positiveTime), "how long the fleet is simulated and billed", as: "730h"),
    .must(
      "requests", .either([.words(["all"]), .mapping(requests)]),
      "which part of the horizon is simulated [request by request](#requests)",
      as: "{ from: 10h, for: 10min, warmup: 1min }"),
    .must(
      "replications", .either([.count(1...10_000), .mapping(replications)]),
      "[how often](#replications) the scenario is run", as: "10"),
    .may(
      "sections", .count(5...100),
      "cut one replication into this many sections, which then give the intervals; only with `replications: 1`",
      as: "20"),
    .may("seed", .quantity(.seed), or: "1", "seed of all random draws"),
    .may("confidence", .quantity(.confidence), or: "95%", "confidence of the intervals"),
    .may(
      "assumptions", .list(.text, 0...100_000),
      "printed and stored with the result; changes nothing",
      as: "[ nobody sends images ]"),
    .must(
      "cloud", .either([.words(["ideal"]), .mapping(cloud)]),
      "[how machines start](#cloud), and quotas", as: "ideal"),
    .must(
      "prices",
      .either([
        .file,
        .mapping([
          .must(
            "catalogue", .quantity(.date),
            "the newest prices of the catalogue on or before this day")
        ]),
      ]),
      "a [price book](#price-books), or `catalogue`: the newest prices of [the catalogue](Catalogue.md)",
      as: "prices.yaml"),
    .may(
      "catalogue", .file, "[entries of your own](Catalogue.md#your-own-entries) for the catalogue",
      as: "own.yaml"),
    .may(
      "billing", .words(BillingRules.providers.map(\.name)), or: "`aws`",
      "whose [rules of billing](Billing.md#providers)"),
    .must(
      "workload", .mapping(workload), "[the requests](#workload)",
      as: "{ arrivals: { rate: 220/s } }"),
    .must("client", .mapping(client), "[how long clients wait](#client)"),
    .must(
      "models", .named("MODEL", .mapping(model)), "[the models](#models); at most 255",
      as: "{ chat: { card: llama-3.1-8b } }"),
    .must(
      "fleet", .named("POOL", .mapping(pool)), "[the pools of machines](#fleet)",
      as:
        "{ base: { type: p5.48xlarge, zone: us-east-1a, market: onDemand, machines: 2, serves: { chat: 4 } } }"
    ),
    .may(
      "regions", .named("REGION", .mapping(capacity + [shocks])),
      "[what takes the machines](#regions-and-zones) of all spot pools of a region's zones",
      as: "{ us-east-1: { shocks: { every: 300h, takes: 60% } } }"),
    .may(
      "zones", .named("ZONE", .mapping(zoneKeys)),
      "[what takes the machines](#regions-and-zones) of all spot pools of a zone",
      as: "{ us-east-1b: { shocks: { every: 300h, takes: 60% } } }"),
    .may(
      "commitments", .named("NAME", .mapping(commitment)),
      "[reservations and savings plans](#commitments)",
      as: "{ reserved: { kind: reservation, type: p5.48xlarge, machines: 1 } }"),
    .may(
      "costs", .named("NAME", .either([.quantity(.monthlyAmount), .mapping(cost)])),
      "[what is billed beside machines](#costs)", as: "{ support: 2_000 USD/month }"),
    .must(
      "policies", .mapping(policies), "[queues, router, cache, autoscaler, spot](#policies)",
      as: "{ queue: { limit: 256 } }"),
    .may(
      "targets", .list(.quantity(.target), 0...100_000), "[what must hold](#targets)",
      as: "[ p99(latency) <= 200ms ]"),
    .may(
      "regressions",
      .named("MEASURE", .quantity(.tolerance), names: .words(Tolerance.measures.map(\.name))),
      "how much worse than a baseline each measure may be ([targets](#targets))",
      as: "{ monthly_cost: +2% }"),
  ]

  // MARK: The run

  private static let requests: [KeyDefinition] = [
    .may(
      "from", .quantity(.time), or: "required without `windows`",
      "when measuring begins, since the start", as: "10h", in: "from"),
    .may(
      "for", .quantity(.positiveTime), or: "required without `windows`",
      "how long it lasts; to the horizon at most", as: "10min", in: "from"),
    .may(
      "warmup", .either([.words(["auto"]), .quantity(.time)]), or: "0s; 1min with `windows`",
      "how long requests run before measuring begins, or before each window; `auto` finds it by pilot runs, at a "
        + "constant rate and without `windows` only", as: "1min", in: "from"),
    .may(
      "windows", .count(1...100_000), or: "required in place of `from`",
      "how many windows are drawn; together at most the horizon", as: "96", in: "windows"),
    .may(
      "length", .quantity(.minutes), or: "required with `windows`", "how long each is measured",
      in: "windows"),
    .may(
      "after_interruption", .either([.words(["none"]), .quantity(.minutes)]), or: "3min",
      "how long after an interruption every request is simulated", in: "windows"),
    .may(
      "certain_load", .quantity(.share), or: "80%",
      "time with a load above this is simulated whole", as: "80%", in: "windows"),
    .may(
      "certain", .count(0...1_000_000_000_000), or: "50_000_000; 500_000 where an engine serves",
      "how many requests a replication may spend on time that is simulated whole. What it has no room for is sampled",
      as: "1_000_000", in: "windows"),
  ]

  private static let replications: [KeyDefinition] = [
    .must("min", .count(2...10_000), "the fewest", as: "10"),
    .must("max", .count(2...10_000), "the most; `min` or more", as: "100"),
    .may(
      "block", .count(1...10_000), or: "`min`", "how many are added between two looks", as: "10"),
    .must(
      "until", .either([.words(["decided"]), .quantity(.halfWidth)]),
      "stop when every target holds or fails, or when every measure is known to this relative half-width",
      as: "decided"),
  ]

  private static let client: [KeyDefinition] = [
    .must(
      "timeout", .either([.words(["none"]), .quantity(.positiveTime)]),
      "how long a client waits for its answer"),
    .must("retries", .count(0...0), "0: retries are not simulated", as: "0"),
  ]
}
