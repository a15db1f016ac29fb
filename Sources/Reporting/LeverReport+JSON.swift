// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Statistics

extension LeverReport {
  /// The report as JSON, version 1; numbers that are not finite are `null`.
  package func json() throws -> String {
    func worth(_ worth: LeverAnswer.Worth) -> Document.Worth {
      Document.Worth(
        saving: RangeDocument(worth.saving), restsOnFleetsThatDoNotHold: worth.isDoubtful,
        restsOnUndecidedFleets: worth.isUndecided)
    }
    return try JSONText.of(
      Document(
        plimsollLevers: 1, about: answer.study.about, scenario: answer.study.scenario,
        seed: answer.study.seed,
        confidence: answer.study.confidence, replications: answer.study.replications,
        orders: answer.study.orders,
        keys: answer.study.keys, baseline: RangeDocument(answer.baseline),
        optimised: RangeDocument(answer.optimised),
        operated: Document.Operated(
          monthlyCost: RangeDocument(answer.operated.bill),
          verdicts: answer.operated.verdicts.map {
            Document.Verdict(target: $0.target, verdict: $0.verdict.rawValue, reason: $0.reason)
          }, size: answer.operated.size),
        budgets: answer.budgets, contradictions: contradictions,
        levers: answer.levers.map {
          Document.Lever(
            name: $0.name, alone: worth($0.alone), removed: worth($0.removed),
            share: worth($0.share), shareRounded: Self.dollars($0.cents))
        },
        coalitions: answer.coalitions.map { coalition in
          Document.Coalition(
            levers: answer.levers.indices.filter { coalition.members & 1 << $0 != 0 }
              .map { answer.levers[$0].name },
            size: coalition.size,
            monthlyCost: coalition.bills.reduce(0, +) / Double(max(1, coalition.bills.count)),
            holdsAtNoSize: coalition.holdsNowhere, lacking: coalition.lacking,
            undecidedSizes: coalition.undecided)
        },
        fleets: answer.effort.fleets, requests: answer.effort.requests))
  }

  private struct Document: Encodable {
    struct Worth: Encodable {
      let saving: RangeDocument
      let restsOnFleetsThatDoNotHold: Bool
      let restsOnUndecidedFleets: Bool
    }
    struct Lever: Encodable {
      let name: String
      let alone: Worth
      let removed: Worth
      let share: Worth
      let shareRounded: String
    }
    struct Coalition: Encodable {
      let levers: [String]
      let size: [String]
      let monthlyCost: Double
      let holdsAtNoSize: Bool
      let lacking: [String]
      let undecidedSizes: [[String]]
    }
    struct Verdict: Encodable {
      let target: String
      let verdict: String
      let reason: String
    }
    struct Operated: Encodable {
      let monthlyCost: RangeDocument
      let verdicts: [Verdict]
      let size: [String]?
    }
    let plimsollLevers: Int
    let about: String
    let scenario: String
    let seed: UInt64
    let confidence: Double
    let replications: Int
    let orders: Int?
    let keys: [String]
    let baseline: RangeDocument
    let optimised: RangeDocument
    let operated: Operated
    let budgets: [String]
    let contradictions: [String]
    let levers: [Lever]
    let coalitions: [Coalition]
    let fleets: Int
    let requests: UInt64
  }
}
