// SPDX-License-Identifier: Apache-2.0

/// Requests of a scheduler, counted one by one, to be compared with what it counts itself.
struct RequestCount {
  private var running = 0
  private var waiting = 0
  private var blocks = 0

  /// Adds a request, with the blocks that it holds and does not share.
  mutating func add(isRunning: Bool, blocks held: Int) {
    if isRunning { running += 1 } else { waiting += 1 }
    blocks += held
  }

  /// Which sum is wrong; `nil` where none is.
  ///
  /// - Parameters:
  ///   - held: requests that have a number.
  ///   - all: free blocks and those that requests hold.
  func problem(
    held: Int, running wanted: Int, waiting queued: Int, free: Int, blocks all: Int
  ) -> String? {
    if running != wanted { return "\(running) requests run, and \(wanted) are counted" }
    if waiting != queued { return "\(waiting) requests wait, and \(queued) are counted" }
    if running + waiting != held {
      return "\(held) requests are there, and \(running + waiting) run or wait"
    }
    if free + blocks != all { return "\(free) blocks free and \(blocks) held are not \(all)" }
    return nil
  }
}
