// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

/// How much one replication of a scenario is expected to take, before anything runs: an estimate.
package struct ExpectedWork: Sendable, Equatable {
  /// Requests that are simulated, measured or not.
  package let requests: Double
  /// Launches and ends of machines, changes of what can be had, and minutes in which policies look.
  package let events: Double

  /// Requests, and events at what one of them takes in requests: about ten.
  package var units: Double { max(1, requests + 10 * events) }

  /// The work of a replication.
  ///
  /// - Complexity: O(minutes of the horizon).
  package init(of scenario: Scenario) {
    requests = Self.requests(of: scenario)
    events = Self.events(of: scenario)
  }

  private static func requests(of scenario: Scenario) -> Double {
    let workload = scenario.workload
    switch scenario.run.requests {
    case .once(let window):
      let warmUp = min(window.warmUp, window.from - .start)
      return Double(
        workload.expectedRequests(from: window.from - warmUp, for: window.length + warmUp))
    case .sampled(let sample):
      let simulated = Double(sample.windows) * (sample.length + sample.warmUp).inSeconds
      let all = Double(workload.expectedRequests(for: scenario.run.horizon))
      let certain = min(Double(sample.certainRequests), highLoad(of: scenario, sample))
      return min(all, certain + all * min(1, simulated / scenario.run.horizon.inSeconds))
    }
  }

  /// The requests that are expected while the fleet as it is wanted has more than the load that is simulated whole.
  private static func highLoad(
    of scenario: Scenario, _ sample: Scenario.RequestSample
  ) -> Double {
    let limit = scenario.maximumThroughput * sample.certainLoad.fraction
    let step = TimeSpan.minutes(10)
    var (now, sum) = (Instant.start, 0.0)
    while now < .start + scenario.run.horizon {
      let rate = scenario.workload.rate(at: now).rate.perSecond
      if rate > limit { sum += rate * step.inSeconds }
      now = now + step
    }
    return sum
  }

  private static func events(of scenario: Scenario) -> Double {
    let horizon = scenario.run.horizon.inSeconds
    let machines = scenario.fleet.pools.reduce(0.0) { sum, pool in
      let lives = pool.cloud.lifetime.map { horizon / max($0.mean, 1e-9) } ?? 0
      let longest = pool.cloud.longestLife.map { horizon / $0.inSeconds } ?? 0
      let shocks = pool.cloud.shocks.reduce(0.0) { sum, number in
        let shock = scenario.fleet.shocks[number]
        return sum + shock.takes.fraction * horizon / shock.every.inSeconds
      }
      return sum + Double(pool.wanted) * (1 + lives + longest + shocks)
    }
    let capacities = scenario.fleet.sharedCapacities.reduce(0.0) {
      $0 + changes(of: $1.law, in: horizon)
    }
    let places = scenario.fleet.pools.reduce(0.0) { sum, pool in
      sum + pool.cloud.places.reduce(0.0) { $0 + changes(of: $1, in: horizon) }
    }
    let shocks = scenario.fleet.shocks.reduce(0.0) { $0 + horizon / $1.every.inSeconds }
    return 4 * machines + capacities + places + shocks + horizon / 60
  }

  /// How often a law changes in so many seconds.
  private static func changes(of law: CapacityLaw, in horizon: Double) -> Double {
    switch law {
    case .always: 0
    case .schedule(let up, let down, _): 2 * horizon / max((up + down).inSeconds, 1e-9)
    case .renewal(let up, let down): 2 * horizon / max(up.mean + down.mean, 1e-9)
    case .replay(let trace, _):
      Double(trace.changes.count) * max(1, horizon / trace.length.inSeconds)
    }
  }
}
