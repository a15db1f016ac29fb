// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Foundation
import Quantities

/// What a search for the capacity of a fleet found, in words.
struct CapacityReport {
  private let scenario: String
  private let fleet: String?
  private let answer: CapacitySearch.Answer

  init(_ scenario: String, _ fleet: String?, _ answer: CapacitySearch.Answer) {
    self.scenario = scenario
    self.fleet = fleet
    self.answer = answer
  }

  private func said(_ trial: CapacitySearch.Trial) -> String {
    guard fleet == nil else {
      return "\(Int(trial.value)) \(trial.value == 1 ? "machine" : "machines")"
    }
    return formatted(digits: Int64((trial.value * 1_000).rounded()), places: 3, trimmingZeros: true)
      + " times its load"
  }

  /// The answer in a sentence or two, then what was tried.
  var text: String {
    var text: String
    switch (answer.holds, answer.fails) {
    case (let holds?, let fails?):
      text =
        fleet.map {
          "\(scenario) holds its targets with \(said(holds)) of \($0); with \(said(fails))"
        }
        ?? "\(scenario) holds its targets up to \(said(holds)); at \(said(fails))"
      text += " \(fails.open.joined(separator: ", ")) \(fails.open.count == 1 ? "fails" : "fail")."
    case (let holds?, nil):
      text = "\(scenario) holds its targets at \(said(holds)); nothing that was tried fails."
    case (nil, let fails?):
      text =
        "\(scenario) is known to hold its targets nowhere; at \(said(fails)) \(fails.open.joined(separator: ", ")) "
        + "\(fails.open.count == 1 ? "fails" : "fail")."
    case (nil, nil): text = "\(scenario): nothing was decided; take more replications or windows."
    }
    let open = answer.trials.filter { $0.standing == .undecided }
    if let first = open.first {
      text +=
        " Between them it is undecided (\(first.open.joined(separator: ", "))): more replications or windows decide it."
    }
    return text + "\n"
  }

  /// The same as JSON, version 1.
  func json() throws -> String {
    struct Document: Encodable {
      struct Trial: Encodable {
        let value: Double
        let standing: String
        let open: [String]
      }
      let plimsollCapacity: Int
      let scenario: String
      let fleet: String?
      let summary: String
      let holds: Double?
      let fails: Double?
      let trials: [Trial]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      plimsollCapacity: 1, scenario: scenario, fleet: fleet,
      summary: text.trimmingCharacters(in: .newlines), holds: answer.holds?.value,
      fails: answer.fails?.value,
      trials: answer.trials.map {
        Document.Trial(value: $0.value, standing: "\($0.standing)", open: $0.open)
      })
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
