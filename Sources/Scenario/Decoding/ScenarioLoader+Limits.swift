// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Numerics
import Quantities

/// How much may happen to machines in a replication, so that it ends within seconds.
extension ScenarioLoader {
  /// The most events of machines that a replication is expected to have.
  static var mostFleetEvents: Double { 1_600_000 }

  /// Reports a fleet whose machines come and go more often than can be simulated.
  ///
  /// What is counted is what the laws make one expect over the horizon and the time before it in which machines
  /// come and go unmeasured.
  func reportTooManyEvents(
    _ pools: [DecodedPool], _ shared: SharedParts, _ policies: DecodedPolicies,
    _ horizon: TimeSpan, _ root: MappingReader, into diagnostics: inout Diagnostics
  ) {
    let warmUp = pools.contains { $0.pool.cloud.launch != .ideal } ? Scenario.slowWarmUp : .zero
    let time = (horizon + warmUp).inSeconds
    var counts: [(what: String, count: Double)] = []
    for capacity in shared.capacities {
      counts.append(("capacity of \(capacity.name)", capacity.law.changes(in: time)))
    }
    for shock in shared.shocks {
      counts.append(("shocks of \(shock.name)", time / shock.every.inSeconds))
    }
    for pool in pools where pool.maximum > 0 {
      let cloud = pool.pool.cloud
      let places = cloud.supply.places.reduce(0) { $0 + $1.changes(in: time) }
      counts.append(("places of pool \(cloud.name)", places))
      counts.append(("machines of pool \(cloud.name)", events(pool, shared, policies, time)))
      if let law = cloud.priceLaw, let jumps = law.jumps {
        let span = horizon.inSeconds + 30 * law.reversion.inSeconds
        counts.append(("price jumps of pool \(cloud.name)", span / jumps.every.inSeconds))
      }
    }
    let sum = counts.reduce(0) { $0 + $1.count }
    guard !(sum <= Self.mostFleetEvents), let most = counts.max(by: { $0.count < $1.count }) else {
      return
    }
    root.report(
      .beyond(
        .limit,
        found: "about \(Self.rounded(sum)) events of machines expected in a replication, of which "
          + "\(Self.rounded(most.count)) are \(most.what)",
        allowed: "at most 1600000; let them be rarer, or the horizon shorter"), of: "fleet",
      into: &diagnostics)
  }

  /// How often machines of a pool are launched, in vain or not, at the most that it may have.
  private func events(
    _ pool: DecodedPool, _ shared: SharedParts, _ policies: DecodedPolicies, _ time: Double
  ) -> Double {
    let cloud = pool.pool.cloud
    var answer = 0.0
    if case .staged(let stages) = cloud.launch { answer = stages.answer.mean }
    var available = cloud.supply.places.first?.availability(ofPlace: 0) ?? 1
    for number in cloud.supply.shared {
      available *= shared.capacities[number].law.availability(ofPlace: 0)
    }
    let hazard = shared.hazard(of: cloud)
    // Each life takes its length and the launch of the next machine; each refusal the longest back-off.
    let lives = hazard > 0 ? time * available / (1 / hazard + answer) : 0
    let refusals =
      cloud.launch == .ideal
      ? 0 : time * (1 - available) / (answer + policies.maximumBackOff.inSeconds)
    return Double(pool.maximum) * (lives + refusals)
  }

  private static func rounded(_ count: Double) -> String {
    count < 1e15 ? "\(Int64(count.rounded()))" : "countless"
  }
}

extension CapacityLaw {
  /// How often it is expected to change in a time, in seconds.
  fileprivate func changes(in time: Double) -> Double {
    switch self {
    case .always: 0
    case .schedule(let up, let down, _): 2 * time / (up + down).inSeconds
    case .renewal(let up, let down): 2 * time / max(2e-6, up.mean + down.mean)
    case .replay(let trace, _):
      Double(trace.changes.count) * time / trace.length.inSeconds
    }
  }
}
