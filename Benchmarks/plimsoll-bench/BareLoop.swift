// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Scenario
import Workload

/// The least that can be done for the same answer: the same draws, replicas and batches in a plain loop.
///
/// No machines, bills, time-outs, limits, records or checks: queues of arrival times, the shortest of
/// them for each request, and the sum of the latencies. What the simulation costs beyond it is what
/// everything else costs.
struct BareLoop: ~Copyable {
  private static let capacity = 1_024

  private let replicas: Int
  private let maximumBatch: Int
  private let times: [Int64]
  private var source: RequestSource
  private var queue: Column<Int64>
  private var head: Column<Int>
  private var waiting: Column<Int>
  private var running: Column<Int>
  private var done: Column<Int64>
  /// Requests that were served.
  private(set) var served = 0
  /// The sum of their latencies in nanoseconds.
  private(set) var latencySum: Int64 = 0

  /// A loop over the scenario's first pool.
  init(_ scenario: Scenario, replication: UInt32) {
    let pool = scenario.fleet.pools[0]
    replicas = pool.wanted
    guard let batches = pool.replicas[0].service.batches else {
      preconditionFailure("the bare loop runs batches")
    }
    maximumBatch = batches.maximumBatch
    times = batches.latency.times.map(\.nanoseconds)
    source = RequestSource(
      scenario.workload, from: .start, seed: 1, replication: replication)
    queue = Column(repeating: 0, count: replicas * Self.capacity)
    head = Column(repeating: 0, count: replicas)
    waiting = Column(repeating: 0, count: replicas)
    running = Column(repeating: 0, count: replicas)
    done = Column(repeating: .max, count: replicas)
  }

  /// Runs until every request that arrives before `horizon` is served; later ones go on arriving.
  mutating func run(until horizon: Instant) {
    let end = horizon.nanoseconds
    var arrived = 0
    while true {
      var next = 0
      for replica in 1..<replicas where done[replica] < done[next] { next = replica }
      let arrival = source.nextTime.nanoseconds
      if done[next] <= arrival {
        finish(next, end)
      } else {
        if arrival >= end && served == arrived { return }
        if arrival < end { arrived += 1 }
        arrive(source.take().time.nanoseconds)
      }
    }
  }

  private mutating func arrive(_ now: Int64) {
    var best = 0
    for replica in 1..<replicas
    where waiting[replica] + running[replica] < waiting[best] + running[best] { best = replica }
    let place = (head[best] + running[best] + waiting[best]) % Self.capacity
    queue[best * Self.capacity + place] = now
    waiting[best] += 1
    if running[best] == 0 { start(best, now) }
  }

  private mutating func start(_ replica: Int, _ now: Int64) {
    let size = min(waiting[replica], maximumBatch)
    waiting[replica] -= size
    running[replica] = size
    done[replica] = now + times[size]
  }

  private mutating func finish(_ replica: Int, _ end: Int64) {
    let now = done[replica]
    for place in 0..<running[replica] {
      let slot = (head[replica] + place) % Self.capacity
      let arrival = queue[replica * Self.capacity + slot]
      guard arrival < end else { break }
      latencySum += now - arrival
      served += 1
    }
    head[replica] = (head[replica] + running[replica]) % Self.capacity
    running[replica] = 0
    done[replica] = .max
    if waiting[replica] > 0 { start(replica, now) }
  }
}
