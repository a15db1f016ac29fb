// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording
import Statistics

extension OptimumReport {
  /// What was found, in sentences.
  package var sentences: [String] {
    [found] + [budget, runnerUp, unsettled, operated].compactMap(\.self)
  }

  private var found: String {
    switch answer.outcome {
    case .winner(let number):
      let bill = ValueText.estimate(answer.points[number].bill, unit: "USD")
      let doubt = answer.unsettled.isEmpty ? "" : " known to be"
      guard objective.isBill else {
        let value = ValueText.estimate(answer.points[number].objective, unit: unit)
        return
          "The point with the \(objective.isMaximised ? "highest" : "lowest") \(objective.measure)\(doubt) holding all "
          + "targets is \(name(number)): \(value), at \(bill) a month."
      }
      return
        "The cheapest point\(doubt) holding all service targets is \(name(number)): \(bill) a "
        + "month."
    case .inseparable(let numbers):
      return
        "No winner: these hold all service targets and cannot be separated (within \(delta), or "
        + "\(answer.search.maximumReplications) replications do not tell them apart): "
        + numbers.map(name).joined(separator: "; ") + "."
    case .none:
      guard let best = answer.best else { return "No point is known to hold all service targets." }
      let open = open(best.verdicts).map { "\($0.target) (\($0.verdict.rawValue))" }
      return
        "No point is known to hold all service targets. Nearest is \(name(best.number)), which "
        + "lacks "
        + open.joined(separator: ", ") + "."
    }
  }

  private var runnerUp: String? {
    guard let next = answer.runnerUp else { return nil }
    guard objective.isBill else {
      let found = next.difference
      let difference =
        objective.isMaximised
        ? Interval(
          estimate: -found.estimate, low: -found.high, high: -found.low, samples: found.samples)
        : found
      return
        "Next is \(name(next.point)): \(objective.measure) differs by \(ValueText.estimate(difference, unit: unit)) "
        + "(\(ValueText.range(difference, unit: unit)))."
    }
    let cost = ValueText.estimate(next.difference, unit: "USD")
    let range = ValueText.range(next.difference, unit: "USD")
    let asked =
      answer.points[next.point].standing == .dearer ? "; its own targets were not asked" : ""
    return "Next by the bill is \(name(next.point)): \(cost) more (\(range))\(asked)."
  }

  private var unsettled: String? {
    guard !answer.unsettled.isEmpty else { return nil }
    let may = answer.best == nil ? "" : " and may be cheaper"
    return "Not settled by \(answer.search.maximumReplications) replications\(may): "
      + answer.unsettled.map(name).joined(separator: "; ") + "."
  }

  /// The service targets that fail or are undecided.
  private func open(_ verdicts: [VerdictRow]) -> [VerdictRow] {
    verdicts.filter { row in
      !answer.budgets.contains(row.target) && (row.verdict == .fails || row.verdict == .undecided)
    }
  }

  /// Whether the cheapest point keeps within the budget, which no dearer one does.
  private var budget: String? {
    guard answer.outcome != .none, let best = answer.best else { return nil }
    let rows = best.verdicts.filter { answer.budgets.contains($0.target) }
    let broken = rows.filter { $0.verdict == .fails }.map(\.target)
    if !broken.isEmpty {
      return
        "It does not keep within the budget (\(broken.joined(separator: ", "))): no point of the "
        + "grid "
        + "that is known to hold the service targets does."
    }
    let open = rows.filter { $0.verdict == .undecided }.map(\.target)
    return open.isEmpty
      ? nil : "Whether it keeps within the budget is undecided: \(open.joined(separator: ", "))."
  }

  /// The fleet as its scenario has it, where it is cheaper than what was found.
  private var operated: String? {
    guard let operated = answer.operated else { return nil }
    let best = answer.outcome == .none ? nil : answer.best
    if let best {
      guard operated.point != best.number, let bill = best.bill,
        operated.bill.estimate < bill.estimate
      else { return nil }
    } else if operated.point != nil {
      return nil
    }
    let cost = ValueText.estimate(operated.bill, unit: "USD")
    let open = open(operated.verdicts).map(\.target).joined(separator: ", ")
    let place = operated.point.map { "which is point \($0)," } ?? "which is not in the grid,"
    let subject = "The fleet as operated, \(place) costs \(cost) a month"
    let ending = best == nil ? "" : ", less than the point found"
    switch operated.standing {
    case .holds:
      return
        "\(subject)\(ending), and holds all service targets: that contradicts the answer, so "
        + "widen the grid "
        + "until it has this fleet."
    case .unsettled:
      return "\(subject)\(ending), and is undecided (\(open)): it is neither taken nor ruled out."
    case .fails: return "\(subject)\(ending), and fails \(open)."
    case .dearer, .refused: return nil
    }
  }
}
