// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Quantities
import Serving
import Statistics

/// Counts how requests end while a replication runs; tells nothing back.
@usableFromInline
package struct RequestRecorder: ~Copyable {
  /// How requests ended.
  @usableFromInline package var counts = RequestCounts()
  /// End-to-end latency of answered requests.
  @usableFromInline package var latency: LatencyHistogram
  /// Time from arrival to the start of the batch, of answered requests.
  @usableFromInline package var wait: LatencyHistogram
  @usableFromInline var offered: Column<UInt32>
  @usableFromInline var answered: Column<UInt32>
  /// Tokens of prompts of completed requests.
  @usableFromInline package var promptTokens: Int64 = 0
  /// Tokens of answers of completed requests.
  @usableFromInline package var outputTokens: Int64 = 0
  /// Measured requests that arrived and have not ended.
  @usableFromInline package var inFlight: Int64 = 0

  /// A recorder for so many measured minutes.
  package init(edges: [Int64], minutes: Int) {
    latency = LatencyHistogram(edges: edges)
    wait = LatencyHistogram(edges: edges)
    offered = Column(repeating: 0, count: minutes)
    answered = Column(repeating: 0, count: minutes)
  }

  /// Counts a measured request that arrived in a minute.
  @inlinable
  package mutating func arrived(minute: Int32) {
    counts.arrived += 1
    inFlight += 1
    offered[Int(minute)] += 1
  }

  /// Counts a measured request that a replica answered in time.
  @inlinable
  package mutating func completed(
    latency time: TimeSpan, wait waited: TimeSpan, minute: Int32, promptTokens prompt: UInt32,
    outputTokens output: UInt32
  ) {
    counts[.completed] += 1
    inFlight -= 1
    answered[Int(minute)] += 1
    latency.record(time.nanoseconds)
    wait.record(waited.nanoseconds)
    promptTokens += Int64(prompt)
    outputTokens += Int64(output)
  }

  /// Counts a measured request that got no answer in time.
  @inlinable
  package mutating func unanswered(_ outcome: RequestOutcome) {
    counts[outcome] += 1
    inFlight -= 1
  }

  /// The minutes in which anything arrived, and those of them in which 99 % were answered.
  package var minutes: (offered: UInt64, available: UInt64) {
    var result: (offered: UInt64, available: UInt64) = (0, 0)
    for minute in 0..<offered.count where offered[minute] > 0 {
      result.offered += 1
      if UInt64(answered[minute]) * 100 >= UInt64(offered[minute]) * 99 { result.available += 1 }
    }
    return result
  }

  /// The requests that arrived in each minute and those of them that were answered, as time series.
  package func series(from start: Instant) -> [SeriesPoint] {
    (0..<offered.count).flatMap { minute in
      let time = start + .minutes(Int64(minute))
      return [
        SeriesPoint(time: time, name: "offered", pool: "", value: Double(offered[minute])),
        SeriesPoint(time: time, name: "answered", pool: "", value: Double(answered[minute])),
      ]
    }
  }
}
