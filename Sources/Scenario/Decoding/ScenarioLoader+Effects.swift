// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Serving

/// What was written, can be read, and changes nothing: an error where it can only be a mistake, else a warning.
extension ScenarioLoader {
  /// Reports pools whose range of machines nothing makes use of.
  func reportUnusedRanges(
    _ pools: [DecodedPool], _ policies: DecodedPolicies, isScaled: Bool,
    into diagnostics: inout Diagnostics
  ) {
    let followsTarget = (isScaled || policies.machines != nil) && policies.rule == .production
    let fallsBack = policies.fallsBack && pools.contains { $0.pool.cloud.market == .spot }
    for pool in pools where pool.pool.cloud.market == .onDemand {
      guard let range = pool.range, pool.maximum > pool.highestMinimum, !fallsBack,
        !followsTarget
      else { continue }
      range.report(
        .rule(
          .effect,
          isScaled
            ? "has no effect: under spot.policy: reference only spot pools are scaled; give one number"
            : "has no effect: nothing asks for more than min; give policies.autoscaler, "
              + "policies.spot.machines or policies.spot.fallback: onDemand, or one number"),
        into: &diagnostics)
    }
  }

  /// What a reader may not expect of the policies, each with its place.
  func warnings(
    of policies: MappingReader?, _ pools: [DecodedPool], into diagnostics: inout Diagnostics
  ) -> [String] {
    guard var policies else { return [] }
    var warnings: [String] = []
    func warn(_ reader: MappingReader, _ keys: [String], because reason: String) {
      let given = keys.filter { reader.isGiven($0) }
      guard !given.isEmpty else { return }
      warnings.append("\(reader.place): no effect of \(given.joined(separator: ", ")): \(reason)")
    }
    if policies.isMapping("cache"),
      let cache = policies.mapping("cache", .optional, into: &diagnostics),
      cache.isGiven("hit_rate")
    {
      warn(cache, ["ttl", "jitter", "capacity"], because: "hit_rate says how often it answers")
    }
    if !pools.contains(where: { $0.pool.cloud.market == .spot }),
      let spot = policies.mapping("spot", .optional, into: &diagnostics)
    {
      let keys = [
        "overprovision", "zone_cap", "zone_loss_floor", "rebalance", "drain_guard", "hold",
        "failback_after", "migrations",
      ]
      warn(spot, keys, because: "no pool is on spot")
    }
    return warnings
  }

  /// What a reader may not expect of the pools, each with its place.
  func warnings(
    of pools: [DecodedPool], _ shared: SharedParts, _ policies: DecodedPolicies, isScaled: Bool
  ) -> [String] {
    var warnings: [String] = []
    let followsTarget = isScaled || policies.machines != nil
    for pool in pools where pool.pool.cloud.market == .spot {
      let cloud = pool.pool.cloud
      if let range = pool.range, !followsTarget, pool.pool.schedule == nil,
        pool.maximum > pool.minimum
      {
        warnings.append(
          "\(range.location): \(range.keyPath): min has no effect: without policies.autoscaler or "
            + "policies.spot.machines a spot pool always wants its max")
      }
      guard !shared.interrupts(cloud) else { continue }
      warnings.append(
        "\(pool.place): its spot machines are never taken back: neither it nor its zone has a lifetime, "
          + "longest_life, shocks, or a capacity that drops")
      if let notice = pool.notice, cloud.supply.notice != .none {
        warnings.append("\(notice): has no effect: nothing takes the machines of this pool back")
      }
    }
    for zone in shared.zones {
      let isUsed = pools.contains {
        $0.pool.cloud.market == .spot && $0.pool.cloud.zone == zone.name
      }
      if !isUsed { warnings.append("zones.\(zone.name): has no effect: no spot pool stands in it") }
    }
    return warnings
  }
}

extension SharedParts {
  /// Whether anything ever takes a machine of a pool back.
  func interrupts(_ pool: PoolModel) -> Bool {
    pool.supply.lifetime != nil || pool.supply.longestLife != nil
      || pool.supply.shocks.contains { shocks[$0].takes > .zero }
      || pool.supply.places.contains { $0 != .always }
      || pool.supply.shared.contains { capacities[$0].drop != .block }
  }
}
