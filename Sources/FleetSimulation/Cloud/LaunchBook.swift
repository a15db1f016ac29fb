// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// The launches that the cloud was asked for.
struct LaunchBook: Sendable {
  /// The pools of launches by the manager's number; `nil` once answered or withdrawn.
  private var pools: [Int?] = []
  /// By pool the launches that wait until a machine can be had, those that were withdrawn among them.
  private var open: [LaunchQueue]
  /// How many launches of each pool were numbered.
  private var numbered: [UInt64]
  /// Launches that the cloud has not answered.
  private(set) var unanswered = 0

  /// No launch of so many pools.
  init(pools: Int) {
    numbered = [UInt64](repeating: 0, count: pools)
    open = [LaunchQueue](repeating: LaunchQueue(), count: pools)
  }

  /// Notes that the cloud is asked for a machine.
  mutating func ask(_ id: LaunchID, in pool: Int) {
    while pools.count <= id.index { pools.append(nil) }
    pools[id.index] = pool
    unanswered += 1
  }

  /// The pool of a launch; `nil` once it was answered or withdrawn.
  func pool(of id: LaunchID) -> Int? { pools[id.index] }

  /// Lets a launch of a pool wait until a machine can be had.
  mutating func leaveOpen(_ id: LaunchID, in pool: Int) { open[pool].append(id) }

  /// The launch of a pool that has waited longest.
  mutating func firstOpen(in pool: Int) -> LaunchID? {
    while let id = open[pool].first {
      if pools[id.index] != nil { return id }
      open[pool].removeFirst()
    }
    return nil
  }

  /// Notes that a launch was answered or withdrawn.
  mutating func close(_ id: LaunchID) {
    pools[id.index] = nil
    unanswered -= 1
  }

  /// Numbers the launches of a pool, from zero.
  mutating func nextNumber(in pool: Int) -> UInt64 {
    defer { numbered[pool] += 1 }
    return numbered[pool]
  }
}
