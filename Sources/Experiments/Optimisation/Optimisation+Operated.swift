// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Scenario
import Statistics

extension Optimisation {
  /// The fleet as its scenario has it beside what was found: simulated with requests only where it
  /// is cheaper.
  func compare(
    _ loaded: LoadedExperiment, with candidates: [Candidate], _ answer: OptimumAnswer
  ) async throws -> OptimumAnswer.Operated? {
    let text = loaded.scenario.origin.canonicalText
    if let number = candidates.firstIndex(where: {
      $0.trial?.loaded.scenario.origin.canonicalText == text
    }) {
      let point = answer.points[number]
      guard let bill = point.bill else { return nil }
      return OptimumAnswer.Operated(
        point: number, bill: bill, standing: point.standing, verdicts: point.verdicts)
    }
    var trial = FleetTrial(loaded, seed: answer.seed)
    try await trial.cost(upTo: effort.firstStage, jobs: effort.jobs)
    guard let bill = Interval.mean(of: trial.costs, confidence: effort.confidence) else {
      return nil
    }
    let known = chosen(answer).flatMap { answer.points[$0].bill }
    guard known.map({ bill.estimate < $0.estimate }) ?? true else {
      return OptimumAnswer.Operated(point: nil, bill: bill, standing: .dearer, verdicts: [])
    }
    let found = try await trial.settle(
      looks: effort.looks, confidence: effort.confidence, jobs: effort.jobs)
    return OptimumAnswer.Operated(
      point: nil, bill: bill, standing: OptimumAnswer.Standing(found.standing),
      verdicts: found.verdicts)
  }

  private func chosen(_ answer: OptimumAnswer) -> Int? {
    switch answer.outcome {
    case .winner(let number): number
    case .inseparable(let numbers): numbers.first
    case .none: nil
    }
  }
}

extension OptimumAnswer.Standing {
  /// What was found out about a fleet.
  init(_ standing: FleetStanding) {
    switch standing {
    case .holds: self = .holds
    case .fails: self = .fails
    case .unsettled: self = .unsettled
    }
  }
}
