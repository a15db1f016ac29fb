// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Recording

extension RunReport {
  /// What the run says, in one to three sentences.
  package var answer: String {
    let cost = measure("monthly_cost")
    return Self.answer(
      cost: cost.map(ValueText.estimate) ?? "",
      range: cost.map { ValueText.range($0.interval, unit: $0.unit) } ?? "",
      verdicts: results.verdicts.map { ($0.target, $0.verdict.rawValue) })
  }

  /// The same of texts: what the fleet costs, how sure that is, and what its targets come to.
  ///
  /// - Parameters:
  ///   - cost: what a month costs; empty where nobody knows.
  ///   - range: the interval of it, or `exact`.
  static func answer(
    cost: String, range: String, verdicts: [(target: String, verdict: String)]
  ) -> String {
    let sure = range.isEmpty ? "" : " (\(range))"
    let bill = cost.isEmpty ? "" : "The fleet costs \(cost) a month\(sure). "
    guard !verdicts.isEmpty else { return bill + "It has no targets, so nothing is judged." }
    func all(_ kind: String) -> [String] {
      verdicts.filter { $0.verdict == kind }.map(\.target)
    }
    let (fails, open, held) = (all("fails"), all("undecided"), all("holds") + all("assumed"))
    if fails.isEmpty, open.isEmpty {
      return bill + (held.count == 1 ? "Its target holds." : "All \(held.count) targets hold.")
    }
    var text = "\(held.count) of \(verdicts.count) targets \(held.count == 1 ? "holds" : "hold")."
    if !fails.isEmpty { text += " What fails: \(fails.joined(separator: ", "))." }
    if !open.isEmpty { text += " Undecided: \(open.joined(separator: ", "))." }
    return bill + text
  }
}
