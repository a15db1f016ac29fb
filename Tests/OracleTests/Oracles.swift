// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory

/// The shipped scenarios whose answers are known, with these answers; times in seconds.
enum Oracles {
  /// One or two of each kind that take a second or so; the others come with the long tests.
  static let short = [
    "mm1-50", "mm1-5", "loss-10", "mm3", "md1-50", "mg1-weibull-50", "mg1-uniform-50",
    "mg1-erlang-50", "gim1-deterministic-70", "batch-window-4", "batch-affine-1",
    "batch-affine-3", "batch-take-all-1", "cache-ttl", "cache-lru-10", "cache-lru-100", "dedup",
    "renewal-weibull-lognormal", "renewal-weibull-gamma", "renewal-gamma-constant", "lives-30s",
    "lives-10min", "lives-1h",
  ]

  private static let p99: Int64 = 990_000_000

  private static func law(_ make: () throws -> Distribution) -> Distribution {
    do { return try make() } catch { preconditionFailure("an oracle has a law: \(error)") }
  }

  private static func mm1(
    _ name: String, _ rate: Double, _ serviceRate: Double = 1, isHeavy: Bool = false
  ) -> Oracle {
    let queue = MM1(arrivalRate: rate, serviceRate: serviceRate)
    return Oracle(
      name, isHeavy: isHeavy, (.meanWait, queue.waitingTimeMean),
      (.meanLatency, queue.sojournTimeMean), (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)),
      (.latencyQuantile(p99), queue.sojournTimeQuantile(0.99)))
  }

  private static func mmc(_ name: String, _ servers: Int, _ rate: Double, _ mu: Double) -> Oracle {
    let queue = MMC(arrivalRate: rate, serviceRate: mu, servers: servers)
    if servers == 100 {
      // The mean wait of 0.02 s would need ten times as many requests.
      return Oracle(
        name, (.meanLatency, queue.sojournTimeMean),
        (.latencyQuantile(p99), queue.sojournTimeQuantile(0.99)))
    }
    return Oracle(
      name, (.meanWait, queue.waitingTimeMean), (.meanLatency, queue.sojournTimeMean),
      (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)),
      (.latencyQuantile(p99), queue.sojournTimeQuantile(0.99)))
  }

  private static func loss(_ servers: Int, _ load: Double) -> Oracle {
    Oracle(
      "loss-\(servers)", (.lost, ErlangB(offeredLoad: load, servers: servers).blockingProbability))
  }

  private static func mmck(
    _ servers: Int, _ places: Int, _ rate: Double, _ mu: Double
  ) -> Oracle {
    let queue = MMCK(arrivalRate: rate, serviceRate: mu, servers: servers, places: places)
    return Oracle(
      "mm\(servers)-\(places)", (.lost, queue.blockingProbability),
      (.meanWait, queue.waitingTimeMean), (.meanLatency, queue.sojournTimeMean))
  }

  static let queues: [Oracle] = [
    mm1("mm1-50", 0.5), mm1("mm1", 0.8), mm1("mm1-90", 0.9), mm1("mm1-95", 0.95, isHeavy: true),
    mm1("mm1-fast", 8, 10),
    mmc("mm2", 2, 3.6, 2), mmc("mm3", 3, 2, 1), mmc("mm4", 4, 3.2, 1), mmc("mm10", 10, 8, 1),
    mmc("mm20", 20, 17, 1), mmc("mm100", 100, 90, 1),
    loss(5, 3), loss(10, 10), loss(90, 80),
    mmck(5, 10, 4, 1), mmck(1, 5, 1.2, 1), mmck(8, 16, 20, 2),
  ]

  // MARK: Other laws of service and of gaps

  private static func mg1(
    _ name: String, _ rate: Double, isHeavy: Bool = false, _ service: Distribution
  ) -> Oracle {
    let queue = MG1(arrivalRate: rate, service: service)
    return Oracle(
      name, isHeavy: isHeavy, (.meanWait, queue.waitingTimeMean),
      (.meanLatency, queue.sojournTimeMean))
  }

  private static func mph1(
    _ name: String, _ rate: Double, isHeavy: Bool = false, _ service: Distribution
  ) -> Oracle {
    let queue = MPH1(arrivalRate: rate, service: service)
    return Oracle(
      name, isHeavy: isHeavy, (.meanWait, queue.moments.waitingTimeMean),
      (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)))
  }

  private static func md1(_ load: Int, isHeavy: Bool = false) -> Oracle {
    let queue = MD1(arrivalRate: Double(load) / 100, serviceTime: 1)
    return Oracle(
      "md1-\(load)", isHeavy: isHeavy, (.meanWait, queue.moments.waitingTimeMean),
      (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)))
  }

  private static func mdc(_ servers: Int, _ rate: Double) -> Oracle {
    let queue = MDC(arrivalRate: rate, serviceTime: 1, servers: servers)
    return Oracle(
      "md\(servers)", (.meanWait, queue.waitingTimeMean),
      (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)))
  }

  private static func gim1(
    _ name: String, isHeavy: Bool = false, _ gaps: Distribution,
    _ rates: (low: Double, high: Double) = (1.4285714, 1.1111111)
  ) -> [Oracle] {
    [(70, rates.low), (90, rates.high)].map { load, mu in
      let queue = GIM1(gaps: gaps, serviceRate: mu)
      return Oracle(
        "gim1-\(name)-\(load)", isHeavy: isHeavy && load == 90,
        (.meanWait, queue.waitingTimeMean), (.meanLatency, queue.sojournTimeMean),
        (.waitQuantile(p99), queue.waitingTimeQuantile(0.99)))
    }
  }

  private static let erlang = law { try .erlang(phases: 4, mean: 1) }
  private static let twoSpeeds = law {
    try Distribution(.hyperexponential(probabilities: [0.9, 0.1], means: [0.5, 5.5]))
  }
  private static let bursts = law {
    try Distribution(
      .hyperexponential(
        probabilities: [0.887298334620742, 0.112701665379258],
        means: [0.563508326896291, 4.43649167310371]))
  }

  static let laws: [Oracle] =
    [
      md1(50), md1(80), md1(90), md1(95, isHeavy: true), mdc(2, 1.6), mdc(10, 8), mdc(20, 18),
      mph1("mg1-erlang-80", 0.8, erlang), mg1("mg1-erlang-50", 0.5, erlang),
      mph1("mg1-hyperexponential-50", 0.5, twoSpeeds),
      mph1("mg1-hyperexponential-80", 0.8, isHeavy: true, twoSpeeds),
    ]
    + [
      ("gamma", 0.5, 0.8, law { try Distribution(.gamma(shape: 0.5, scale: 2)) }),
      ("weibull", 0.553866, 0.886186, law { try Distribution(.weibull(shape: 1.5, scale: 1)) }),
      (
        "lognormal", 0.5, 0.8,
        law { try Distribution(.lognormal(logMean: -0.5, logDeviation: 1)) }
      ),
      ("uniform", 0.5, 0.8, law { try Distribution(.uniform(low: 0.5, high: 1.5)) }),
      ("pareto", 0.510204, 0.816327, law { try Distribution(.pareto(shape: 3.5, minimum: 0.7)) }),
    ].flatMap { name, low, high, service in
      [
        mg1("mg1-\(name)-50", low, service),
        mg1("mg1-\(name)-80", high, isHeavy: name == "lognormal", service),
      ]
    }
    + gim1("deterministic", law { try Distribution(.constant(1)) })
    + gim1("erlang2", law { try .erlang(phases: 2, mean: 1) })
    + gim1("erlang8", law { try .erlang(phases: 8, mean: 1) })
    + gim1("uniform", law { try Distribution(.uniform(low: 0, high: 2)) })
    + gim1("hyperexponential", isHeavy: true, bursts)
    + gim1("gamma2", isHeavy: true, law { try Distribution(.gamma(shape: 0.5, scale: 2)) })
    + gim1("gamma4", isHeavy: true, law { try Distribution(.gamma(shape: 0.25, scale: 4)) })
    + gim1(
      "weibull", isHeavy: true, law { try Distribution(.weibull(shape: 0.7, scale: 0.79)) },
      (1.4285706, 1.1111105))

  // MARK: Batches

  private static func affine(
    _ number: Int, _ rate: Double, _ fixed: Double, _ each: Double, _ largest: Int
  ) -> Oracle {
    let queue = BatchQueue(
      arrivalRate: rate, fixedTime: fixed, timePerRequest: each, largestBatch: largest)
    return Oracle(
      "batch-affine-\(number)", (.meanWait, queue.waitingTimeMean),
      (.meanLatency, queue.sojournTimeMean), (.batchSize, queue.batchSizeMean))
  }

  private static func exponential(_ largest: Int, _ rate: Double) -> Oracle {
    let queue = MM1Batch(arrivalRate: rate, batchRate: 1, largestBatch: largest)
    return Oracle(
      "batch-exponential-\(largest)", (.meanWait, queue.waitingTimeMean),
      (.meanLatency, queue.sojournTimeMean), (.batchSize, queue.batchSizeMean))
  }

  private static func full(_ size: Int, _ rate: Double) -> Oracle {
    do {
      let queue = try FullBatchQueue(arrivalRate: rate, batchRate: 1, batchSize: size)
      // A request waits for others first, and then its batch for the server.
      return Oracle(
        "batch-full-\(size)", (.meanWait, queue.fillingTimeMean + queue.waitingTimeMean),
        (.meanLatency, queue.sojournTimeMean))
    } catch {
      preconditionFailure("an oracle has a law: \(error)")
    }
  }

  private static func window(_ largest: Int, _ rate: Double, _ timeout: Double) -> Oracle {
    let batches = BatchWindow(arrivalRate: rate, largestBatch: largest, timeout: timeout)
    return Oracle(
      "batch-window-\(largest)", (.meanWait, batches.waitingTimeMean),
      (.batchSize, batches.batchSizeMean))
  }

  private static func takeAll(
    _ number: Int, _ rate: Double, _ fixed: Double, _ each: Double
  ) -> Oracle {
    let queue = TakeAllBatchQueue(arrivalRate: rate, fixedTime: fixed, timePerRequest: each)
    return Oracle(
      "batch-take-all-\(number)", (.meanLatency, queue.sojournTimeMean),
      (.batchSize, queue.batchSizeMean))
  }

  static let batches: [Oracle] = [
    takeAll(1, 0.5, 1, 0.5), takeAll(2, 1, 1, 0.5), takeAll(3, 3, 0.5, 0.2),
    affine(1, 4, 1, 0, 8), affine(2, 6, 1, 0, 8), affine(3, 2, 0.5, 0.1, 16),
    affine(4, 6, 0.5, 0.1, 16), affine(5, 100, 0.02, 0.005, 64),
    exponential(8, 4), exponential(2, 1.5), full(8, 4), full(2, 1.5),
    window(8, 50, 0.05), window(4, 10, 0.1), window(32, 200, 0.01),
  ]

  // MARK: Caches

  /// The rate of each content, ten requests a second together unless told.
  private static func rates(
    _ contents: Int, _ exponent: Double, together rate: Double = 10
  ) -> [Double] {
    let weights = zipfWeights(count: contents, exponent: exponent)
    let sum = weights.reduce(0, +)
    return weights.map { rate * $0 / sum }
  }

  private static func lru(_ contents: Int, _ capacity: Int, _ exponent: Double) -> Oracle {
    let cache = LRUCache(requestRates: rates(contents, exponent), capacity: capacity)
    return Oracle("cache-lru-\(contents)", (.hits, cache.hitRatio))
  }

  static let caches: [Oracle] = {
    let popular = rates(1_000, 0.9)
    let both = DeduplicatedCache(requestRates: popular, computationMean: 2, timeToLive: 60)
    let alone = DeduplicatedCache(requestRates: popular, computationMean: 2, timeToLive: 0)
    let cache = DeduplicatedCache(requestRates: popular, computationMean: 0.001, timeToLive: 60)
    let many = rates(10_000, 1, together: 50)
    let large = DeduplicatedCache(requestRates: many, computationMean: 0.001, timeToLive: 3_600)
    let largeBoth = DeduplicatedCache(requestRates: many, computationMean: 3, timeToLive: 3_600)
    return [
      Oracle("cache-ttl-large", (.hits, large.hitShare)),
      Oracle("cache-ttl-dedup-large", (.hits, largeBoth.hitShare)),
      Oracle("cache-ttl", (.hits, cache.hitShare)),
      Oracle("cache-ttl-dedup", (.hits, both.hitShare), (.joined, both.joinedShare)),
      Oracle("dedup", (.joined, alone.joinedShare)),
      lru(10, 3, 1), lru(30, 8, 0.8), lru(100, 10, 0.8),
    ]
  }()

  // MARK: Machines and bills

  private static func renewal(_ name: String, _ up: Distribution, _ down: Distribution) -> Oracle {
    Oracle(
      "renewal-\(name)", (.spotUptime, AlternatingRenewal(up: up, down: down).availability))
  }

  private static func lives(_ name: String, _ mean: Double) -> Oracle {
    let billing = RoundedBilling(lifeMean: mean, minimum: 60, unit: 1)
    return Oracle("lives-\(name)", (.costPerLife, billing.billedMean / 3_600 * 9.83))
  }

  static let cloud: [Oracle] = [
    renewal(
      "weibull-gamma", law { try Distribution(.weibull(shape: 1.5, scale: 20)) },
      law { try .gamma(mean: 1, cv: 0.5.squareRoot()) }),
    renewal(
      "weibull-lognormal", law { try Distribution(.weibull(shape: 0.7, scale: 12)) },
      law { try Distribution(.lognormal(logMean: -1, logDeviation: 0.8)) }),
    renewal(
      "gamma-constant", law { try Distribution(.gamma(shape: 3, scale: 5)) },
      law { try Distribution(.constant(0.25)) }),
    lives("30s", 30), lives("10min", 600), lives("1h", 3_600),
  ]
}
