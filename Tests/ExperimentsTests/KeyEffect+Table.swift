// SPDX-License-Identifier: GPL-3.0-or-later

extension KeyEffect {
  /// The keys that change no result, and why they are there.
  static let reasons: [(key: String, why: String)] = [
    ("plimsoll", "the version of the format; there is one"),
    ("about", "what the scenario asks, for readers"),
    ("regressions", "read by `check --baseline`, which compares with an earlier run"),
    ("client.retries", "no retry is modelled, so 0 alone is accepted"),
    ("policies.dispatch", "the one way to choose a replica, which may be named"),
    ("policies.autoscaler.kind", "the one kind of autoscaler, which may be named"),
    ("plimsoll_prices", "the version of the format; there is one"),
    ("plimsoll_catalogue", "the version of the format; there is one"),
    ("fleet.POOL.price.begin", "one value; without it a history that begins late is refused"),
    ("fleet.POOL.price.end", "one value; without it a history that ends early is refused"),
    ("name", "how results call the book"),
    ("source", "where prices come from, for readers"),
    ("read", "when they were read, for readers"),
  ]

  /// Every other key with a change that changes a result.
  static let table: [KeyEffect] =
    [
      run, requests, arrivals, series, daysOfWeek, mix, models, laws, fleet, hours, capacity, cloud,
      prices, datedPrices,
      bills,
      spotPolicy, requestPolicies, autoscaler, engines, catalogue,
    ].flatMap { $0 }

  // MARK: What rows have in common

  private static let daily =
    "workload.arrivals={ peak: 8/s, daily: { peak: \"12:00\", swing: 50% }, weekend: 70% }"
  static let content = "workload.content={ catalogue: 50, zipf: 0.9, unique: 50% }"
  static let cached = [
    content, "workload.deterministic=60%", "policies.cache={ ttl: 1min, capacity: 1_000 }",
  ]
  static let two = "workload.classes={ simple: 50%, complex: 50% }"
  static let routed = [
    two, "workload.texts=texts.csv", "requests.for=20s",
    "models.m.quality={ table: 0.9, matrix: { simple: 0.95, complex: 0.85 } }",
    "models.weak={ token_price: 0.1 USD, quality: { table: 0.8, matrix: { simple: 0.92, complex: 0.68 } }, "
      + "on: { t: { batch: { max: 2, latency: { 1: 30ms, 2: 40ms } } } } }",
    "models.m.token_price=0.2 USD",
    "fleet.base.serves.weak=1", "policies.router={ kind: difficulty, quality_floor: 0.9 }",
    "targets=[ quality_loss(m) <= 20%, \"quality_loss(m, table) <= 20%\", \"token_price_ratio(m, weak) >= 2\" ]",
  ]
  static let scaled = [
    "fleet.base.machines={ min: 1, max: 6 }", "workload.arrivals.rate=40/s",
    "policies.autoscaler={ budget: 100 USD/h, p99: 1s }",
  ]

  // MARK: The run

  private static let run: [KeyEffect] = [
    KeyEffect("start", "start=2024-12-09T18:00:00Z", in: [daily]),
    KeyEffect("horizon", "horizon=3h"),
    KeyEffect("replications", "replications=3"),
    KeyEffect(
      "replications.min", "replications.min=3",
      in: ["replications={ min: 2, max: 6, until: decided }"]),
    KeyEffect(
      "replications.max", "replications.max=5",
      in: ["replications={ min: 2, max: 4, until: 0.01% }"]),
    KeyEffect(
      "replications.until", "replications.until=0.01%",
      in: ["replications={ min: 2, max: 4, until: 90% }"]),
    KeyEffect(
      "replications.block", "replications.block=1",
      in: ["replications={ min: 2, max: 6, block: 4, until: 60% }"]),
    KeyEffect(
      "sections", "sections=20", in: ["replications=1", "sections=5", "requests.for=20min"]),
    KeyEffect("seed", "seed=2"), KeyEffect("confidence", "confidence=90%"),
    KeyEffect("assumptions", "assumptions=[ machines never fail ]"),
    KeyEffect("targets", "targets=[ p90(latency) <= 100ms ]"),
  ]

  private static let requests: [KeyEffect] = [
    KeyEffect("requests.from", "requests.from=1min"),
    KeyEffect("requests.for", "requests.for=3min"),
    KeyEffect("requests.warmup", "requests.warmup=30s", in: ["requests.from=1min"]),
    KeyEffect(
      "requests.windows", "requests.windows=4",
      in: ["requests={ windows: 3, length: 1min, warmup: 5s }"]),
    KeyEffect(
      "requests.length", "requests.length=2min",
      in: ["requests={ windows: 3, length: 1min, warmup: 5s }"]),
    KeyEffect(
      "requests.certain", "requests.certain=1_000_000",
      in: [
        "requests={ windows: 3, length: 1min, warmup: 5s, certain: 0, certain_load: 10% }"
      ]),
    KeyEffect(
      "requests.certain_load", "requests.certain_load=10%",
      in: ["requests={ windows: 3, length: 1min, warmup: 5s }"]),
    KeyEffect(
      "requests.after_interruption", "requests.after_interruption=none",
      in: ["requests={ windows: 3, length: 1min, warmup: 5s, after_interruption: 1min }", spotPool]),
  ]

  private static func day(_ share: String) -> String {
    "[\([String](repeating: share, count: 24).joined(separator: ", "))]"
  }

  /// Of each day of the week its hours, in a scenario that begins on that day.
  private static let daysOfWeek: [KeyEffect] = {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let week = days.map { "\($0): \(day("80%"))" }.joined(separator: ", ")
    let base = "workload.arrivals={ peak: 8/s, hours: { \(week) } }"
    // 2024-12-09 was a Monday.
    return days.enumerated().map { number, name in
      KeyEffect(
        "workload.arrivals.hours.\(name)", "workload.arrivals.hours.\(name)=\(day("60%"))",
        in: [base, "start=2024-12-\(number == 0 ? "09" : "\(9 + number)")T00:00:00Z"])
    }
  }()

  private static let arrivals: [KeyEffect] = [
    KeyEffect("workload.arrivals.rate", "workload.arrivals.rate=9/s"),
    KeyEffect("workload.arrivals.scale", "workload.arrivals.scale=1.2"),
    KeyEffect("workload.arrivals.peak", "workload.arrivals.peak=9/s", in: [daily]),
    KeyEffect(
      "workload.arrivals.peak_load", "workload.arrivals.peak_load=60% of scenario.yaml",
      in: ["workload.arrivals={ peak_load: 50% of scenario.yaml }"]),
    KeyEffect(
      "workload.arrivals.daily.peak", "workload.arrivals.daily.peak=\"18:00\"", in: [daily]),
    KeyEffect(
      "workload.arrivals.daily.swing", "workload.arrivals.daily.swing=20%",
      in: [
        daily, "start=2024-12-09T18:00:00Z",
      ]),
    KeyEffect(
      "workload.arrivals.weekend", "workload.arrivals.weekend=40%",
      in: [
        daily, "start=2024-12-07T12:00:00Z",
      ]),
    KeyEffect(
      "workload.arrivals.process", "workload.arrivals={ process: poisson, rate: 8/s }",
      in: ["workload.arrivals={ process: renewal, gaps: { gamma: { cv: 2 } }, rate: 8/s }"]),
    KeyEffect(
      "workload.arrivals.gaps", "workload.arrivals.gaps=constant",
      in: ["workload.arrivals={ process: renewal, gaps: { gamma: { cv: 2 } }, rate: 8/s }"]),
    KeyEffect(
      "workload.arrivals.trace", "workload.arrivals.trace=other-trace.csv",
      in: ["workload.arrivals={ trace: trace.csv }"]),
    KeyEffect(
      "workload.arrivals.series", "workload.arrivals.series=other-rates.csv",
      in: ["workload.arrivals={ series: rates.csv }"]),
  ]

  private static let mix: [KeyEffect] = [
    KeyEffect("workload.classes", "workload.classes={ simple: 20%, complex: 80% }", in: [two]),
    KeyEffect("workload.tenants", "workload.tenants={ a: 50%, b: 50% }", in: cached),
    KeyEffect("workload.texts", "workload.texts=other-texts.csv", in: routed),
    KeyEffect(
      "workload.sessions.active", "workload.sessions.active=1",
      in: routed + [
        "workload.sessions={ active: 1_000, lifetime: 1min }"
      ]),
    KeyEffect(
      "workload.sessions.lifetime", "workload.sessions.lifetime=10min",
      in: routed + [
        "workload.sessions={ active: 2, lifetime: 2s }"
      ]),
    KeyEffect(
      "workload.prompt_tokens", "workload.prompt_tokens=1_000",
      in: routed + [
        "models.weak.context=500", "models.m.context=5_000", "workload.prompt_tokens=100",
        "workload.output_tokens=10",
      ]),
    KeyEffect(
      "workload.output_tokens", "workload.output_tokens=200",
      in: [
        "workload.output_tokens=100", "costs.net={ per_gb: 1 USD, bytes_per_token: 1_000 }",
      ]),
    KeyEffect("workload.deterministic", "workload.deterministic=90%", in: cached),
    KeyEffect("workload.content.catalogue", "workload.content.catalogue=20", in: cached),
    KeyEffect("workload.content.zipf", "workload.content.zipf=0.1", in: cached),
    KeyEffect("workload.content.unique", "workload.content.unique=10%", in: cached),
    KeyEffect("client.timeout", "client.timeout=150ms"),
  ]

  private static let models: [KeyEffect] = [
    KeyEffect(
      "models.MODEL.quality.table", "models.weak.quality={ table: 0.7 }",
      in: [
        "models.m.quality={ table: 0.9 }",
        "models.weak={ quality: { table: 0.8 }, "
          + "on: { t: { batch: { max: 2, latency: { 1: 30ms } } } } }", "fleet.base.serves.weak=1",
        "policies.router={ kind: fixed, model: weak }",
        "targets=[ \"quality_loss(m, table) <= 20%\" ]",
      ]),
    KeyEffect(
      "models.MODEL.quality.matrix.CLASS",
      "models.m.quality.matrix={ simple: 0.91, complex: 0.89 }", in: routed),
    KeyEffect(
      "models.MODEL.context", "models.weak.context=50",
      in: routed + [
        "workload.prompt_tokens=100", "models.weak.context=500", "models.m.context=5_000",
        "workload.output_tokens=10",
      ]),
    KeyEffect("models.MODEL.token_price", "models.m.token_price=0.4 USD", in: routed),
    KeyEffect(
      "models.MODEL.weights", "models.m.weights=80GB",
      in: [
        spotPool, "models.m.weights=40GB", "cloud.load={ bandwidth: 1GB/s }",
      ]),
    KeyEffect("models.MODEL.on.TYPE.batch.max", "models.m.on.t.batch.max=1"),
    KeyEffect("models.MODEL.on.TYPE.batch.delay", "models.m.on.t.batch.delay=50ms"),
    KeyEffect("models.MODEL.on.TYPE.batch.lanes", "models.m.on.t.batch.lanes=2"),
    KeyEffect(
      "models.MODEL.on.TYPE.batch.latency", "models.m.on.t.batch.latency={ 1: 90ms, 2: 150ms }"),
    KeyEffect("models.MODEL.on.TYPE.batch.noise", "models.m.on.t.batch.noise=exponential"),
  ]
}
