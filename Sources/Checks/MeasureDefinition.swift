// SPDX-License-Identifier: GPL-3.0-or-later

/// What a measure means: what is counted, over what, and how certain that makes it.
package struct MeasureDefinition: Sendable, Equatable {
  /// The name as runs and targets write it, with capitals where something of one's own goes.
  package let name: String
  /// The unit of its numbers.
  package let unit: String
  /// Of what it is taken.
  package let population: String
  /// How it is estimated.
  package let estimator: String
  /// How its interval is made.
  package let interval: String

  private init(
    _ name: String, _ unit: String, _ population: String, _ estimator: String, _ interval: String
  ) {
    self.name = name
    self.unit = unit
    self.population = population
    self.estimator = estimator
    self.interval = interval
  }

  /// The definition of a measure by its name in a run or a target, such as `p99(latency)` or
  /// `savings(baseline.yaml)`.
  package static func of(_ name: String) -> MeasureDefinition? {
    all.first { $0.name == name } ?? all.first { $0.matches(name) }
  }

  /// Capitals stand for anything, `pNN` for any quantile.
  private func matches(_ other: String) -> Bool {
    guard let open = name.firstIndex(of: "("), let opened = other.firstIndex(of: "(") else {
      return false
    }
    let (head, inside) = (name[..<open], name[open...])
    // Limits hold a sign, and a path none.
    if head == "goodput", inside.contains("LIMITS") != other.contains("<=") { return false }
    if head == "pNN" { return other.hasPrefix("p") && other[opened...] == inside }
    if let comma = inside.firstIndex(of: ",") {
      return head == other[..<opened] && other[opened...].hasPrefix(inside[...comma])
    }
    return head == other[..<opened] && inside.dropFirst().first?.isUppercase == true
  }

  private static let student = "Student's t over replications"
  private static let jackknife = "jackknife over replications"
  private static let quantile =
    "the request of rank ⌈NN %·n⌉ of all replications pooled, interpolated in buckets of 0.2 %; the "
    + "order statistic itself where no draw reaches requests"
  private static let sectioning =
    "sectioning over replications, wider by the bucket, not below 0; `insufficient` below 3 effective "
    + "exceedances a replication"
  private static let lost =
    "Student's t; where fewer than 8 stretches lost any, what so few clusters may stand for; where none "
    + "did, up to 1 - 0.05^(1/n) with n requests as good as independent and no more than one a time-out"
  private static let unavailable =
    "Student's t; where all minutes were available, up to 1 - 0.05^(1/n) with n requests as good as "
    + "independent and no more than there are minutes"

  /// All measures, in the order in which a run prints them, then those that only targets name.
  package static let all: [MeasureDefinition] = [
    MeasureDefinition(
      "monthly_cost", "USD for 730 h", "everything rented in [0, horizon)",
      "mean of the replications' invoices, scaled to 730 h; where spot comes and goes at random, "
        + "less what the time that it happened to be up explains (control variate, known mean)",
      "Student's t of the regression, not below 0; `exact` when no draw reaches machines, prices or "
        + "what is billed by requests"
    ),
    MeasureDefinition(
      "mean(latency)", "s", "answered requests: arrival to answer",
      "mean of the replications' means", student + ", not below 0"),
    MeasureDefinition(
      "pNN(latency)", "s",
      "offered requests, hits and joined ones too; an unanswered one counts as longer than any "
        + "time",
      quantile, sectioning),
    MeasureDefinition(
      "mean(wait)", "s", "requests that a replica answered: arrival to the start of the batch",
      "mean of the replications' means", student + ", not below 0"),
    MeasureDefinition(
      "pNN(wait)", "s",
      "offered requests but those that the cache or another's call answered: arrival to the start of "
        + "the batch; an unanswered one counts as longer than any time",
      quantile, sectioning),
    MeasureDefinition(
      "mean(ttft)", "s", "answered requests: arrival to the first token of the answer",
      "mean of the replications' means; a hit or a joined request has all of its answer at once",
      student + ", not below 0"),
    MeasureDefinition(
      "pNN(ttft)", "s",
      "offered requests: arrival to the first token; an unanswered one counts as longer than any time",
      quantile, sectioning),
    MeasureDefinition(
      "mean(tpot)", "s",
      "answers of replicas with more than one token: first token to last ÷ (tokens - 1)",
      "mean of the replications' means", student + ", not below 0"),
    MeasureDefinition(
      "pNN(tpot)", "s",
      "the same, and requests without an answer, which count as longer than any time",
      quantile, sectioning),
    MeasureDefinition(
      "mean(token_gap)", "s",
      "gaps between two tokens of an answer that ended in measured minutes, those of requests that nobody "
        + "awaited to the end among them",
      "mean of the replications' means", student + ", not below 0"),
    MeasureDefinition(
      "pNN(token_gap)", "s",
      "the same gaps, and one longer than any for each request without an answer",
      quantile, sectioning),
    MeasureDefinition(
      "availability", "share", "offered requests",
      "answered inside the client's timeout ÷ offered: attainment over the offered load", lost),
    MeasureDefinition(
      "unanswered", "share", "offered requests", "1 - `availability`", "that of availability"),
    MeasureDefinition(
      "availability(time)", "share", "minutes with at least one arrival",
      "minutes in which at least 99 % of the offered were answered ÷ minutes",
      unavailable),
    MeasureDefinition(
      "hit_ratio", "share", "offered requests", "answered by the response cache ÷ offered",
      jackknife + "; targets are `assumed`"),
    MeasureDefinition(
      "join_ratio", "share", "offered requests", "answered by another's call ÷ offered",
      jackknife),
    MeasureDefinition(
      "engine_share", "share", "offered requests", "answered by a replica's own call ÷ offered",
      jackknife),
    MeasureDefinition(
      "answered_by(MODEL)", "share", "answered requests",
      "answers of a model, by whomever delivered",
      student),
    MeasureDefinition(
      "goodput(LIMITS)", "1/s", "answered requests",
      "those that keep all of the limits that are named, such as `ttft <= 500ms, tpot <= 50ms`, ÷ length of the "
        + "window", student),
    MeasureDefinition(
      "output_rate", "tokens/s", "answered requests",
      "tokens of their answers ÷ length of the window",
      student),
    MeasureDefinition(
      "cost_per_million_tokens(output)", "USD", "tokens of the answers to the expected requests",
      "invoice ÷ tokens, of a million", student),
    MeasureDefinition(
      "cost_per_million_tokens(all)", "USD",
      "tokens of the prompts and answers of the expected requests",
      "invoice ÷ tokens, of a million",
      student),
    MeasureDefinition(
      "kv_occupancy", "share", "KV blocks of replicas that serve, while requests are measured",
      "blocks that requests hold, as counted when rows of steps begin, over time ÷ blocks", student),
    MeasureDefinition(
      "prefix_hit_ratio", "share", "tokens of prompts that began, while requests are measured",
      "found in a prefix cache ÷ all", student),
    MeasureDefinition(
      "preemption_rate", "1/1000", "requests, while they are measured",
      "how often one loses its blocks to another, for a thousand that arrive", student),
    MeasureDefinition(
      "recomputed_share", "share",
      "tokens that were computed for prompts, while requests are measured",
      "those computed again after a preemption or on another replica ÷ all", student),
    MeasureDefinition(
      "cost(PART)", "USD for 730 h", "the invoice",
      "`workload`, `idle` and `overhead` of machines by lane time: starts over the horizon, work as in "
        + "the windows; `unused_commitment`; `other`", student),
    MeasureDefinition(
      "cost_per_1000_requests", "USD", "expected requests of the horizon",
      "invoice ÷ expected requests", student),
    MeasureDefinition(
      "throughput", "1/s", "answered requests", "answered ÷ length of the window", student),
    MeasureDefinition(
      "mean(batch_size)", "requests", "batches of the whole run, warm-up included",
      "requests ÷ batches", student),
    MeasureDefinition(
      "interruptions", "1/month", "machines in [0, horizon)", "count, scaled to 730 h", student),
    MeasureDefinition(
      "migrations", "requests", "all requests, warm-up included",
      "moves from a lost replica to another", student),
    MeasureDefinition(
      "batches_outside_measurements", "share", "batches of the whole run",
      "batches of a size outside the measured curve ÷ batches", student),
    MeasureDefinition(
      "mean(machines_ready)", "machines", "machines that serve in [0, horizon)",
      "their number over time", student),
    MeasureDefinition(
      "mean(machines_ready, POOL)", "machines", "machines of a pool that serve in [0, horizon)",
      "their number over time", student),
    MeasureDefinition(
      "pNN(machines_ready)", "machines", "machines that serve in [0, horizon)",
      "the number that a replication falls short of in NN % of its time: mean of the replications'",
      student),
    MeasureDefinition(
      "fallback_hours", "h/month", "machines on demand in [0, horizon)",
      "hours rented beyond those of the machines that their pools always hold, scaled to 730 h",
      student),
    MeasureDefinition(
      "all_spot_lost", "1/month", "spot machines that serve in [0, horizon)",
      "how often the cloud took the last one, scaled to 730 h",
      "Garwood's for a Poisson count below 30 in all, with an upper end where none was seen; else "
        + "Student's t"),
    MeasureDefinition(
      "time_without_spot", "share", "[0, horizon)",
      "time in which no spot machine serves ÷ horizon",
      student),
    MeasureDefinition(
      "hourly_cost", "USD/h", "as `monthly_cost`", "the monthly bill ÷ 730", "as `monthly_cost`"),
    MeasureDefinition(
      "bill_share(LINE)", "share", "the invoice",
      "a line, or `machines` for all machines and commitments, ÷ total",
      jackknife + "; `exact` as the bill"),
    MeasureDefinition(
      "savings(FILE)", "share", "the two scenarios' bills, paired by replication",
      "1 - bill ÷ other bill", "Student's t; `exact` when both bills are"),
    MeasureDefinition(
      "goodput(FILE)", "share", "offered requests of both scenarios in the same windows",
      "share answered ÷ share answered there",
      jackknife + "; where nothing was lost, that of availability"),
    MeasureDefinition(
      "capacity(FILE)", "share", "machines in [0, horizon)",
      "throughput of machines that serve, over time, ÷ the same there",
      jackknife + "; `exact` as the bills"),
    MeasureDefinition(
      "quality_loss(MODEL)", "share",
      "answered requests, hits and joined ones by the model that answered",
      "1 - mean score by true class ÷ that model's for the same requests; `quality_loss(MODEL, "
        + "table)` takes one score a model",
      jackknife + "; `exact` for the table of a fleet with one model"),
    MeasureDefinition(
      "spot_uptime", "share", "places of spot pools", "time up ÷ time",
      jackknife + "; targets are `assumed`"),
    MeasureDefinition(
      "interruption_rate", "share", "spot machines", "interruptions ÷ machine-months of 730 h",
      jackknife + "; targets are `assumed`"),
    MeasureDefinition(
      "spot_discount(POOL)", "share", "the price book",
      "1 - spot price ÷ on-demand price at the start",
      "`exact`; targets are `assumed`"),
    MeasureDefinition(
      "token_price_ratio(A, B)", "times", "the models' tables", "price of A's token ÷ of B's",
      "`exact`"),
  ]

  /// The definition in a paragraph.
  package var text: String {
    "\(name), \(unit)\n  of         \(population)\n  estimated  \(estimator)\n"
      + "  interval   \(interval)\n"
  }

  /// All definitions as a table in Markdown.
  package static var markdown: String {
    "| measure | unit | population | estimator | interval |\n|---|---|---|---|---|\n"
      + all.map {
        "| `\($0.name)` | \($0.unit) | \($0.population) | \($0.estimator) | \($0.interval) |\n"
      }.joined()
  }
}
