// SPDX-License-Identifier: Apache-2.0

import Quantities
import RandomStreams
import Serving

extension SpotManager {
  /// Why a machine was given back.
  public enum ReleaseReason: String, Sendable, Codable, CaseIterable {
    /// Spot is back for it.
    case failback
    /// The target does not ask for it.
    case surplus
    /// Its launch had been withdrawn.
    case unwanted
    /// The cloud recommended to leave it, and its replacement is ready.
    case atRisk
    /// Nobody asked for it, and none is missing.
    case unasked
    /// It was being given back when it was found.
    case resumed
    /// It did not become ready in its time.
    case overdue
    /// It failed its health checks.
    case unhealthy
  }

  /// Why a machine was asked for.
  public enum LaunchReason: String, Sendable, CaseIterable {
    /// There are fewer machines than there should be.
    case missing
    /// It stands in for a spot machine that is missing.
    case fallback
  }

  /// Why a launch was asked for; nil for one that was not, or that was answered long ago.
  public func reason(of launch: LaunchID) -> LaunchReason? {
    launches[launch].map { $0.isFallback ? .fallback : .missing }
  }

  /// Why a machine was given back; nil for one that was not, or that is gone.
  public func releaseReason(of machine: MachineID) -> ReleaseReason? {
    self[machine]?.releaseReason
  }

  /// What all machines that are not gone and all launches that are not answered cost an hour, with what
  /// commitments cost.
  ///
  /// - Complexity: O(pools).
  public var committedRate: HourlyPrice { committedRate(withOneMoreOf: nil) }

  private func committedRate(withOneMoreOf extra: Int?) -> HourlyPrice {
    var covered = configuration.coveredMachines
    var rate = Int128(configuration.commitmentRate.nanodollarsPerHour)
    for (pool, terms) in terms.enumerated() {
      var paid = pools[pool].committed + (pool == extra ? 1 : 0)
      if terms.market == .onDemand {
        let free = min(covered, paid)
        covered -= free
        paid -= free
      }
      rate += Int128(paid) * Int128(terms.price.nanodollarsPerHour)
    }
    // Half of what there is room for: what is compared with it may add a price.
    return HourlyPrice(nanodollarsPerHour: Int64(min(rate, Int128(Int64.max / 2))))
  }

  /// Whether one machine more of a pool keeps within the budget with so much to spare.
  ///
  /// - Complexity: O(pools).
  func affords(
    _ pool: Int, leaving reserve: HourlyPrice = HourlyPrice(nanodollarsPerHour: 0)
  ) -> Bool {
    guard let budget = configuration.budget else { return true }
    let rate = committedRate(withOneMoreOf: pool)
    return rate.nanodollarsPerHour + reserve.nanodollarsPerHour <= budget.nanodollarsPerHour
  }

  /// What the spot machine that comes back first costs.
  var cheapestSpotPrice: HourlyPrice {
    acceptable.first.map { terms[$0].price } ?? HourlyPrice(nanodollarsPerHour: 0)
  }

  // MARK: Machines whose end is near

  /// Takes in that a spot machine may be taken back soon: it serves on while another is asked for.
  mutating func putAtRisk(
    _ id: MachineID, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    guard configuration.replacesAtRisk, var machine = self[id], machine.state == .ready,
      !machine.isAtRisk, configuration.pools[machine.pool.index].market == .spot
    else { return }
    machine.isAtRisk = true
    machines.update(id) { $0.isAtRisk = true }
    pools[machine.pool.index].atRisk += 1
    // The pool is no place for the replacement where there are others.
    interrupted(machine, at: now)
    effects.append(.avoid(id))
  }

  /// Gives machines at risk back once those that were launched for them are ready.
  mutating func giveUpAtRisk(into effects: inout EffectBuffer<Effect>) {
    var atRisk = spotByCost.reduce(0) { $0 + pools[$1].atRisk }
    guard atRisk > 0 else { return }
    let kept = spotByCost.reduce(0) { sum, pool in
      target == nil || firm.contains(pool) ? sum + pools[pool].wanted : sum
    }
    let ready = spotByCost.reduce(0) { $0 + pools[$1].ready - pools[$1].atRisk }
    atRisk = min(atRisk, atRisk + ready - kept - (target == nil ? 0 : plan.kept))
    guard atRisk > 0 else { return }
    let leaving = alive.all { id in self[id].map { isAlive($0) && $0.isAtRisk } == true }
    for id in leaving.prefix(atRisk) {
      release(id, because: .atRisk, into: &effects)
    }
  }

  /// Has machines hand over what they serve when their end is as near as the guard.
  mutating func handOver(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    while let next = draining.first {
      if self[next.machine] == nil {
        draining.removeFirst()
      } else if next.due <= now {
        effects.append(.evacuate(next.machine))
        draining.removeFirst()
      } else {
        wake(at: next.due, into: &effects)
        return
      }
    }
  }

  // MARK: The cloud's interface

  /// Leaves the interface alone, twice as long as the last time, spread by half by the launch's number.
  ///
  /// Pools are not blamed. Exponential back-off with jitter: M. Brooker, "Exponential Backoff And
  /// Jitter", AWS Architecture Blog, 2015.
  mutating func slowDown(_ launch: LaunchID, at now: Instant) {
    guard now >= throttledUntil else { return }
    throttle = min(max(.seconds(1), throttle * 2), configuration.longestThrottle)
    let spread = mixed(UInt64(launch.index)) >> 40
    let half = throttle.nanoseconds / 2
    let later = Int64(truncatingIfNeeded: (Int128(half) * Int128(spread)) >> 24)
    throttledUntil = now + TimeSpan(nanoseconds: half + later)
  }
}
