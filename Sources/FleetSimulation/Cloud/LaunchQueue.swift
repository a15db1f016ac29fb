// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// Launches of a pool that wait for a place, the oldest in front.
struct LaunchQueue: Sendable {
  private var ids: [LaunchID] = []
  private var head = 0

  /// The oldest.
  var first: LaunchID? { head < ids.count ? ids[head] : nil }

  /// Adds a launch behind the others.
  mutating func append(_ id: LaunchID) { ids.append(id) }

  /// Takes out the oldest.
  mutating func removeFirst() {
    head += 1
    guard head > 32, head * 2 > ids.count else { return }
    ids.removeFirst(head)
    head = 0
  }
}
