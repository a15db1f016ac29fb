// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import ReplicaModel
import Scenario
import Workload

/// The least that can be done for a scenario's fleet: the same draws, models, replicas and batches.
///
/// Requests of windows spread evenly over the horizon go to the replica of their text's model with the
/// fewest requests. With a cache, a repeated content that was asked for within its time to live goes
/// nowhere: one look into an array by number, which only works because the contents are numbered. The
/// fleet never changes; there are no machines, bills, time-outs, limits, keys, records or checks.
struct FleetLoop: ~Copyable {
  private static let capacity = 1_024

  private let machines: Int
  private let tenants: Int
  private let timeToLive: Int64
  private let horizon: TimeSpan
  private let textModel: Column<Int>
  private let maximumBatch: Column<Int>
  /// The time of a batch by model and size.
  private let times: Column<Int64>
  private let timesPerModel: Int
  private var source: RequestSource
  private var endTimes: Tournament
  private var queue: Column<Int64>
  private var head: Column<Int>
  private var waiting: Column<Int>
  private var running: Column<Int>
  /// When a content is forgotten, by content and tenant, on a clock that runs in windows only.
  private var storedUntil: Column<Int64>
  private var clock: Int64 = 0

  /// Requests that arrived.
  private(set) var arrived = 0
  /// Requests that needed no replica.
  private(set) var shared = 0
  /// Batches that ran.
  private(set) var batches = 0
  /// Requests in those batches.
  private(set) var served = 0
  /// The sum of their latencies in nanoseconds.
  private(set) var latencySum: Int64 = 0

  /// The mean size of a batch.
  var meanBatch: Double { Double(served) / Double(max(1, batches)) }

  /// A loop over as many machines of the scenario's first pool.
  init(_ scenario: Scenario, machines: Int, replication: UInt32) {
    let places = scenario.fleet.pools[0].replicas
    let policies = scenario.policies.requests
    let routing = policies.routing
    self.machines = machines
    horizon = scenario.run.horizon
    tenants = scenario.workload.mix.tenantNames.count
    timeToLive = policies.cache?.configuration.ttl.nanoseconds ?? 0
    textModel = Column(
      routing.textPlans.map { plan in
        let model = routing.router.model(intendedBy: plan)
        return places.firstIndex { $0.serves == model } ?? 0
      })
    let services = places.compactMap(\.service.batches)
    maximumBatch = Column(services.map(\.maximumBatch))
    timesPerModel = services.reduce(0) { max($0, $1.latency.times.count) }
    times = Column(
      services.flatMap { [timesPerModel] service in
        let known = service.latency.times.map(\.nanoseconds)
        return known + Array(repeating: 0, count: timesPerModel - known.count)
      })
    source = RequestSource(scenario.workload, from: .start, seed: 1, replication: replication)
    let replicas = places.count * machines
    endTimes = Tournament(count: replicas)
    queue = Column(repeating: 0, count: replicas * Self.capacity)
    head = Column(repeating: 0, count: replicas)
    waiting = Column(repeating: 0, count: replicas)
    running = Column(repeating: 0, count: replicas)
    storedUntil = Column(
      repeating: 0, count: (scenario.workload.mix.catalogueCount + 1) * tenants)
  }

  /// Runs the requests of so many windows, each until it is served.
  ///
  /// - Returns: whether every queue had room; without it the figures mean nothing.
  mutating func run(windows: Int, length: TimeSpan) -> Bool {
    for window in 0..<windows {
      let start = Instant(nanoseconds: horizon.nanoseconds / Int64(windows) * Int64(window))
      let end = start + length
      source.restart(at: start)
      clock += length.nanoseconds - start.nanoseconds
      while true {
        let arrival = source.nextTime
        if arrival < end && arrival.nanoseconds < endTimes.smallest {
          guard arrive(source.take()) else { return false }
        } else if endTimes.smallest != .max {
          finish(endTimes.winner)
        } else {
          break
        }
      }
      clock += start.nanoseconds
    }
    return true
  }

  private mutating func arrive(_ request: Arrival) -> Bool {
    arrived += 1
    let now = request.time.nanoseconds
    if timeToLive > 0, request.isDeterministic, !request.isUnique {
      let place = Int(request.contentID) * tenants + Int(request.tenantIndex)
      if storedUntil[place] > now + clock {
        shared += 1
        return true
      }
      storedUntil[place] = now + clock + timeToLive
    }
    let first = textModel[Int(request.textIndex)] * machines
    var best = first
    for replica in first..<first + machines
    where waiting[replica] + running[replica] < waiting[best] + running[best] { best = replica }
    let place = head[best] + running[best] + waiting[best]
    guard running[best] + waiting[best] < Self.capacity else { return false }
    queue[best * Self.capacity + place % Self.capacity] = now
    waiting[best] += 1
    if running[best] == 0 { start(best, now) }
    return true
  }

  private mutating func start(_ replica: Int, _ now: Int64) {
    let model = replica / machines
    let size = min(waiting[replica], maximumBatch[model])
    waiting[replica] -= size
    running[replica] = size
    batches += 1
    endTimes.set(replica, to: now + times[model * timesPerModel + size])
  }

  private mutating func finish(_ replica: Int) {
    let now = endTimes[replica]
    for place in 0..<running[replica] {
      latencySum += now - queue[replica * Self.capacity + (head[replica] + place) % Self.capacity]
    }
    served += running[replica]
    head[replica] = (head[replica] + running[replica]) % Self.capacity
    running[replica] = 0
    endTimes.set(replica, to: .max)
    if waiting[replica] > 0 { start(replica, now) }
  }
}
