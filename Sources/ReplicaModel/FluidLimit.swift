// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// What a fleet does with a rate of requests where none is simulated: its load, its queues, its times.
///
/// Queues grow and shrink by the difference of rate and throughput, which is the fluid limit of the fleet
/// (Newell, Applications of Queueing Theory (1982), chapter 2, DOI 10.1007/978-94-009-5970-5). Round it
/// lie the times of the stationary queue at the load of the moment: of lanes that serve one request each
/// those of M/G/c, of lanes with batches those of the smallest batch that keeps up.
///
/// It leaves out that a queue needs time to become stationary, and that each replica has a queue of its
/// own: both matter less than one batch time (`FluidLimitTests`).
package struct FluidLimit: Sendable {
  /// The replicas that serve one model in one way.
  struct Kind: Sendable {
    /// The model that they serve.
    let model: Int
    /// How they serve it.
    let service: ReplicaService
    /// By size of batch, the most requests a second of a lane that runs batches up to that size; empty for tokens.
    let sustained: [Double]
    /// Requests a second of one replica whose batches are full.
    let throughput: Double
    /// The squared coefficient of variation of the times, and their 99th percentile by the mean.
    let spread: (squared: Double, p99: Double)
    /// The most requests that wait at one replica.
    let queueLimit: Int
    /// How many of them accept requests.
    var open = 0

    init(_ place: ReplicaPlace) {
      model = place.serves.index
      service = place.service
      throughput = service.maximumThroughput
      queueLimit = place.queueLimit
      switch service {
      case .batches(let batches):
        spread = batches.noise.spread
        var most = 0.0
        sustained = batches.latency.times.prefix(batches.maximumBatch + 1).enumerated().map {
          if $0.offset > 0 { most = max(most, Double($0.offset) / $0.element.inSeconds) }
          return most
        }
      case .tokens(let tokens):
        spread = (1, tokens.capacity.spread)
        sustained = []
      }
    }
  }

  /// The load of a model that nobody serves: more than any fleet has on purpose.
  package static var loadWithoutReplica: Double { 1_000 }

  private var kinds: [Kind] = []
  private let kindOfReplica: [Int]
  /// By model, its share of the requests that reach replicas.
  private let shares: [Double]
  /// How long clients wait for an answer, in seconds.
  private let timeout: Double
  /// By model, requests a second of the replicas that accept requests.
  private var throughputs: [Double]
  /// By model, the requests that wait, as real numbers.
  private var backlogs: [Double]
  /// The rate for which the times were asked last, and the answer.
  private var asked = (rate: -1.0, wait: TimeSpan?.none, p99: TimeSpan?.none)
  private var isChanged = true

  /// A fleet whose replicas accept no request yet.
  ///
  /// - Parameters:
  ///   - shares: by model, its share of the requests that reach replicas.
  ///   - timeout: how long clients wait; `nil` for ever.
  package init(_ replicas: [ReplicaPlace], shares: [Double], timeout: TimeSpan?) {
    var kinds: [Kind] = []
    var numbers: [Int] = []
    for (number, place) in replicas.enumerated() {
      // Replicas of one kind stand side by side in a fleet; others become kinds of their own.
      if number > 0, replicas[number - 1].isLike(place) {
        numbers.append(kinds.count - 1)
      } else {
        numbers.append(kinds.count)
        kinds.append(Kind(place))
      }
    }
    self.kinds = kinds
    kindOfReplica = numbers
    self.shares = shares
    self.timeout = timeout?.inSeconds ?? .infinity
    throughputs = shares.map { _ in 0 }
    backlogs = throughputs
  }

  /// Notes that a replica begins or ceases to accept requests.
  package mutating func set(_ replica: Int, accepts: Bool) {
    let kind = kindOfReplica[replica]
    kinds[kind].open += accepts ? 1 : -1
    precondition(kinds[kind].open >= 0, "a replica ceases to accept requests after it began to")
    let model = kinds[kind].model
    throughputs[model] = kinds.reduce(0) {
      $1.model == model ? $0 + Double($1.open) * $1.throughput : $0
    }
    if throughputs[model] == 0 { backlogs[model] = 0 }
    isChanged = true
  }

  /// The load at a rate of requests that reach replicas: that of the model whose replicas are busiest.
  package func load(at rate: Double) -> Double {
    var most = 0.0
    for model in shares.indices where shares[model] * rate > 0 {
      let load =
        throughputs[model] > 0
        ? shares[model] * rate / throughputs[model] : Self.loadWithoutReplica
      most = max(most, min(load, Self.loadWithoutReplica))
    }
    return most
  }

  /// Whether more wait anywhere than chance makes wait.
  package var hasBacklog: Bool { backlogs.contains { $0 >= 1 } }

  /// The requests that wait for a model.
  package func backlog(of model: Int) -> Double { backlogs[model] }

  /// Sets the requests that wait for a model to what was counted.
  package mutating func setBacklog(of model: Int, to requests: Double) {
    backlogs[model] = throughputs[model] > 0 ? requests : 0
    isChanged = true
  }

  /// Lets time go by in which requests reach replicas at one rate.
  package mutating func advance(by seconds: Double, rate: Double) {
    for model in shares.indices {
      let (arriving, answered) = (shares[model] * rate, throughputs[model])
      guard answered > 0, backlogs[model] > 0 || arriving > answered else { continue }
      let places = kinds.reduce(0.0) {
        $1.model == model ? $0 + Double($1.open) * Double($1.queueLimit) : $0
      }
      // Who has waited for the time-out is gone, so that no more wait than came within it.
      var most = min(places, max(arriving, answered) * timeout)
      // Chance keeps a queue below what bounds it: by the variance of the arrivals ÷ twice the drift, the
      // mean of Brownian motion below a barrier (Harrison, Brownian Motion and Stochastic Flow Systems
      // (1985), section 5.6, ISBN 0-471-81939-5).
      if arriving > answered { most -= min(most / 2, arriving / (2 * (arriving - answered))) }
      let next = backlogs[model] + (arriving - answered) * seconds
      backlogs[model] = max(0, min(next, most))
      isChanged = true
    }
  }

  /// The mean wait of requests and the 99th percentile of their latency at a rate; the time-out and `nil`
  /// where nobody serves.
  ///
  /// - Complexity: O(kinds · log n) for n batch sizes.
  package mutating func times(rate: Double) -> (wait: TimeSpan, p99: TimeSpan?) {
    if !isChanged, rate == asked.rate, let wait = asked.wait { return (wait, asked.p99) }
    let longest = timeout.isFinite ? timeout : 3_600
    var (wait, requests, p99) = (0.0, 0.0, 0.0)
    for kind in kinds where kind.open > 0 && shares[kind.model] > 0 {
      let times = self.times(of: kind, rate: rate, longest: longest)
      let weight = shares[kind.model] * Double(kind.open) * kind.throughput
      let part = weight / throughputs[kind.model]
      wait += part * times.wait
      requests += part
      // A kind that serves fewer than one in a hundred decides no 99th percentile.
      if part >= 0.01 { p99 = max(p99, times.p99) }
    }
    isChanged = false
    asked = (
      rate, Self.span(requests > 0 ? wait / requests : longest),
      requests > 0 ? Self.span(p99) : nil
    )
    return (asked.wait ?? .zero, asked.p99)
  }

  /// A time that a law without a mean may have made endless.
  private static func span(_ seconds: Double) -> TimeSpan {
    TimeSpan(roundingToMicroseconds: seconds < 1e9 ? seconds : 1e9)
  }

  /// The requests of a model that its lanes serve at a time when some wait.
  package func inService(of model: Int) -> Double {
    kinds.reduce(0) {
      $1.model == model
        ? $0 + Double($1.open) * $1.mostInService : $0
    }
  }

  /// The part of the requests that reach replicas which a model gets.
  package func share(of model: Int) -> Double { shares[model] }

  private func times(
    of kind: Kind, rate: Double, longest: Double
  ) -> (wait: Double, p99: Double) {
    let answered = throughputs[kind.model]
    let queue = backlogs[kind.model] / answered
    let load = shares[kind.model] * rate / answered
    let stationary = kind.stationary(load: min(load, 0.98))
    guard queue > stationary.wait else {
      return (min(stationary.wait, longest), stationary.p99)
    }
    return (min(queue, longest), min(queue, longest) + kind.fullTime * kind.spread.p99)
  }
}

extension FluidLimit.Kind {
  /// The requests that a replica serves at a time when some wait.
  var mostInService: Double {
    switch service {
    case .batches(let batches): Double(batches.lanes * batches.maximumBatch)
    case .tokens(let tokens): tokens.capacity.running
    }
  }

  /// How long a request is served then, in seconds.
  var fullTime: Double {
    switch service {
    case .batches(let batches): batches.latency.times[batches.maximumBatch].inSeconds
    case .tokens(let tokens): tokens.capacity.timeFull
    }
  }

  /// The mean wait and the 99th percentile of the latency in equilibrium, in seconds.
  ///
  /// - Parameters:
  ///   - load: the rate ÷ the highest throughput, below 1.
  func stationary(load: Double) -> (wait: Double, p99: Double) {
    switch service {
    case .batches(let model):
      model.maximumBatch == 1 ? lanes(load, of: model) : batches(load, of: model)
    case .tokens(let model): tokens(load, model.capacity)
    }
  }

  /// A token engine, whose requests slow each other: at a load of ρ a request is served for T₀/(1 - ρ·(1 - T₀/T₁))
  /// seconds if it takes T₀ alone and T₁ in a full engine, as steps grow by an equal time for each that runs. Who finds
  /// the engine full waits as for one of as many servers as then run.
  private func tokens(_ load: Double, _ capacity: TokenCapacity) -> (wait: Double, p99: Double) {
    let (alone, full) = (capacity.timeAlone, max(capacity.timeAlone, capacity.timeFull))
    let time = full > 0 ? alone / (1 - load * (1 - alone / full)) : 0
    let servers = max(1, Double(max(1, open)) * capacity.running)
    let delayed = Self.delayed(load, servers)
    let each = time / (servers * (1 - load))
    let tail = delayed > 0.01 ? each * Elementary.log(delayed / 0.01) : 0
    return (delayed * each, time * spread.p99 + tail)
  }

  /// Lanes that serve one request each: M/G/c.
  ///
  /// The probability of a wait is ρ^(√(2(c+1)) - 1), and those who wait do so for
  /// T·(1 + cs²)/2 ÷ (c·(1 - ρ)) on average, exponentially. Sources: Sakasegawa, "An approximation formula
  /// Lq ≃ α·ρ^β/(1-ρ)", Annals of the Institute of Statistical Mathematics 29 (1977), DOI
  /// 10.1007/BF02532775; Allen, Probability, Statistics, and Queueing Theory (1990), section 5.3.
  private func lanes(
    _ load: Double, of service: BatchModel
  ) -> (wait: Double, p99: Double) {
    let servers = Double(max(1, open * service.lanes))
    let time = service.latency.times[1].inSeconds
    let delayed = Self.delayed(load, servers)
    let each = time * (1 + spread.squared) / 2 / (servers * (1 - load))
    let tail = delayed > 0.01 ? each * Elementary.log(delayed / 0.01) : 0
    return (delayed * each, time * spread.p99 + tail)
  }

  private static func delayed(_ load: Double, _ servers: Double) -> Double {
    guard load > 0 else { return 0 }
    return Elementary.exp(((2 * (servers + 1)).squareRoot() - 1) * Elementary.log(load))
  }

  /// Lanes with batches.
  ///
  /// A lane runs batches so large that it keeps up. Who comes while all lanes of a replica run waits for the
  /// next to end, half a batch time ÷ lanes on average, and for those that a full batch leaves behind:
  /// T/(2·c·B·(1 - ρ)) by the variance of Poisson arrivals within a batch (Kingman, "The single server queue
  /// in heavy traffic", Proceedings of the Cambridge Philosophical Society 57 (1961), DOI
  /// 10.1017/S0305004100036094). Who comes to a free lane waits for others, up to the longest delay.
  private func batches(
    _ load: Double, of service: BatchModel
  ) -> (wait: Double, p99: Double) {
    let each = load * throughput / Double(service.lanes)
    var (low, high) = (1, service.maximumBatch)
    while low < high {
      let middle = (low + high) / 2
      if sustained[middle] >= each { high = middle } else { low = middle + 1 }
    }
    let time = service.latency.times[low].inSeconds
    let lanes = Double(service.lanes)
    let servers = Double(max(1, open * service.lanes))
    // How much of the time a lane runs batches of that size.
    let busy = min(1, each * time / Double(low))
    let delayed = Self.delayed(busy, servers)
    let full = service.latency.times[service.maximumBatch].inSeconds
    let left = full / (2 * servers * Double(service.maximumBatch) * (1 - load))
    let delay = service.maximumDelay.inSeconds
    let wait = delayed * time / (2 * lanes) + (1 - delayed) * delay / 2 + left
    let tail = delayed > 0.01 ? max(delay, time / lanes) + 4.6 * left : delay
    return (wait, time * spread.p99 + tail)
  }
}

extension ReplicaPlace {
  /// Whether a replica serves the same model in the same way.
  fileprivate func isLike(_ other: ReplicaPlace) -> Bool {
    serves == other.serves && queueLimit == other.queueLimit && service == other.service
  }
}

extension ServiceTimeNoise {
  /// The squared coefficient of variation of times that have the noise, and their 99th percentile by the mean.
  var spread: (squared: Double, p99: Double) {
    switch self {
    case .none: (0, 1)
    // -ln 0.01
    case .exponential: (1, 4.605170185988091)
    case .law(let law):
      (
        min(law.coefficientOfVariation * law.coefficientOfVariation, 1e6), law.quantile(0.99)
      )
    }
  }
}
