// SPDX-License-Identifier: GPL-3.0-or-later

extension KeyEffect {
  static let spotPool =
    "fleet.spot={ type: t, zone: us-east-1a, market: spot, machines: 2, serves: { m: 1 }, "
    + "lifetime: { exponential: { mean: 20min } } }"

  /// A change of a parameter of a law of lives.
  private static func life(_ law: String, _ key: String, _ value: String) -> KeyEffect {
    let name = law.split(separator: ":")[0].filter { $0 != " " && $0 != "{" }
    return KeyEffect(
      "LAW.\(name).\(key)", "fleet.spot.lifetime.\(name).\(key)=\(value)",
      in: [spotPool, "fleet.spot.lifetime={ \(law) }"])
  }

  /// A change of a parameter of a law by which service times are multiplied.
  private static func noise(_ law: String, _ key: String, _ value: String) -> KeyEffect {
    let name = law.split(separator: ":")[0].filter { $0 != " " }
    return KeyEffect(
      "LAW.\(name).\(key)", "models.m.on.t.batch.noise={ \(name): \(value) }",
      in: ["models.m.on.t.batch.noise={ \(law) }"])
  }

  static let laws: [KeyEffect] = [
    KeyEffect(
      "LAW.constant", "fleet.spot.lifetime={ constant: 30min }",
      in: [
        spotPool, "fleet.spot.lifetime={ constant: 20min }",
      ]),
    life("exponential: { mean: 20min }", "mean", "30min"),
    life("uniform: { low: 5min, high: 20min }", "low", "10min"),
    life("uniform: { low: 5min, high: 20min }", "high", "30min"),
    life("gamma: { mean: 20min, cv: 1 }", "mean", "30min"),
    life("gamma: { mean: 20min, cv: 1 }", "cv", "0.5"),
    life("weibull: { scale: 20min, shape: 1 }", "scale", "30min"),
    life("weibull: { scale: 20min, shape: 1 }", "shape", "2"),
    life("lognormal: { mean: 20min, cv: 1 }", "mean", "30min"),
    life("lognormal: { mean: 20min, cv: 1 }", "cv", "0.5"),
    life("lognormal: { median: 20min, p99: 60min }", "median", "30min"),
    life("lognormal: { median: 20min, p99: 60min }", "p99", "90min"),
    life(
      "hyperexponential: { probabilities: [0.5, 0.5], means: [5min, 20min] }", "probabilities",
      "[0.9, 0.1]"),
    life(
      "hyperexponential: { probabilities: [0.5, 0.5], means: [5min, 20min] }", "means",
      "[5min, 60min]"),
    life(
      "bathtub: { share: 45%, early: 5min, late: 10min, onset: 60min, limit: 60min }", "share",
      "30%"),
    life(
      "bathtub: { share: 45%, early: 5min, late: 10min, onset: 60min, limit: 60min }", "early",
      "9min"),
    life(
      "bathtub: { share: 45%, early: 5min, late: 10min, onset: 60min, limit: 60min }", "late",
      "20min"),
    life(
      "bathtub: { share: 45%, early: 5min, late: 10min, onset: 60min, limit: 60min }", "onset",
      "65min"),
    life(
      "bathtub: { share: 45%, early: 5min, late: 10min, onset: 60min, limit: 60min }", "limit",
      "55min"),
    noise("erlang: { phases: 2 }", "phases", "{ phases: 9 }"),
    noise("pareto: { shape: 3 }", "shape", "{ shape: 2 }"),
  ]

  static let fleet: [KeyEffect] = [
    KeyEffect(
      "fleet.POOL.type", "fleet.base.type=u",
      in: [
        "models.m.on.u={ batch: { max: 2, latency: { 1: 60ms, 2: 90ms } } }"
      ]),
    KeyEffect(
      "fleet.POOL.zone", "fleet.spot.zone=us-east-1b",
      in: [
        spotPool, "fleet.spot.lifetime=~",
        "zones={ us-east-1a: { up: 20min, down: 10min, drops: interrupt } }",
      ]),
    KeyEffect("fleet.POOL.market", "fleet.base.market=spot"),
    KeyEffect("fleet.POOL.machines", "fleet.base.machines=2"),
    KeyEffect("fleet.POOL.machines.min", "fleet.base.machines.min=4", in: scaled),
    KeyEffect("fleet.POOL.machines.max", "fleet.base.machines.max=3", in: scaled),
    KeyEffect("fleet.POOL.serves", "fleet.base.serves.m=2"),
    KeyEffect("fleet.POOL.lifetime", "fleet.spot.lifetime=~", in: [spotPool]),
    KeyEffect("fleet.POOL.down", "fleet.spot.down=10min", in: [spotPool]),
    KeyEffect("fleet.POOL.longest_life", "fleet.spot.longest_life=10min", in: [spotPool]),
    KeyEffect(
      "fleet.POOL.shocks.every", "fleet.spot.shocks.every=10min",
      in: [
        spotPool, "fleet.spot.shocks={ every: 30min, takes: 50% }",
      ]),
    KeyEffect(
      "fleet.POOL.shocks.takes", "fleet.spot.shocks.takes=100%",
      in: [
        spotPool, "fleet.spot.shocks={ every: 10min, takes: 50% }",
      ]),
    KeyEffect("fleet.POOL.notice", "fleet.spot.notice=2min", in: [spotPool]),
    KeyEffect(
      "fleet.POOL.notice.lead", "fleet.spot.notice.lead=3min",
      in: [
        spotPool, "fleet.spot.notice={ lead: 1min }",
      ]),
    KeyEffect(
      "fleet.POOL.notice.missing", "fleet.spot.notice.missing=50%",
      in: [
        spotPool, "fleet.spot.notice={ lead: 1min }",
      ]),
    KeyEffect(
      "fleet.POOL.notice.rebalance.ahead", "fleet.spot.notice.rebalance.ahead=6min",
      in: [
        spotPool, "fleet.spot.notice={ lead: 1min, rebalance: { ahead: 2min } }",
      ]),
    KeyEffect(
      "fleet.POOL.notice.rebalance.missing", "fleet.spot.notice.rebalance.missing=50%",
      in: [spotPool, "fleet.spot.notice={ lead: 1min, rebalance: { ahead: 2min } }"]),
  ]

  /// A change of the places' schedule of up and down times.
  private static func places(_ key: String, _ value: String) -> KeyEffect {
    KeyEffect(
      "fleet.POOL.schedule.\(key)", "fleet.spot.schedule.\(key)=\(value)",
      in: [
        spotPool, "fleet.spot.lifetime=~", "fleet.spot.schedule={ up: 20min, down: 10min }",
      ])
  }

  /// A change of the hours in which a pool has two machines.
  private static func hours(_ key: String, _ entry: String) -> KeyEffect {
    KeyEffect(
      "fleet.POOL.schedule[].\(key)", "fleet.base.schedule=[ { \(entry) } ]",
      in: [
        "fleet.base.schedule=[ { days: mon-fri, from: \"13:00\", to: \"13:30\", zone: UTC, machines: 2 } ]"
      ])
  }

  static let hours: [KeyEffect] = [
    places("up", "25min"), places("down", "5min"), places("phase", "7min"),
    places("stagger", "4min"),
    hours("days", "days: sat-sun, from: \"13:00\", to: \"13:30\", zone: UTC, machines: 2"),
    hours("from", "days: mon-fri, from: \"12:30\", to: \"13:30\", zone: UTC, machines: 2"),
    hours("to", "days: mon-fri, from: \"13:00\", to: \"13:40\", zone: UTC, machines: 2"),
    hours(
      "zone", "days: mon-fri, from: \"13:00\", to: \"13:30\", zone: Europe/Berlin, machines: 2"),
    hours("machines", "days: mon-fri, from: \"13:00\", to: \"13:30\", zone: UTC, machines: 3"),
  ]

  /// Changes of a capacity with its shocks, which regions, zones and pools have alike.
  private static func shared(
    _ key: String, _ path: String, _ base: [String], shocks: Bool = true
  ) -> [KeyEffect] {
    let up = base + ["\(path)={ up: 20min, down: 10min, drops: interrupt }"]
    let trace = base + ["\(path)={ replay: up.csv, ones: available, from: 0s, drops: interrupt }"]
    let shocked = base + ["\(path)={ shocks: { every: 20min, takes: 50% } }"]
    let effects =
      [
        KeyEffect("\(key).up", "\(path).up=30min", in: up),
        KeyEffect("\(key).down", "\(path).down=30min", in: up),
        KeyEffect("\(key).drops", "\(path).drops=replace", in: up),
        KeyEffect("\(key).replay", "\(path).replay=other-up.csv", in: trace),
        KeyEffect("\(key).ones", "\(path).ones=unavailable", in: trace),
        KeyEffect("\(key).from", "\(path).from=10min", in: trace),
      ] + dated(key, path, base)
    guard shocks else { return effects }
    return effects + [
      KeyEffect("\(key).shocks.every", "\(path).shocks.every=10min", in: shocked),
      KeyEffect("\(key).shocks.takes", "\(path).shocks.takes=100%", in: shocked),
    ]
  }

  static let capacity: [KeyEffect] =
    shared("zones.ZONE", "zones.us-east-1a", [spotPool, "fleet.spot.lifetime=~"])
    + shared(
      "regions.REGION", "regions.us-east-1",
      [
        spotPool, "fleet.spot.lifetime=~", "zones.us-east-1a={ region: us-east-1 }",
      ])
    + shared(
      "fleet.POOL.obtainability", "fleet.spot.obtainability", [spotPool, "fleet.spot.lifetime=~"],
      shocks: false)
    + [
      KeyEffect(
        "zones.ZONE.region", "zones.us-east-1a.region=~",
        in: [
          spotPool, "fleet.spot.lifetime=~", "zones.us-east-1a={ region: us-east-1 }",
          "regions.us-east-1={ up: 20min, down: 10min, drops: interrupt }",
        ])
    ]

  static let cloud: [KeyEffect] = [
    KeyEffect("cloud", "cloud=ideal", in: [spotPool]),
    KeyEffect("cloud.answer", "cloud.answer=30s", in: [spotPool]),
    KeyEffect("cloud.boot", "cloud.boot=2min", in: [spotPool]),
    KeyEffect("cloud.load", "cloud.load=2min", in: [spotPool]),
    KeyEffect("cloud.image", "cloud.image=1min", in: [spotPool]),
    KeyEffect(
      "cloud.image.size", "cloud.image.size=60GB",
      in: [
        spotPool, "cloud.image={ size: 10GB, bandwidth: 1GB/s }",
      ]),
    KeyEffect(
      "cloud.image.bandwidth", "cloud.image.bandwidth=2GB/s",
      in: [
        spotPool, "cloud.image={ size: 10GB, bandwidth: 1GB/s }",
      ]),
    KeyEffect(
      "cloud.image.scatter", "cloud.image.scatter=exponential",
      in: [
        spotPool, "cloud.image={ size: 10GB, bandwidth: 1GB/s }",
      ]),
    KeyEffect(
      "cloud.load.bandwidth", "cloud.load.bandwidth=2GB/s",
      in: [
        spotPool, "models.m.weights=40GB", "cloud.load={ bandwidth: 1GB/s }",
      ]),
    KeyEffect(
      "cloud.load.scatter", "cloud.load.scatter=exponential",
      in: [
        spotPool, "models.m.weights=40GB", "cloud.load={ bandwidth: 1GB/s }",
      ]),
    KeyEffect(
      "cloud.quotas[].machines", "cloud.quotas=[ { market: spot, machines: 1 } ]",
      in: [
        spotPool, "cloud.quotas=[ { market: spot, machines: 2 } ]",
      ]),
    KeyEffect(
      "cloud.quotas[].market", "cloud.quotas=[ { market: onDemand, machines: 1 } ]",
      in: [
        spotPool, "cloud.quotas=[ { market: spot, machines: 1 } ]",
      ]),
    KeyEffect(
      "cloud.quotas[].type", "cloud.quotas=[ { market: spot, type: u, machines: 1 } ]",
      in: [
        spotPool, "cloud.quotas=[ { market: spot, machines: 1 } ]",
      ]),
  ]
}
