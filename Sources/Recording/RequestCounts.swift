// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// How many requests arrived and how each ended.
@usableFromInline
package struct RequestCounts: Sendable, Equatable {
  /// Requests that arrived in the measured part of the run.
  @usableFromInline package var arrived: UInt64 = 0
  /// How many ended in each way, by raw value of the outcome.
  @usableFromInline package var ended: [UInt64]

  /// No request yet.
  package init() {
    ended = RequestOutcome.allCases.map { _ in 0 }
  }

  /// How many ended in that way.
  @inlinable
  package subscript(outcome: RequestOutcome) -> UInt64 {
    get { ended[Int(outcome.rawValue)] }
    set { ended[Int(outcome.rawValue)] = newValue }
  }

  /// Requests that arrived and have not ended.
  ///
  /// - Precondition: no more ended than arrived.
  package var inFlight: UInt64 { arrived - ended.reduce(0, +) }

  /// Requests that were answered inside the client's timeout.
  package var answered: UInt64 {
    RequestOutcome.allCases.reduce(0) { $1.isAnswered ? $0 + self[$1] : $0 }
  }

  /// Adds counts, each so many times.
  package mutating func add(_ other: RequestCounts, times weight: UInt64) {
    arrived += other.arrived * weight
    for outcome in RequestOutcome.allCases { self[outcome] += other[outcome] * weight }
  }

  /// Takes away what had been counted earlier.
  ///
  /// - Precondition: no count was higher then.
  package mutating func subtract(_ earlier: RequestCounts) {
    arrived -= earlier.arrived
    for outcome in RequestOutcome.allCases { self[outcome] -= earlier[outcome] }
  }

  /// Both together.
  package static func + (left: RequestCounts, right: RequestCounts) -> RequestCounts {
    var sum = left
    sum.arrived += right.arrived
    for outcome in RequestOutcome.allCases { sum[outcome] += right[outcome] }
    return sum
  }
}
