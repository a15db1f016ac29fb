// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// A capacity that several places share: that of a region, a zone or a whole pool.
///
/// Places of a pool are counted from 0; a place can be had while the capacity of everything that it
/// depends on is above its number. A zone that depends on a region is thus up while the region's process
/// AND its own are, which correlates zones in their states, as measured ones are.
package struct SharedCapacity: Sendable, Equatable {
  /// What a fall of the capacity does to the machines in places that it no longer covers.
  package enum Drop: String, Sendable, CaseIterable {
    /// The cloud takes them back, and sells no other until it rises again.
    case interrupt
    /// They stay; the cloud sells no other until it rises again.
    case block
    /// The cloud takes them back, and would sell others at once.
    case replace
  }

  /// The name that its draws are named by.
  package let name: String
  /// How it goes up and down.
  package let law: CapacityLaw
  /// What happens when it falls.
  package let drop: Drop

  /// A capacity of those values.
  package init(name: String, law: CapacityLaw, drop: Drop) {
    self.name = name
    self.law = law
    self.drop = drop
  }

  /// The number that names its random draws.
  package var entity: UInt32 { entityNumber(of: name) }
}

/// Shocks that take many machines at once: at random, each machine with the same probability.
///
/// Source: Marshall and Olkin, "A multivariate exponential distribution", Journal of the American
/// Statistical Association 62 (1967), DOI 10.1080/01621459.1967.10482885.
package struct ShockLaw: Sendable, Equatable {
  /// The name that its draws are named by.
  package let name: String
  /// The mean time between shocks, which come as a Poisson process.
  package let every: TimeSpan
  /// The probability of each machine in reach to be taken.
  package let takes: Share

  /// Shocks of those values.
  ///
  /// - Precondition: some time passes between them.
  package init(name: String, every: TimeSpan, takes: Share) {
    precondition(every > .zero, "shocks are rarer than at every instant")
    self.name = name
    self.every = every
    self.takes = takes
  }

  /// The number that names its random draws.
  package var entity: UInt32 { entityNumber(of: name) }
}

/// The times of shocks, as far as anyone asked.
package struct ShockTimes: Sendable {
  private let law: ShockLaw
  private let stream: RandomStream
  private var times: [Instant] = []
  private let start: Instant

  /// The shocks of a law after an instant; a Poisson process is stationary from any.
  package init(_ law: ShockLaw, stream: RandomStream, after start: Instant) {
    self.law = law
    self.stream = stream
    self.start = start
  }

  /// The first shock after an instant that takes the machine in a place; nil for none before `limit`.
  ///
  /// - Parameters:
  ///   - victims: the draws of that place, one for each shock.
  /// - Complexity: O(log shocks + shocks from the instant up to `limit`).
  package mutating func next(
    after instant: Instant, before limit: Instant, victims: RandomStream
  ) -> Instant? {
    // Those that were before take nothing any more.
    var (number, end) = (0, times.count)
    while number < end {
      let middle = (number + end) / 2
      if times[middle] <= instant { number = middle + 1 } else { end = middle }
    }
    while true {
      if number == times.count {
        var draws = stream.draws(of: UInt64(number))
        let gap = law.every.inSeconds * draws.nextExponential()
        let last = times.last ?? start
        times.append(
          last + max(.microseconds(1), TimeSpan(roundingToMicroseconds: min(gap, 4e9))))
      }
      let time = times[number]
      guard time < limit else { return nil }
      if time > instant {
        var draws = victims.draws(of: UInt64(number))
        if draws.nextUniform() < law.takes.fraction { return time }
      }
      number += 1
    }
  }
}

/// A number for a name: equal wherever the name is, whatever stands beside it.
package func entityNumber(of name: String, _ part: Int = 0) -> UInt32 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
  for byte in name.utf8 { hash = mixed(hash ^ UInt64(byte)) }
  return UInt32(truncatingIfNeeded: mixed(hash ^ UInt64(part) << 8))
}
