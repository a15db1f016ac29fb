// SPDX-License-Identifier: Apache-2.0

import Serving

/// Machines in the order in which they came, of which any can leave in little time.
///
/// Who keeps the list knows which machines are in it: one that has left never comes back. Those that left are dropped
/// when they are more than those that are there.
struct MachineList: Sendable {
  private var ids: [MachineID] = []
  /// How many machines are in it.
  private(set) var count = 0

  /// Nobody.
  init() {}

  /// Those machines.
  init(_ ids: [MachineID]) {
    self.ids = ids
    count = ids.count
  }

  /// The machines, the one that came first in front.
  ///
  /// - Complexity: O(n) for n machines.
  func all(where isThere: (MachineID) -> Bool) -> [MachineID] { ids.filter(isThere) }

  /// Adds a machine behind the others.
  mutating func append(_ id: MachineID) {
    ids.append(id)
    count += 1
  }

  /// The first that satisfies a condition.
  func first(where condition: (MachineID) -> Bool) -> MachineID? { ids.first(where: condition) }

  /// Notes that one of them has left.
  mutating func noteOneLeft() { count -= 1 }

  /// Whether those that left are more than those that are there, so that it is time to drop them.
  var isMostlyGaps: Bool { ids.count > 2 * count + 32 }

  /// The last of those that came, whether or not it is still there.
  var last: MachineID? { ids.last }

  /// Drops the last of those that came, which has left.
  mutating func dropLast() { ids.removeLast() }
}
