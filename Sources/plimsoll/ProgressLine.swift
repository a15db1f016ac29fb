// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Tells on standard error how far a run is: a line that is rewritten on a terminal, one line else.
struct ProgressLine: Sendable {
  let scenario: String
  let isShown: Bool
  private let unit: String
  private let started = Date()

  init(scenario: String, isShown: Bool, unit: String = "replications") {
    self.scenario = scenario
    self.isShown = isShown
    self.unit = unit
  }

  /// Shows how many are done; nothing on a pipe.
  func show(done: Int, of total: Int) {
    guard isShown, Terminal.isInteractive else { return }
    let elapsed = Date().timeIntervalSince(started)
    let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
    let time = done > 0 ? ", about \(Int(left.rounded(.up))) s left" : ""
    Terminal.tell("\r\u{1B}[K\(scenario): \(done) of \(total) \(unit)\(time)")
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

  /// Takes the line off a terminal.
  func clear() {
    if isShown && Terminal.isInteractive { Terminal.tell("\r\u{1B}[K") }
  }
}
