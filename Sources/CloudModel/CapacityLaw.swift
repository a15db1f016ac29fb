// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// When a place in a pool can be had and kept.
///
/// While a place is up a machine can be launched in it; when it goes down its machine is taken back.
/// Places of a pool follow the same law, apart from the phase of a schedule.
package enum CapacityLaw: Sendable, Equatable {
  /// It can always be had.
  case always
  /// It is up and down for fixed times in turn; the scenario starts `phase` into a cycle.
  case schedule(up: TimeSpan, down: TimeSpan, phase: TimeSpan)
  /// It is up and down for independent random times in turn, in seconds.
  case renewal(up: Distribution, down: Distribution)

  /// The share of time in which the place is up.
  package var availability: Double {
    switch self {
    case .always: 1
    case .schedule(let up, let down, _): up.inSeconds / (up + down).inSeconds
    case .renewal(let up, let down): up.mean / (up.mean + down.mean)
    }
  }

  /// Whether random draws decide it.
  package var isRandom: Bool {
    if case .renewal = self { true } else { false }
  }
}

/// One place of a pool going up and down over time.
package struct CapacityProcess: Sendable {
  private let law: CapacityLaw
  private let stream: RandomStream
  private var period: UInt64 = 1
  /// Whether a machine can be had and kept now.
  package private(set) var isUp: Bool
  /// When that changes; ``Instant/never`` when it does not.
  package private(set) var nextChange: Instant

  /// A place whose process is in its stationary law at `start`.
  ///
  /// An alternating renewal process is up with the share of its mean up time, and what remains of its
  /// period follows the equilibrium law of that period: a fleet that started with every place up would
  /// understate interruptions. Source: Cox, Renewal Theory (1962), sections 5.4 and 7.1.
  package init(_ law: CapacityLaw, stream: RandomStream, at start: Instant) {
    self.law = law
    self.stream = stream
    switch law {
    case .always:
      isUp = true
      nextChange = .never
    case .schedule(let up, let down, let phase):
      let cycle = (up + down).nanoseconds
      let position = (((start.nanoseconds + phase.nanoseconds) % cycle) + cycle) % cycle
      isUp = position < up.nanoseconds
      let end = isUp ? up.nanoseconds : cycle
      nextChange = start + TimeSpan(nanoseconds: end - position)
    case .renewal(let up, let down):
      var draws = stream.draws(of: 0)
      isUp = draws.nextUniform() < law.availability
      let residual = (isUp ? up : down).sampleEquilibriumResidual(from: &draws)
      nextChange = start + Self.positive(residual)
    }
  }

  /// Goes through the change that was due.
  package mutating func change() {
    isUp.toggle()
    switch law {
    case .always:
      preconditionFailure("a place that can always be had does not change")
    case .schedule(let up, let down, _):
      nextChange = nextChange + (isUp ? up : down)
    case .renewal(let up, let down):
      var draws = stream.draws(of: period)
      period += 1
      nextChange = nextChange + Self.positive((isUp ? up : down).sample(from: &draws))
    }
  }

  /// A span of at least a microsecond, so that every period ends after it began.
  private static func positive(_ seconds: Double) -> TimeSpan {
    max(.microseconds(1), TimeSpan(roundingToMicroseconds: min(seconds, 4e9)))
  }
}
