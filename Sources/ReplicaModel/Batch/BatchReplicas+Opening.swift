// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving

/// How replicas come and go.
extension BatchReplicas {
  /// Makes a replica serve.
  ///
  /// - Precondition: it does not serve yet, and holds no request.
  @usableFromInline
  package mutating func open(_ replica: Int, at now: Instant) {
    precondition(!state[replica].isReady && state[replica].waiting == 0, "a replica opens once")
    state[replica].isReady = true
    setFreeLanes(of: replica, to: layout[replica].lanes, now)
  }

  /// Changes how many lanes are free, and adds up how long so many have been.
  @inlinable
  mutating func setFreeLanes(of replica: Int, to free: Int32, _ now: Instant) {
    // 4,096 lanes that wait for a month are more than 64 bits of nanoseconds.
    let idle = now.nanoseconds - state[replica].idleUntil
    state[replica].idleNanoseconds += Int128(state[replica].freeLanes) * Int128(idle)
    state[replica].idleUntil = now.nanoseconds
    state[replica].freeLanes = free
  }

  /// Makes a replica serve no more and hands over every request that it held, oldest first.
  ///
  /// Batches that were running are lost; the time that they ran counts as busy.
  @usableFromInline
  package mutating func close(_ replica: Int, at now: Instant) -> [Ticket] {
    var held: [Ticket] = []
    let row = layout[replica]
    for index in Int(row.firstLane)..<Int(row.firstLane + row.lanes) where lane[index].count > 0 {
      for slot in 0..<Int(lane[index].count) { held.append(running[lane[index].firstSlot + slot]) }
      busyNanoseconds[replica] += Int128(now.nanoseconds - lane[index].started)
      lane[index].count = 0
      nextTimes.set(index, to: .max)
    }
    lines.forEach(at: replica, Int(state[replica].waiting)) { held.append($0) }
    lines.removeAll(at: replica)
    state[replica].waiting = 0
    setFreeLanes(of: replica, to: 0, now)
    state[replica].isReady = false
    nextTimes.set(laneCount + replica, to: .max)
    return held.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
  }

  /// Lets every replica form batches up to the largest that was measured, from its next batch on.
  @usableFromInline
  package mutating func enlargeBatches() {
    for replica in 0..<count { layout[replica].maximumBatch = layout[replica].largestBatch }
  }
}
