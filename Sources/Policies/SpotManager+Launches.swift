// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Asks for one machine.
  mutating func launch(
    in pool: Int, isFallback: Bool = false, isReplacement: Bool = false,
    into effects: inout EffectBuffer<Effect>
  ) {
    let id = LaunchID(launches.count)
    let request = Launch(
      pool: PoolID(pool), isFallback: isFallback, isReplacement: isReplacement)
    launches.append(request)
    pools[pool].committed += 1
    count(request, 1)
    effects.append(.launch(id, PoolID(pool)))
  }

  /// Ends a launch that was answered; nil for one that is unknown or had been answered before.
  @discardableResult
  mutating func end(_ launch: LaunchID) -> Launch? {
    guard launches.indices.contains(launch.index), launches[launch.index].state != .ended else {
      return nil
    }
    let request = launches[launch.index]
    if request.state == .open { count(request, -1) }
    pools[request.pool.index].committed -= 1
    launches[launch.index].state = .ended
    return request
  }

  /// Withdraws up to so many open launches of one kind, youngest first, and says how many.
  ///
  /// - Complexity: O(launches) at the most; it stops at the last open one.
  mutating func withdraw(
    _ limit: Int, fallbacks: Bool, in pool: Int? = nil, into effects: inout EffectBuffer<Effect>
  ) -> Int {
    var open = pools.indices.reduce(0) { sum, index in
      guard pool == nil || pool == index else { return sum }
      return sum + (fallbacks ? pools[index].fallbackRequested : pools[index].requested)
    }
    let withdrawn = min(limit, open)
    open = withdrawn
    for index in launches.indices.reversed() {
      guard open > 0 else { break }
      let request = launches[index]
      guard request.state == .open, request.isFallback == fallbacks,
        pool == nil || request.pool.index == pool
      else { continue }
      count(request, -1)
      launches[index].state = .cancelled
      effects.append(.cancel(LaunchID(index)))
      open -= 1
    }
    return withdrawn
  }

  /// Counts an open fallback launch of a pool as its own for good, and says whether there was one.
  mutating func keepFallbackLaunch(in pool: Int) -> Bool {
    guard pools[pool].fallbackRequested > 0,
      let index = launches.lastIndex(where: {
        $0.state == .open && $0.isFallback && $0.pool.index == pool
      })
    else { return false }
    count(launches[index], -1)
    launches[index].isFallback = false
    count(launches[index], 1)
    return true
  }

  private mutating func count(_ request: Launch, _ change: Int) {
    if request.isFallback {
      pools[request.pool.index].fallbackRequested += change
    } else {
      pools[request.pool.index].requested += change
    }
  }
}
