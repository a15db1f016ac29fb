// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving
import Statistics

/// Everything that one replication yields: the rows that results are made of.
package struct ReplicationRecord: Sendable, Equatable {
  /// Its number, from 0.
  package var replication: Int
  /// How requests ended: those that were simulated and measured, each once.
  package var requests: RequestCounts
  /// The same with the weight of each: how many requests of the horizon it stands for.
  package var weighted: RequestCounts
  /// The weight of a request that stands for itself alone.
  package var weightUnit: UInt64
  /// The times of answered requests, by weight.
  package var times: PerTime<LatencyHistogram>
  /// Minutes that were measured and had at least one arrival, each once.
  package var sampledMinutes: UInt64
  /// Minutes of the measured part with at least one arrival, by weight.
  package var minutes: UInt64
  /// Of those, the minutes in which at least 99 % of the arrivals were answered.
  package var minutesAvailable: UInt64
  /// Tokens of prompts of the requests that replicas completed.
  package var promptTokens: TokenCount
  /// Tokens of answers of the requests that replicas completed.
  package var outputTokens: TokenCount
  /// The length of the time that the measured requests stand for.
  package var measuredTime: TimeSpan
  /// How much was billed for.
  package var billedTime: TimeSpan
  /// The invoice for the whole horizon, in months of 730 hours.
  package var invoice: [InvoiceLine]
  /// The same by the calendar month, as it is paid.
  package var charges: [Charge]
  /// What happened to machines.
  package var fleetEvents: [FleetEvent]
  /// Values over time.
  package var series: [SeriesPoint]
  /// Batches that ran.
  package var batches: Int64
  /// Requests in those batches.
  package var batchedRequests: Int64
  /// Batches of a size outside the measured latency curve.
  package var batchesOutsideMeasurements: Int64
  /// Lane time in which replicas ran batches, from the start to the horizon.
  package var busyTime: MachineTime
  /// Lane time in which replicas were ready and idle, from the start to the horizon.
  package var idleTime: MachineTime
  /// Requests that were simulated, measured or not.
  package var simulatedRequests: UInt64
  /// Moves of requests from a lost replica to another.
  package var migrations: UInt64
  /// A digest of the drawn or replayed requests: equal for equal streams.
  package var workloadDigest: UInt64
  /// Counts by part of the fleet or the workload.
  package var tallies: [Tally]

  /// The same requests in the order in which they ended, cut into sections; no database keeps them.
  package var sections: [Section]
  /// What was sampled, where requests run in windows; no database keeps it.
  package var sample: SampleRecord?
  /// What drift and warm-up are judged by, where the series are not kept whole; no database keeps it.
  package var wholeSeries: [WholeSeries]
  /// The digest of all that the replication yielded, where not all of it is kept; `nil` where it is.
  package var wholeDigest: String?

  /// A record of nothing.
  package init(replication: Int, edges: [Int64]) {
    self.replication = replication
    requests = RequestCounts()
    weighted = RequestCounts()
    weightUnit = 1
    sampledMinutes = 0
    tallies = []
    times = PerTime(
      latency: LatencyHistogram(edges: edges), wait: LatencyHistogram(edges: edges))
    minutes = 0
    minutesAvailable = 0
    promptTokens = .zero
    outputTokens = .zero
    measuredTime = .zero
    billedTime = .zero
    invoice = []
    charges = []
    fleetEvents = []
    series = []
    batches = 0
    batchedRequests = 0
    batchesOutsideMeasurements = 0
    busyTime = .zero
    idleTime = .zero
    simulatedRequests = 0
    migrations = 0
    workloadDigest = 0
    sections = []
    wholeSeries = []
  }

  /// End-to-end latency of answered requests, by weight.
  package var latency: LatencyHistogram { times.latency }
  /// Time from arrival to when a replica began with it, of requests that a replica answered, by weight.
  package var wait: LatencyHistogram { times.wait }

  /// The sum of all counts of that name and, unless it is `nil`, label.
  ///
  /// - Complexity: O(tallies).
  package func tally(_ name: Tally.Name, _ label: String? = nil) -> Int128 {
    tallies.reduce(0) { sum, tally in
      tally.name == name && (label == nil || tally.label == label) ? sum + tally.value : sum
    }
  }

  /// The sum of all counts that an engine has under a name of its own.
  package func tally(ofEngine name: String) -> Int128 { tally(Tally.Name(rawValue: name)) }

  /// What is invoiced by the calendar month.
  package var billed: USD { charges.reduce(.zero) { $0 + $1.billed } }

  /// The sum of the invoice.
  package var total: USD { invoice.reduce(.zero) { $0 + $1.amount } }
}
