// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Tells on standard error how far a run is: a line that is rewritten on a terminal, one line else.
struct ProgressLine: Sendable {
  let scenario: String
  let isShown: Bool
  private let started = Date()

  init(scenario: String, isShown: Bool) {
    self.scenario = scenario
    self.isShown = isShown
  }

  /// Shows how many replications are done; nothing on a pipe.
  func show(done: Int, of total: Int) {
    guard isShown, Terminal.isInteractive else { return }
    let elapsed = Date().timeIntervalSince(started)
    let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
    let time = done > 0 ? ", about \(Int(left.rounded(.up))) s left" : ""
    Terminal.tell("\r\u{1B}[K\(scenario): \(done) of \(total) replications\(time)")
  }

  /// Shows how many requests were simulated and how fast.
  func finish(requests: UInt64) {
    guard isShown else { return }
    let elapsed = max(Date().timeIntervalSince(started), 1e-3)
    let millions = Double(requests) / 1e6
    let text = String(
      format: "%@: %.1f million requests simulated in %.1f s, %.1f million a second\n", scenario,
      millions, elapsed, millions / elapsed)
    Terminal.tell((Terminal.isInteractive ? "\r\u{1B}[K" : "") + text)
  }
}
