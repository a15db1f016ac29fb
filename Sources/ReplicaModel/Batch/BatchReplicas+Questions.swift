// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving

extension BatchReplicas {
  /// When any replica has something to do next.
  @inlinable package var nextTime: Instant { Instant(nanoseconds: nextTimes.smallest) }

  /// Requests that wait at a replica.
  @inlinable
  package func waiting(at replica: Int) -> Int { Int(state[replica].waiting) }

  /// Lanes of a replica that run no batch; none when it is not ready.
  @inlinable
  package func freeLanes(of replica: Int) -> Int { Int(state[replica].freeLanes) }

  /// Whether a replica serves.
  @inlinable
  package func isReady(_ replica: Int) -> Bool { state[replica].isReady }

  /// Whether a request may join: its queue is not full, or a lane would take it at once.
  @inlinable
  @inline(__always)
  package func hasRoom(_ replica: Int) -> Bool {
    let waiting = state[replica].waiting
    return waiting < layout[replica].queueLimit || (waiting == 0 && state[replica].freeLanes > 0)
  }

  /// Batches add up where requests do.
  @usableFromInline
  package var conservation: String? { nil }

  /// Any replica can answer any request.
  @inlinable
  @inline(__always)
  package func admits(_ ticket: Ticket, at replica: Int) -> Bool { true }

  /// The lane time in which a replica ran batches, the running ones up to `now` included.
  @usableFromInline
  package func busyTime(of replica: Int, at now: Instant) -> MachineTime {
    let row = layout[replica]
    var busy = busyNanoseconds[replica]
    for index in Int(row.firstLane)..<Int(row.firstLane + row.lanes) where lane[index].count > 0 {
      busy += Int128(now.nanoseconds - lane[index].started)
    }
    return MachineTime(nanoseconds: busy)
  }

  /// The lane time in which a replica was ready and ran nothing, up to `now`.
  ///
  /// It is added up for itself, not as what busy time leaves, so that the two can be held together.
  @usableFromInline
  package func idleTime(of replica: Int, at now: Instant) -> MachineTime {
    let row = state[replica]
    guard row.freeLanes > 0 else { return MachineTime(nanoseconds: row.idleNanoseconds) }
    let current = Int128(row.freeLanes) * Int128(now.nanoseconds - row.idleUntil)
    return MachineTime(nanoseconds: row.idleNanoseconds + current)
  }

  /// Requests that a replica holds, waiting or in a running batch.
  @usableFromInline
  package func requestsHeld(by replica: Int) -> Int {
    let row = layout[replica]
    let lanes = Int(row.firstLane)..<Int(row.firstLane + row.lanes)
    return lanes.reduce(Int(state[replica].waiting)) { $0 + Int(lane[$1].count) }
  }

  /// Requests that a replica holds, waiting or in a running batch, and that satisfy a condition.
  ///
  /// - Complexity: O(requests held).
  @usableFromInline
  package func requestsHeld(by replica: Int, where condition: (Ticket) -> Bool) -> Int {
    let row = layout[replica]
    var count = 0
    lines.forEach(at: replica, Int(state[replica].waiting)) { if condition($0) { count += 1 } }
    for index in Int(row.firstLane)..<Int(row.firstLane + row.lanes) {
      for slot in 0..<Int(lane[index].count)
      where condition(running[lane[index].firstSlot + slot]) {
        count += 1
      }
    }
    return count
  }

  /// What was done since the beginning, up to now.
  @usableFromInline
  package func work(at now: Instant) -> EngineWork {
    var work = EngineWork()
    work.batches = batchesStarted
    work.batchedRequests = requestsStarted
    work.batchesOutsideMeasurements = batchesOutsideMeasurements
    return work
  }

  /// The number of lanes of a replica.
  @usableFromInline
  package func lanes(of replica: Int) -> Int { Int(layout[replica].lanes) }
}
