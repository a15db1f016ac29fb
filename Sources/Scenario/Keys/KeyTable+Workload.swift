// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Workload

/// The keys of `workload`.
extension KeyTable {
  static let workload: [KeyDefinition] = [
    .must(
      "arrivals", .mapping(arrivals), "[when requests arrive](#arrivals)", as: "{ rate: 220/s }"),
    .may(
      "classes", .named("CLASS", .quantity(.share)), or: "`{ all: 100% }`",
      "what kinds of requests there are; shares add up to 100 %, at most 256",
      as: "{ simple: 60%, complex: 40% }"),
    .may(
      "tenants", .named("TENANT", .quantity(.share)), or: "`{ all: 100% }`",
      "whose requests they are; shares add up to 100 %, at most 1,024, each good to one part in 4,096 (of more than "
        + "256 tenants to one in 65,536)", as: "{ a: 70%, b: 30% }"),
    .may(
      "texts", .file, "labelled prompts (CSV, columns `text` and `class`) that the router reads",
      as: "prompts.csv"),
    .may(
      "priorities", .named("CLASS", .count(-1_000_000...1_000_000)),
      "who goes first at an engine with `policy: priority`: the lower number; 0 for classes that are not named; not "
        + "beside a trace with priorities", as: "{ simple: 1 }"),
    .may(
      "sessions", .mapping(sessions), "conversations, and requests that belong together",
      as: "{ active: 5_000, lifetime: 10min }"),
    .may(
      "prompt_tokens", .law(.counts),
      "tokens of a prompt; required where an engine serves; not beside `arrivals.trace`"),
    .may("output_tokens", .law(.counts), "tokens of an answer; as `prompt_tokens`"),
    .may(
      "deterministic", .quantity(.share), or: "0%",
      "requests with temperature 0: only these are cached and de-duplicated under production rules"),
    .may(
      "content",
      .mapping([
        .must(
          "catalogue", .count(1...RequestMix.Content.largestCatalogue),
          "how many contents are asked for again and again", as: "5_000"),
        .must(
          "zipf", .number(0...10),
          "popularity: the i-th content is asked for in proportion to i^−zipf", as: "0.9"),
        .must(
          "unique", .quantity(.share), "requests whose content nobody else asks for", as: "55%"),
      ]), "which requests ask for the same"),
    .may(
      "system_prompts",
      .mapping([
        .must(
          "tokens", .count(1...1_000_000),
          "tokens that prompts begin with and share, part of `prompt_tokens`; a shorter prompt is such a beginning "
            + "as a whole", as: "640"),
        .must("count", .count(1...100_000), "how many such beginnings there are", as: "12"),
        .may("zipf", .number(0...10), or: "0", "their popularity, as of contents"),
      ]), "what prompts begin with"),
  ]

  private static let sessions: [KeyDefinition] = [
    .may(
      "active", .count(1...1_000_000_000), or: "required without `turns`",
      "how many conversations go on at a time", as: "5_000"),
    .may(
      "lifetime", .quantity(.positiveTime), or: "required with `active`", "how long each lasts",
      as: "10min"),
    .may(
      "turns", .law(.counts), or: "required with `interval`",
      "[conversations whose prompts grow](#conversations): how many requests each has; a mean of 1 to 100; in place "
        + "of `active` and `lifetime`", as: "{ exponential: { mean: 4 } }"),
    .may(
      "interval", .law(.times), or: "required with `turns`",
      "from one request of a conversation to the next; a mean above 0, to 24 h",
      as: "{ gamma: { mean: 40s, cv: 1 } }"),
  ]

  // MARK: Arrivals

  private static let fills = CalendarRules.Fill.allCases.map(\.rawValue)
  private static let recorded = "recorded"

  private static let arrivals: [KeyDefinition] =
    [
      .may("rate", .quantity(.rate), "a constant rate"),
      .may("peak", .quantity(.rate), "the highest rate of a weekday"),
      .may(
        "peak_load", .quantity(.load),
        "the same as a share of a fleet's highest throughput: `65% of FILE`, where FILE is a scenario"
      ),
      .may(
        "daily",
        .mapping([
          .must("peak", .quantity(.timeOfDay), "when the day is busiest, UTC"),
          .must(
            "swing", .quantity(.share),
            "how far the rate moves either way from its daily mean, as a share of that mean",
            as: "45%"),
        ]), "how the rate goes up and down over a day"),
      .may(
        "weekend", .quantity(.proportion), or: "100%",
        "the rate of Saturday and Sunday as a share of a weekday's"),
      .may(
        "hours",
        .mapping(
          ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map { day in
            .must(
              day, .list(.quantity(.proportion), 24...24), "24 shares of `peak`, one an hour UTC",
              as: "[ \([String](repeating: "50%", count: 24).joined(separator: ", ")) ]")
          }),
        "in place of `daily` and `weekend`: for each day of the week 24 shares of `peak`"),
      .may("series", .file, "measured rates or counts ([Inputs](Inputs.md))", as: "qps.csv"),
      .may(
        "trace", .file,
        "recorded requests: CSV or JSON Lines, with priorities and KV blocks where they were recorded "
          + "([Inputs](Inputs.md#traces))", as: "trace.csv"),
      .may(
        "scale", .number(0.001...1_000), or: "1",
        "what every rate is multiplied by; not beside `trace`", as: "2"),
      .may(
        "process", .words(["poisson", "renewal"]), or: "`poisson`",
        "how arrivals scatter round the rate; not beside `series` or `trace`"),
      .may(
        "gaps", .law(.unit), or: "required with `renewal`",
        "the times between arrivals, relative to their mean"),
    ] + calendar(isSeries: true).map { $0.grouped(recorded) } + [
      .may(
        "time_column", .text, or: "a usual name", "series: the column of times", as: "time",
        in: recorded),
      .may(
        "column", .either([.text, .list(.text, 0...100_000)]), or: "the only one",
        "series: the column or columns of values", as: "qps", in: recorded),
      .may(
        "values", .words(RateSeries.Meaning.allCases.map(\.rawValue)), or: "by the column's name",
        "series: whether values are requests a second or requests in a window", in: recorded),
      .may(
        "per", .quantity(.positiveTime), or: "the usual step",
        "series: how long a window of counts is", as: "5min", in: recorded),
      .may(
        "select", .named("COLUMN", .text), "series: take only the rows with this text",
        as: "{ job: chat }", in: recorded),
      .may(
        "sum", .flag, or: "off", "series: add up several columns or several rows of one time",
        in: recorded),
    ]

  /// The keys beside a file of measurements that say what holds where it says nothing.
  static func calendar(isSeries: Bool) -> [KeyDefinition] {
    let trace = isSeries ? "; a trace takes `zero` only" : ""
    return [
      .may(
        "times", .words(["dated", "relative"]), or: "`dated`",
        "`relative` puts the first time of the file at the start"),
      .may("begin", .words(fills), "what holds before the file begins\(trace)"),
    ]
      + (isSeries
        ? [.may("holes", .words(fills), "series: what holds where rows are missing")] : [])
      + [
        .may("end", .words(fills), "what holds after it ends\(trace)"),
        .may(
          "repeat", .words(CalendarRules.Repeat.allCases.map(\.rawValue)),
          "\(isSeries ? "series: " : "")repeat its first and last day or week; not beside `begin` or `end`"
        ),
        .may(
          "time_zone", .quantity(.offset),
          "\(isSeries ? "series: " : "")where the clock stood that wrote times without a zone"),
      ]
  }
}
