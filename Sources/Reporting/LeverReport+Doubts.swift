// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording

/// What speaks against the worths of levers, in sentences.
extension LeverReport {
  private var whole: LeverAnswer.Coalition? {
    answer.coalitions.first { $0.members == 1 << answer.levers.count - 1 }
  }

  private func isOpen(_ row: VerdictRow) -> Bool {
    row.verdict == .fails || row.verdict == .undecided
  }

  /// Whether the fleet with all levers on keeps within each budget.
  func budgets(isMarkdown: Bool) -> [String] {
    let rows = whole?.verdicts.filter { answer.budgets.contains($0.target) } ?? []
    guard !rows.isEmpty else { return [] }
    let words = rows.map { row in
      (isMarkdown ? "`\(row.target)`" : row.target) + " "
        + (row.verdict == .undecided ? "is undecided" : row.verdict.rawValue)
    }
    return [
      "A budget bounds the whole and rejects no coalition's fleet. With all levers on: "
        + words.joined(separator: ", ") + "."
    ]
  }

  /// What of the answer contradicts the fleet as it is operated, or itself.
  package var contradictions: [String] { [operatedIsCheaper, levelIsRaised].compactMap(\.self) }

  private var operatedIsCheaper: String? {
    let operated = answer.operated
    let less = answer.optimised.estimate - operated.bill.estimate
    let services = operated.verdicts.filter { !answer.budgets.contains($0.target) && isOpen($0) }
    guard less > 0, LeverAnswer.cents(less) > 0, !services.contains(where: { $0.verdict == .fails })
    else { return nil }
    let amount = Self.dollars(LeverAnswer.cents(less))
    let place =
      operated.size.map { size in
        "is in the grid ("
          + zip(answer.study.keys, size).map { "\($0)=\($1)" }.joined(separator: ", ") + ")"
      } ?? "is not in the grid"
    guard services.isEmpty else {
      return
        "This is open: the fleet as operated \(place), costs \(amount) USD a month less than the "
        + "fleet "
        + "found with all levers on, and is undecided: "
        + services.map(\.target).joined(separator: ", ")
        + ". If it holds, every saving above is too small; run more replications."
    }
    return
      "This contradicts the fleet as operated: it \(place), holds every service target and costs "
      + "\(amount) USD a month less than the fleet found with all levers on. The savings above "
      + "are too small; "
      + "widen the sizes until they have it."
  }

  private var levelIsRaised: String? {
    let more = answer.optimised.estimate - answer.baseline.estimate
    guard LeverAnswer.cents(more) > 0 else { return nil }
    return "This contradicts what levers are for: with all of them on the fleet costs "
      + "\(Self.dollars(LeverAnswer.cents(more))) USD a month more than with none. Some lever "
      + "costs more than "
      + "it saves, or the sizes leave out the fleets that the levers make possible."
  }

  /// Which coalitions may have a cheaper fleet.
  var undecided: [String] {
    let found = answer.coalitions.filter { !$0.undecided.isEmpty }
    guard !found.isEmpty else { return [] }
    let rest = found.count - min(found.count, Self.told)
    return [
      "‡ rests on coalitions with a cheaper size of which \(4 * answer.study.replications) "
        + "replications do not tell "
        + "whether it holds (\(found.count) of \(answer.coalitions.count)); it was passed by:"
    ]
      + found.prefix(Self.told).map { coalition in
        "  \(names(coalition.members)): "
          + coalition.undecided.map { size in
            zip(answer.study.keys, size).map { "\($0)=\($1)" }.joined(separator: ", ")
          }.joined(separator: "; ")
      }
      + (rest > 0 ? ["  and \(rest) more"] : [])
  }

  /// How many coalitions have the largest fleet that the study offers, so that a larger one may be cheaper.
  var atTheEdge: [String] {
    zip(answer.study.keys, answer.study.largest).enumerated().compactMap { place, key in
      guard let largest = key.1 else { return nil }
      let count = answer.coalitions.count { !$0.holdsNowhere && $0.size[place] == largest }
      guard count > 0 else { return nil }
      return "\(count) of \(answer.coalitions.count) coalitions are cheapest at the largest value "
        + "offered, \(key.0)=\(largest): with a larger one they may be cheaper still."
    }
  }

  var nowhere: [String] {
    let found = answer.coalitions.filter(\.holdsNowhere)
    guard !found.isEmpty else { return ["Every coalition holds all service targets at some size."] }
    let rest = found.count - min(found.count, Self.told)
    return [
      "† rests on coalitions that are known to hold at no size (\(found.count) of "
        + "\(answer.coalitions.count)); "
        + "they enter with the bill of the largest fleet, which they would need at least:"
    ]
      + found.prefix(Self.told).map { coalition in
        "  \(names(coalition.members)): \(coalition.lacking.joined(separator: ", "))"
      }
      + (rest > 0 ? ["  and \(rest) more"] : [])
  }
}
