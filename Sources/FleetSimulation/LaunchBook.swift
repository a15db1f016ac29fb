// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// The launches that the cloud was asked for.
struct LaunchBook: Sendable {
  /// The pools of launches by the manager's number; `nil` once answered or withdrawn.
  private var pools: [Int?] = []
  /// Launches that wait until a machine can be had, in the order in which they were asked for.
  private var open: [LaunchID] = []
  /// How many launches of each pool were numbered.
  private var numbered: [UInt64]
  /// Launches that the cloud has not answered.
  private(set) var unanswered = 0

  /// No launch of so many pools.
  init(pools: Int) {
    numbered = [UInt64](repeating: 0, count: pools)
  }

  /// Notes that the cloud is asked for a machine.
  mutating func ask(_ id: LaunchID, in pool: Int) {
    while pools.count <= id.index { pools.append(nil) }
    pools[id.index] = pool
    unanswered += 1
  }

  /// The pool of a launch; `nil` once it was answered or withdrawn.
  func pool(of id: LaunchID) -> Int? { pools[id.index] }

  /// Lets a launch wait until a machine can be had.
  mutating func leaveOpen(_ id: LaunchID) { open.append(id) }

  /// Whether a launch waits until a machine can be had.
  func isOpen(_ id: LaunchID) -> Bool { open.contains(id) }

  /// The launch of a pool that has waited longest.
  func firstOpen(in pool: Int) -> LaunchID? { open.first { pools[$0.index] == pool } }

  /// Notes that a launch was answered or withdrawn.
  mutating func close(_ id: LaunchID) {
    open.removeAll { $0 == id }
    pools[id.index] = nil
    unanswered -= 1
  }

  /// Numbers the launches of a pool, from zero.
  mutating func nextNumber(in pool: Int) -> UInt64 {
    defer { numbered[pool] += 1 }
    return numbered[pool]
  }
}
