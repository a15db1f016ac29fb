// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Serving

/// The keys of `fleet`, `regions`, `zones`, `cloud`, `commitments` and `costs`.
extension KeyTable {
  private static let markets = KeyShape.words(Market.allCases.map(\.rawValue))
  private static let spot = "spot"

  static let pool: [KeyDefinition] = [
    .must(
      "type", .text, "the type of machine, as the price book and `models.MODEL.on` name it",
      as: "p5.48xlarge"),
    .must(
      "zone", .text, "a zone of AWS, Google Cloud or Azure, or one of `zones`", as: "us-east-1a"),
    .must("market", markets, "how the machines are rented"),
    .must(
      "machines",
      .either([
        .count(0...100_000),
        .mapping([
          .must("min", .count(0...100_000), "the fewest", as: "1"),
          .must("max", .count(0...100_000), "the most; `min` or more", as: "6"),
        ]),
      ]), "how many. With a range [a policy chooses](Clouds.md)", as: "4"),
    .must(
      "serves", .named("MODEL", .count(1...64)), "replicas of each model on each machine",
      as: "{ chat: 4 }"),
    .may(
      "schedule", .either([.list(.mapping(hours), 1...20), .mapping(places)]),
      "a list: machines by the hour of the local clock. A mapping, on spot only: fixed times up and down of each "
        + "place; not beside `lifetime` or `down`",
      as: "[ { days: mon-fri, from: \"08:00\", to: \"18:00\", zone: Europe/Berlin, machines: 3 } ]"),
    .may(
      "price", .either([.quantity(.hourlyPrice), .mapping(price)]), or: "the price book",
      "a price of the pool's own ([below](#a-price-of-the-pools-own))", as: "29.50 USD/h"),
    .may(
      "obtainability", .mapping(capacity), or: "always",
      "when the cloud sells machines of this pool; `drops: block` only, on demand",
      as: "{ up: 20h, down: 1h, drops: block }"),
    .may(
      "lifetime", .law(.times), "the cloud takes a machine at this age; mean above 0",
      as: "{ weibull: { scale: 12h, shape: 0.8 } }", in: spot),
    .may(
      "down", .law(.times),
      "with `lifetime`: each place of the pool is up and down in turn, machine or not", as: "1h",
      in: spot),
    .may(
      "longest_life", .quantity(.positiveTime), "the cloud takes every machine at this age",
      as: "24h", in: spot),
    shocks.grouped(spot),
    .may(
      "notice",
      .either([
        .words(["none"] + NoticeLaw.providers.map(\.name)), .quantity(.time), .mapping(notice),
      ]), or: "`none`",
      "how long before an interruption the cloud says so: a time, `none`, `aws` (120 s), `gcp` or `azure` (30 s), or a "
        + "law", as: "aws", in: spot),
  ]

  private static let hours: [KeyDefinition] = [
    .must("days", .quantity(.days), "days of the week, from one to another, or with commas"),
    .must("from", .quantity(.localTime), "from when on, by the local clock"),
    .must("to", .quantity(.localTime), "until when; another time than `from`", as: "\"18:00\""),
    .must("zone", .quantity(.localZone), "where that clock stands"),
    .must(
      "machines", .count(0...100_000), "how many then; in a range at most its `max`", as: "3"),
  ]

  private static let places: [KeyDefinition] = [
    .must("up", .quantity(.positiveTime), "how long a place is up", as: "5h"),
    .must("down", .quantity(.positiveTime), "how long it is down", as: "1h"),
    .may(
      "phase", .quantity(.time), or: "0s", "how far into its turn the first place begins", as: "1h"),
    .may("stagger", .quantity(.time), or: "0s", "how much further each next place is", as: "30min"),
  ]

  private static let notice: [KeyDefinition] = [
    .must("lead", .law(.times), "how long before the interruption", as: "120s"),
    .may("missing", .quantity(.share), or: "0%", "interruptions without a notice", as: "5%"),
    .may(
      "rebalance",
      .mapping([
        .must(
          "ahead", .law(.times),
          "how long before the notice the cloud recommends to move", as: "10min"),
        .may(
          "missing", .quantity(.share), or: "0%", "interruptions without that recommendation",
          as: "20%"),
      ]), "what the cloud says even earlier"),
  ]

  private static let price: [KeyDefinition] =
    [
      .may(
        "replay", .file,
        "a history of prices ([Inputs](Inputs.md)); with it the keys down to `time_zone`",
        as: "spot-prices.json", in: "replay"),
      .may(
        "zone", .text, or: "the pool's", "which records of the file", as: "us-east-1a", in: "replay"
      ),
      .may(
        "type", .text, or: "the pool's", "which records of the file", as: "p5.48xlarge",
        in: "replay"),
      .may(
        "product", .text, or: "the only one, or `Linux/UNIX`", "which records of the file",
        as: "Linux/UNIX", in: "replay"),
    ]
    + calendar(isSeries: false).filter { $0.name != "repeat" }.map { key in
      let words = ["begin", "end"].contains(key.name) ? KeyShape.words(["hold"]) : key.shape
      return KeyDefinition.may(
        key.name, words, or: key.standard, key.meaning, in: "replay")
    } + [
      .may(
        "mean", .quantity(.hourlyPrice), or: "required without `replay`",
        "the mean of a price that wanders", as: "29.50 USD/h", in: "wandering"),
      .may(
        "deviation", .quantity(.share), or: "required with `mean`",
        "standard deviation of its logarithm, without jumps", as: "20%", in: "wandering"),
      .may(
        "reversion", .quantity(.positiveTime), or: "required with `mean`",
        "in what time a deviation shrinks to 1/e", as: "48h", in: "wandering"),
      .may(
        "step", .quantity(.time("1min to 730h", "1h")), or: "1h", "how long each price holds",
        in: "wandering"),
      .may(
        "at_most", .quantity(.hourlyPrice), or: "100 × `mean`", "the highest price",
        as: "98.32 USD/h", in: "wandering"),
      .may(
        "jumps",
        .mapping([
          .must("every", .quantity(.positiveTime), "mean time between jumps", as: "200h"),
          .must("factor", .number(1...100), "what a jump multiplies the price by", as: "3"),
        ]), "sudden rises, which wear off as everything does", in: "wandering"),
    ]

  // MARK: Regions and zones

  static let capacity: [KeyDefinition] =
    [
      .may("up", .law(.times), "how long capacity stays up; mean above 0", as: "54h"),
      .may("down", .law(.times), or: "required with `up`", "how long it stays down", as: "3h"),
      .may("replay", .file, "measured availability ([Clouds](Clouds.md))", as: "availability.csv"),
      .may(
        "drops", .words(SharedCapacity.Drop.allCases.map(\.rawValue)), or: "required with capacity",
        "what a fall does: takes the machines; keeps them and sells none; takes them and sells others"
      ),
      .may(
        "ones", .words(MeasuredFile.Meaning.allCases.map(\.rawValue)), or: "required with `replay`",
        "what a 1 in the file means; not for a log of machines"),
      .may(
        "from", .quantity(.time), or: "drawn", "where in the file a replication begins", as: "24h"),
    ] + calendar(isSeries: false)

  static let shocks = KeyDefinition.may(
    "shocks",
    .mapping([
      .must("every", .quantity(.positiveTime), "mean time between shocks", as: "300h"),
      .must("takes", .quantity(.share), "how likely a shock takes each machine"),
    ]), "moments at which many machines are taken at once")

  static let zoneKeys: [KeyDefinition] =
    [
      .may(
        "region", .text,
        "the region, one of `regions`. A zone is up while its region and its own process are",
        as: "us-east-1")
    ] + capacity + [shocks]

  // MARK: Cloud

  private static let scatter = KeyDefinition.may(
    "scatter", .law(.unit), or: "1", "by what the time is multiplied")

  static let cloud: [KeyDefinition] = [
    .must("answer", .law(.times), "until the cloud says yes or no", as: "5s"),
    .must("boot", .law(.times), "until the system runs", as: "2min"),
    .may(
      "image",
      .either([
        .law(.times),
        .mapping([
          .must("size", .quantity(.bytes), "size of the image", as: "12GB"),
          .must("bandwidth", .quantity(.bandwidth), "how fast it comes", as: "400MB/s"), scatter,
        ]),
      ]), or: "0s", "until the container image is there", as: "{ size: 12GB, bandwidth: 400MB/s }"),
    .must(
      "load",
      .either([
        .law(.times),
        .mapping([.must("bandwidth", .quantity(.bandwidth), "how fast weights come"), scatter]),
      ]),
      "until the weights are in memory; with a bandwidth from `models.MODEL.weights`, each model once",
      as: "5min"),
    .may(
      "quotas",
      .list(
        .mapping([
          .must("market", markets, "how the machines are rented"),
          .may("type", .text, or: "all types", "the type of machine", as: "p5.48xlarge"),
          .must("machines", .count(0...100_000), "the most", as: "40"),
        ]), 0...100_000), "launches beyond are refused",
      as: "[ { market: spot, machines: 40 } ]"),
  ]

  // MARK: Bills

  static let commitment: [KeyDefinition] = [
    .must(
      "kind", .words(["reservation", "savings_plan", "capacity_reservation"]), "what is promised"),
    .may(
      "type", .text, or: "required, not for plans", "type of machine", as: "p5.48xlarge"),
    .may("machines", .count(1...100_000), or: "required, not for plans", "how many"),
    .may(
      "zone", .text, or: "every zone", "where; required for a capacity reservation",
      as: "us-east-1a"),
    .may(
      "price", .quantity(.hourlyPrice), or: "the book's `reserved`",
      "reservations: the price of a machine", as: "60 USD/h"),
    .may(
      "upfront", .quantity(.amount),
      "reservations: what is paid at the purchase; needs `term`", as: "100_000 USD"),
    .may(
      "commit", .quantity(.hourlyAmount), or: "required for plans",
      "plans: dollars an hour, used or not", as: "70 USD/h"),
    .may(
      "family", .text, or: "every type",
      "plans: types whose name is this or begins with this and `.` or `-`", as: "p5"),
    .may(
      "from", .quantity(.date), or: "a term before `until`, else the start",
      "when it is bought and begins; not for capacity reservations"),
    .may(
      "until", .quantity(.date), or: "a term after `from`, else never",
      "when it ends; not for capacity reservations", as: "2025-12-09T00:00:00Z"),
    .may(
      "term", .words(["1y", "3y"]),
      "for how long it is bought; not for capacity reservations"),
  ]

  static let cost: [KeyDefinition] = [
    .may(
      "gb", .number(0...1e9), or: "required with `per_gb_month`", "gigabytes that are stored",
      as: "500"),
    .may(
      "per_gb_month", .quantity(.amount), or: "required with `gb`",
      "price of a gigabyte a month", as: "0.08 USD"),
    .may(
      "per_gb", .quantity(.amount), or: "required with `bytes_per_token`",
      "price of a gigabyte that leaves the cloud"),
    .may(
      "bytes_per_token", .count(1...1_000_000), or: "required with `per_gb`",
      "bytes of an answer for each output token", as: "60"),
  ]
}
