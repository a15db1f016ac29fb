// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// What is known of each slot of the horizon before any request runs: its load, and what happens in it.
///
/// It is written down while the slow world is rehearsed: the same machines come and go at the same times, the
/// autoscaler sees the fluid limit, and no request runs.
struct KnownLoad: Sendable {
  /// The slots.
  let grid: SlotGrid
  /// The highest load in each slot.
  private(set) var loads: [Float]
  /// Whether requests pile up in it.
  private(set) var hasBacklog: [Bool]
  /// Whether it lies round an interruption.
  private(set) var isEventful: [Bool]

  /// Nothing is known yet.
  init(grid: SlotGrid) {
    self.grid = grid
    loads = [Float](repeating: 0, count: grid.count)
    hasBacklog = [Bool](repeating: false, count: grid.count)
    isEventful = hasBacklog
  }

  /// Notes the load of a stretch of time.
  ///
  /// - Complexity: O(slots of the stretch).
  mutating func note(load: Double, hasBacklog backlog: Bool, from: Instant, until: Instant) {
    for slot in grid.slots(from: from, until: until) where overlaps(slot, from, until) {
      loads[slot] = max(loads[slot], Float(load))
      if backlog { hasBacklog[slot] = true }
    }
  }

  /// Notes that the cloud takes a machine.
  mutating func noteInterruption(from: Instant, until: Instant) {
    for slot in grid.slots(from: from, until: until) where overlaps(slot, from, until) {
      isEventful[slot] = true
    }
  }

  private func overlaps(_ slot: Int, _ from: Instant, _ until: Instant) -> Bool {
    grid.isWhole || grid.start(of: slot) < until && grid.end(of: slot) > from
  }
}
