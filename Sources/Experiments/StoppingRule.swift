// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Scenario
import Statistics

/// Decides after a block of replications whether more are needed.
struct StoppingRule {
  /// What is known after a block.
  struct Judged {
    let measures: Measures
    let judge: Judge
    let verdicts: [VerdictRow]
    let targets: [Target]
  }

  let plan: ReplicationPlan

  /// Whether the goal is reached.
  func isMet(_ judged: Judged) -> Bool {
    switch plan.goal {
    case .count: return true
    case .decided: return judged.verdicts.allSatisfy { $0.verdict != .undecided }
    case .relativeHalfWidth(let share):
      return widest(judged).map { $0.width <= limit(share) } ?? true
    }
  }

  /// What to say about why it ended; nothing where a number of replications was asked for.
  func note(_ judged: Judged, replications: Int) -> RunNote? {
    let isMet = isMet(judged)
    let text: String
    switch plan.goal {
    case .count: return nil
    case .decided:
      let open = judged.verdicts.filter { $0.verdict == .undecided }.map(\.target)
      text =
        isMet
        ? "every target was decided after \(replications) of at most \(plan.maximum) replications"
        : "the most, \(plan.maximum) replications, were run; undecided: "
          + open.joined(separator: ", ")
    case .relativeHalfWidth(let share):
      let asked = "a relative half-width of \(share)"
      if isMet {
        text = "\(asked) was reached after \(replications) of at most \(plan.maximum) replications"
      } else if let widest = widest(judged) {
        let factor = widest.width / limit(share)
        let more = Double(replications) * (factor * factor - 1)
        text =
          "the most, \(plan.maximum) replications, were run; \(widest.name) is known to "
          + "\(formatted(widest.width * 100, places: 2)) %, \(asked) would take about "
          + (more < 1e6 ? "\(Int(more.rounded(.up))) more" : "more than a million more")
      } else {
        return nil
      }
    }
    return RunNote(topic: "replications", text: text)
  }

  /// The half-width relative to the estimate that makes it one relative to the truth: γ/(1 + γ).
  ///
  /// Source: Law, Simulation Modeling and Analysis, 5th ed. (2015), ISBN 978-0-07-340132-4, section 9.4.1.
  private func limit(_ share: Share) -> Double { share.fraction / (1 + share.fraction) }

  /// The measure that is known least well against its own size: of those that targets are about, or of all
  /// that have a name where there is no target.
  private func widest(_ judged: Judged) -> (name: String, width: Double)? {
    var rows: [(name: String, interval: Interval?)] = judged.targets.map {
      ($0.text, judged.judge.interval(of: $0.measure, atQuantile: true))
    }
    if rows.isEmpty {
      rows = judged.measures.rows.filter {
        ["monthly_cost", "mean(latency)", "p99(latency)", "availability"].contains($0.name)
      }.map { ($0.name, $0.interval) }
    }
    let widths = rows.compactMap { row -> (name: String, width: Double)? in
      guard let interval = row.interval, !interval.isExact else { return nil }
      guard interval.estimate != 0, interval.halfWidth.isFinite else {
        return (row.name, .infinity)
      }
      return (row.name, interval.halfWidth / abs(interval.estimate))
    }
    return widths.max { $0.width < $1.width }
  }
}
