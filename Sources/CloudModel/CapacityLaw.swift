// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// How many machines can be had over time: of a place, a pool, a zone or a region.
package enum CapacityLaw: Sendable, Equatable {
  /// As many as anyone wants.
  case always
  /// As many as anyone wants and none for fixed times in turn; the scenario starts `phase` into a cycle.
  case schedule(up: TimeSpan, down: TimeSpan, phase: TimeSpan)
  /// As many as anyone wants and none for independent random times in turn, in seconds.
  case renewal(up: Distribution, down: Distribution)
  /// As many as were measured, over and over; from a time of the trace on, or from one drawn at random.
  case replay(AvailabilityTrace, from: TimeSpan?)

  /// The share of time in which more than `index` machines can be had.
  package func availability(ofPlace index: Int) -> Double {
    switch self {
    case .always: 1
    case .schedule(let up, let down, _): up.inSeconds / (up + down).inSeconds
    case .renewal(let up, let down): up.mean / (up.mean + down.mean)
    case .replay(let trace, _): trace.share(ofAtLeast: index + 1)
    }
  }

  /// Whether random draws decide it.
  package var isRandom: Bool { purpose != nil }

  /// What is drawn for it; `nil` where nothing is.
  package var purpose: StreamPurpose? {
    switch self {
    case .always, .schedule: nil
    case .renewal: .capacity
    case .replay(_, let from): from == nil ? .traceEntry : nil
    }
  }
}

/// A capacity that goes up and down over time.
package struct CapacityProcess: Sendable {
  private let law: CapacityLaw
  private let stream: RandomStream
  private var period: UInt64 = 1
  /// The change of a replayed trace that holds now, and when the trace last began.
  private var position = 0
  private var traceStart = Instant.start
  /// How many machines can be had now.
  package private(set) var count: Int
  /// When that changes; ``Instant/never`` when it does not.
  package private(set) var nextChange: Instant

  /// A process in its stationary law at `start`.
  ///
  /// An alternating renewal process is up with the share of its mean up time, and what remains of its
  /// period follows the equilibrium law of that period: a fleet that started with every place up would
  /// understate interruptions. Source: Cox, Renewal Theory (1962), sections 5.4 and 7.1. A trace is
  /// entered at the same share of its length by every process of a replication, so that traces of one
  /// time stay side by side.
  ///
  /// - Parameters:
  ///   - entry: where traces without a time of their own are entered, from 0 to below 1.
  /// - Complexity: O(log changes) of a trace.
  package init(_ law: CapacityLaw, stream: RandomStream, entry: Double, at start: Instant) {
    self.law = law
    self.stream = stream
    switch law {
    case .always:
      count = .max
      nextChange = .never
    case .schedule(let up, let down, let phase):
      let cycle = (up + down).nanoseconds
      let position = (((start.nanoseconds + phase.nanoseconds) % cycle) + cycle) % cycle
      let isUp = position < up.nanoseconds
      count = isUp ? .max : 0
      let end = isUp ? up.nanoseconds : cycle
      nextChange = start + TimeSpan(nanoseconds: end - position)
    case .renewal(let up, let down):
      var draws = stream.draws(of: 0)
      let isUp = draws.nextUniform() < law.availability(ofPlace: 0)
      count = isUp ? .max : 0
      let residual = (isUp ? up : down).sampleEquilibriumResidual(from: &draws)
      nextChange = start + Self.positive(residual)
    case .replay(let trace, let from):
      let length = trace.length.nanoseconds
      let random = Int64((Double(length) * entry).rounded(.down))
      // A stated time is that of the scenario's start.
      let stated = from.map { (($0.nanoseconds + start.nanoseconds) % length + length) % length }
      let offset = TimeSpan(nanoseconds: stated ?? random)
      traceStart = start - offset
      position = trace.position(at: offset)
      count = trace.changes[position].count
      nextChange = .never
      nextChange = change(after: position, of: trace)
    }
  }

  /// Goes through the change that was due.
  package mutating func change() {
    switch law {
    case .always:
      preconditionFailure("a capacity that is always there does not change")
    case .schedule(let up, let down, _):
      count = count == 0 ? .max : 0
      nextChange = nextChange + (count > 0 ? up : down)
    case .renewal(let up, let down):
      count = count == 0 ? .max : 0
      var draws = stream.draws(of: period)
      period += 1
      nextChange = nextChange + Self.positive((count > 0 ? up : down).sample(from: &draws))
    case .replay(let trace, _):
      if position + 1 == trace.changes.count { traceStart = traceStart + trace.length }
      position = (position + 1) % trace.changes.count
      count = trace.changes[position].count
      nextChange = change(after: position, of: trace)
    }
  }

  /// When the number that can be had next falls from above `index` to `index` or less.
  ///
  /// ``Instant/never`` when that never happens, or when it cannot be known yet: a renewal process that is
  /// down has not drawn how long it will be up.
  ///
  /// - Complexity: O(changes) of a trace, else O(1).
  package func fall(ofPlace index: Int) -> Instant {
    guard case .replay(let trace, _) = law else { return count > index ? nextChange : .never }
    var (place, start, before) = (position, traceStart, count)
    for _ in 0..<2 * trace.changes.count {
      if place + 1 == trace.changes.count { start = start + trace.length }
      place = (place + 1) % trace.changes.count
      let next = trace.changes[place].count
      if before > index, next <= index { return start + trace.changes[place].at }
      before = next
    }
    return .never
  }

  private func change(after position: Int, of trace: AvailabilityTrace) -> Instant {
    guard trace.changes.count > 1 else { return .never }
    return position + 1 < trace.changes.count
      ? traceStart + trace.changes[position + 1].at : traceStart + trace.length
  }

  /// A span of at least a microsecond, so that every period ends after it began.
  private static func positive(_ seconds: Double) -> TimeSpan {
    max(.microseconds(1), TimeSpan(roundingToMicroseconds: min(seconds, 4e9)))
  }
}
