// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Asks for one machine.
  mutating func launch(
    in pool: Int, isFallback: Bool = false, isReplacement: Bool = false, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    let request = launches.ask(
      in: PoolID(pool), isFallback: isFallback, isReplacement: isReplacement, at: now)
    pools[pool].committed += 1
    count(request, 1)
    effects.append(.launch(request.id, PoolID(pool)))
  }

  /// Ends a launch that was answered; nil for one that is unknown or had been answered before.
  @discardableResult
  mutating func end(_ launch: LaunchID) -> Launch? {
    guard let request = launches[launch], request.state != .ended else { return nil }
    if request.state == .open { count(request, -1) }
    pools[request.pool.index].committed -= 1
    launches.end(launch)
    return request
  }

  /// Withdraws up to so many open launches of one kind, youngest first, and says how many.
  ///
  /// - Complexity: O(launches) at the most; it stops at the last open one.
  mutating func withdraw(
    _ limit: Int, fallbacks: Bool, in pool: Int? = nil, into effects: inout EffectBuffer<Effect>
  ) -> Int {
    let all = pools.indices.reduce(0) { sum, index in
      guard pool == nil || pool == index else { return sum }
      return sum + (fallbacks ? pools[index].fallbackRequested : pools[index].requested)
    }
    let open = min(limit, all)
    let found = launches.youngest(open) {
      $0.state == .open && $0.isFallback == fallbacks && (pool == nil || $0.pool.index == pool)
    }
    for request in found { cancel(request, into: &effects) }
    return open
  }

  /// Withdraws an open launch.
  mutating func cancel(_ request: Launch, into effects: inout EffectBuffer<Effect>) {
    count(request, -1)
    launches.update(request.id) { $0.state = .cancelled }
    effects.append(.cancel(request.id))
  }

  /// Counts an open fallback launch of a pool as its own for good, and says whether there was one.
  mutating func keepFallbackLaunch(in pool: Int) -> Bool {
    guard pools[pool].fallbackRequested > 0,
      var request = launches.youngest(
        1, where: { $0.state == .open && $0.isFallback && $0.pool.index == pool }
      ).first
    else { return false }
    count(request, -1)
    request.isFallback = false
    launches.update(request.id) { $0.isFallback = false }
    count(request, 1)
    return true
  }

  mutating func count(_ request: Launch, _ change: Int) {
    if request.isFallback {
      pools[request.pool.index].fallbackRequested += change
    } else {
      pools[request.pool.index].requested += change
    }
  }
}
