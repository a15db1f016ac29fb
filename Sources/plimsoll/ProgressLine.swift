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

  /// Tells what lies ahead before it begins, on a pipe too.
  func announce(_ text: String) {
    guard isShown else { return }
    Terminal.tell("\(Terminal.isInteractive ? "\r\u{1B}[K" : "")plimsoll: \(scenario): \(text)\n")
  }

  /// Shows how many are done; nothing on a pipe.
  func show(done: Int, of total: Int) {
    guard isShown, Terminal.isInteractive else { return }
    let elapsed = Date().timeIntervalSince(started)
    let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
    let time = done > 0 ? ", about \(Int(left.rounded(.up))) s left" : ""
    Terminal.tell("\r\u{1B}[K\(scenario): \(done) of \(total) \(unit)\(time)")
  }

  /// Tells how long it will take by how long it took so far.
  ///
  /// - Parameters:
  ///   - factor: how many times as long all of it takes, as far as is known.
  ///   - basis: what was measured, as a clause.
  func estimate(factor: Double, from basis: String) {
    let seconds = Date().timeIntervalSince(started) * factor
    announce("about \(Self.time(seconds)) in all, estimated from \(basis)")
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "a second"
    case ..<120: "\(Int(seconds.rounded(.up))) s"
    case ..<7_200: "\(Int((seconds / 60).rounded(.up))) min"
    case ..<172_800: "\(Int((seconds / 3_600).rounded(.up))) h"
    default: seconds < 1e12 ? "\(Int((seconds / 86_400).rounded(.up))) days" : "for ever"
    }
  }

  /// A number of requests as a sentence says it.
  static func requests(_ count: Double) -> String {
    switch count {
    case ..<1e5: "\(Int(count)) requests"
    case ..<1e18:
      String(format: count < 1e8 ? "%.1f" : "%.0f", count / 1e6) + " million requests"
    default: "more requests than can be counted"
    }
  }

  /// A number of requests a second, to three places or so.
  private static func rate(_ perSecond: Double) -> String {
    perSecond < 1e5
      ? "\(Int(perSecond.rounded()))" : String(format: "%.1f million", perSecond / 1e6)
  }

  /// Shows how many requests were simulated and how fast.
  func finish(requests: UInt64) {
    guard isShown else { return }
    let elapsed = max(Date().timeIntervalSince(started), 1e-3)
    let text =
      "\(scenario): \(Self.requests(Double(requests))) simulated in "
      + String(format: "%.1f s, ", elapsed) + "\(Self.rate(Double(requests) / elapsed)) a second\n"
    Terminal.tell((Terminal.isInteractive ? "\r\u{1B}[K" : "") + text)
  }

  /// Takes the line off a terminal.
  func clear() {
    if isShown && Terminal.isInteractive { Terminal.tell("\r\u{1B}[K") }
  }
}
