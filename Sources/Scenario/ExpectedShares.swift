// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Workload

extension Scenario {
  /// The highest rate at which run.requests are expected to arrive in the time that is simulated, a second.
  ///
  /// - Complexity: O(minutes).
  package var highestRate: Double {
    var (time, end) = (Instant.start, Instant.start + run.horizon)
    if case .once(let window) = run.requests { (time, end) = (window.from, window.end) }
    var most = 0.0
    while time < end {
      most = max(most, workload.rate(at: time).rate.perSecond)
      time = time + .minutes(1)
    }
    return most
  }

  /// By model, the part of the run.requests that reach replicas which it gets when no queue is too long.
  package var modelShares: [Double] {
    var shares = fleet.models.map { _ in 0.0 }
    guard !policies.requests.areTrivial else {
      shares[policies.requests.requestedModel] = 1
      return shares
    }
    let plans = policies.requests.routing.textPlans
    for (plan, share) in zip(plans, workload.mix.textShares(count: plans.count)) {
      shares[policies.requests.routing.router.model(intendedBy: plan).index] += share
    }
    return shares
  }

  /// The part of the run.requests that reach replicas, as policies should have it: what the cache leaves.
  ///
  /// Of a content that is asked for n times on average in the life of an entry, n/(1 + n) of the run.requests hit
  /// (the alternating renewal process by which a window's cache is primed). Where more entries are expected
  /// than the cache holds, the life is the time after which an entry that nobody asks for is pushed out, as in
  /// Che, Tung and Wang, "Hierarchical web caching systems", IEEE Journal on Selected Areas in Communications
  /// 20 (2002), DOI 10.1109/JSAC.2002.801752. Left out: run.requests that join others.
  package var expectedEngineShare: Double {
    guard let cache = policies.requests.cache else { return 1 }
    if let rate = cache.fixedHitRate { return 1 - rate.fraction }
    let reused = ReusedContents(workload.mix)
    let seconds = max(1e-9, run.horizon.inSeconds)
    let rate = Double(workload.expectedRequests(for: run.horizon)) / seconds
    let life = cache.configuration.ttl.inSeconds
    let capacity = Double(cache.configuration.capacity)
    var (low, high) = (0.0, life)
    if reused.entries(requests: rate * life) > capacity {
      for _ in 0..<40 {
        let middle = (low + high) / 2
        let isFull = reused.entries(requests: rate * middle) > capacity
        if isFull { high = middle } else { low = middle }
      }
    } else {
      low = life
    }
    return 1 - reused.hits(requests: rate * low)
  }
}

/// How often contents are asked for again, from some hundreds of ranks of their popularity.
private struct ReusedContents {
  /// Contents that are about equally popular: the share of requests of each, and how many there are.
  private var ranks: [(share: Double, count: Double)] = []
  private let unique: Double
  private let deterministic: Double

  init(_ mix: RequestMix) {
    let shares = mix.contentShares
    deterministic = mix.deterministicShare
    unique = shares.first ?? 0
    var first = 1
    while first < shares.count {
      // Of the popular ones each, of the others ranks of a hundredth.
      let end = min(shares.count, first + max(1, first / 100))
      let middle = shares[(first + end - 1) / 2]
      for tenant in mix.tenantShares where tenant > 0 {
        ranks.append((middle * tenant, Double(end - first)))
      }
      first = end
    }
  }

  /// The entries that the cache holds when so many requests come in the life of one.
  func entries(requests: Double) -> Double {
    ranks.reduce(unique * requests) { sum, rank in
      let each = rank.share * requests
      return sum + rank.count * each / (1 + each)
    } * deterministic
  }

  /// The share of requests that hit when so many come in the life of an entry.
  func hits(requests: Double) -> Double {
    ranks.reduce(0) { sum, rank in
      let each = rank.share * requests
      return sum + rank.count * rank.share * each / (1 + each)
    } * deterministic
  }
}
