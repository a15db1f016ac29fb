// SPDX-License-Identifier: GPL-3.0-or-later

import Digests
import Quantities
import Recording
import Serving
import Statistics

/// SHA-256 over everything that a run yields: equal results, equal digest.
package enum ResultDigest {
  /// The digest of a text.
  static func of(_ text: String) -> String { of(Array(text.utf8)) }

  /// The digest of bytes.
  static func of(_ bytes: [UInt8]) -> String { SHA256.digest(of: bytes).hexadecimal }

  /// The digest of one replication, also where not all of it is kept.
  package static func of(_ record: ReplicationRecord) -> String {
    if let whole = record.wholeDigest { return whole }
    var lines = ["replication \(record.replication)", "arrived \(record.requests.arrived)"]
    lines += RequestOutcome.allCases.map { "\($0.name) \(record.requests[$0])" }
    for (time, histogram) in record.times.all {
      lines.append("\(time.rawValue) \(histogram.count) \(histogram.sum) \(histogram.maximum)")
      lines.append("\(histogram.edges) \(histogram.countsAboveEdges)")
      lines += histogram.occupiedBuckets.map { "\($0.bucket) \($0.count)" }
    }
    lines += record.invoice.map {
      "\($0.line)|\($0.pool)|\($0.market)|\($0.usage?.nanoseconds ?? -1)|\($0.amount.nanodollars)"
    }
    lines += record.charges.map {
      "\($0.kind.rawValue)|\($0.line)|\($0.pool)|\($0.market)|\($0.from.nanoseconds)|"
        + "\($0.to.nanoseconds)|\($0.usage?.nanoseconds ?? -1)|\($0.billed.nanodollars)|"
        + "\($0.effective.nanodollars)|\($0.list.nanodollars)"
    }
    lines += record.fleetEvents.map {
      "\($0.time.nanoseconds) \($0.kind.rawValue) \($0.pool) \($0.machine)"
    }
    lines += record.series.map {
      "\($0.time.nanoseconds) \($0.name) \($0.pool) \($0.value.bitPattern)"
    }
    lines.append("weighted \(record.weighted.arrived) of \(record.weightUnit)")
    lines += RequestOutcome.allCases.map { "\($0.name) \(record.weighted[$0])" }
    lines += record.tallies.filter { !Tally.Name.aboutResults.contains($0.name) }
      .map { "\($0.name.rawValue)|\($0.label)|\($0.value)" }
    lines.append("sampled minutes \(record.sampledMinutes)")
    lines.append("minutes \(record.minutes) \(record.minutesAvailable)")
    lines.append("tokens \(record.promptTokens.count) \(record.outputTokens.count)")
    lines.append("batches \(record.batches) \(record.batchedRequests)")
    lines.append("outside \(record.batchesOutsideMeasurements)")
    lines.append("lanes \(record.busyTime.nanoseconds) \(record.idleTime.nanoseconds)")
    lines.append("simulated \(record.simulatedRequests) migrated \(record.migrations)")
    lines.append("workload \(record.workloadDigest)")
    return of(lines.joined(separator: "\n"))
  }
}
