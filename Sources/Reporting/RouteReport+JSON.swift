// SPDX-License-Identifier: GPL-3.0-or-later

import Policies

extension RouteReport {
  /// The report as JSON, version 1.
  package func json() throws -> String {
    try JSONText.of(
      Document(
        plimsoll: 1,
        prompts: rows.map {
          Document.Prompt(
            tier: $0.tier, score: $0.score, reference: $0.reference, reason: $0.reason,
            prompt: $0.text)
        },
        confusions: confusions.map { confusion in
          let costs = costs(confusion)
          return Document.Confusion(
            name: confusion.name, classes: classes, choices: classes,
            counts: Self.counts(confusion.matrix), accuracy: confusion.matrix.accuracy,
            downCost: down, meanErrorCost: costs.own, alwaysStrongestCost: costs.always)
        },
        routing: routing.map { routing in
          Document.Routing(
            scenario: routing.scenario, classes: classes, models: routing.models,
            counts: Self.counts(routing.matrix), strongest: routing.strongest,
            router: Document.Outcome(routing.routed),
            alwaysStrongest: Document.Outcome(routing.always), qualityFloor: routing.floor,
            summary: sentences(routing))
        }))
  }

  private static func counts(_ matrix: ConfusionMatrix) -> [[Int]] {
    (0..<matrix.classCount).map { row in
      (0..<matrix.choiceCount).map { matrix[row, $0] }
    }
  }

  private struct Document: Encodable {
    struct Prompt: Encodable {
      let tier: String
      let score: Double
      let reference: String
      let reason: String
      let prompt: String
    }
    struct Confusion: Encodable {
      let name: String
      let classes: [String]
      let choices: [String]
      let counts: [[Int]]
      let accuracy: Double?
      let downCost: Double
      let meanErrorCost: Double
      let alwaysStrongestCost: Double
    }
    struct Outcome: Encodable {
      let quality: Double?
      let usdPerRequest: Double?

      init(_ outcome: RouteReport.Routing.Outcome) {
        (quality, usdPerRequest) = (outcome.quality, outcome.cost)
      }
    }
    struct Routing: Encodable {
      let scenario: String
      let classes: [String]
      let models: [String]
      let counts: [[Int]]
      let strongest: String
      let router: Outcome
      let alwaysStrongest: Outcome
      let qualityFloor: Double?
      let summary: [String]
    }
    let plimsoll: Int
    let prompts: [Prompt]
    let confusions: [Confusion]
    let routing: Routing?
  }
}
