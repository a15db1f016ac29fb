// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Policies
import Reporting
import Scenario
import Workload

/// `plimsoll route`: what the router makes of prompts.
struct Route: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Print tier, score and reason for each prompt of a file.",
    discussion: """
      The file holds a prompt a line, or CSV with a column text, or a JSON object with text a line; - \
      reads standard input. Where there is a class column too, the confusion matrices of the \
      production and the reference classifier follow, on the half of the prompts that is not for tuning.

      Without a scenario tiers are simple, medium and complex: by the most probable class where the \
      file's tuning half teaches it, else by scores of 0.15 and 0.35. With one, the tier is the model that its \
      router intends.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String
  @Option(help: "Use the router of a scenario.")
  var scenario: String?
  @Option(help: "How results are printed: \(OutputFormat.allCases.map(\.rawValue)).")
  var format: OutputFormat = .table

  private static let tiers = ["simple", "medium", "complex"]

  func run() throws {
    let prompts = try Failure.reporting { try read() }
    let router = try scenario.map { path in
      try Failure.reporting { try ScenarioLoader.load(path, files: Terminal.files) }.scenario
    }
    let judged = judge(prompts, router)
    let report = RouteReport(
      rows: judged.map(\.row), classes: Self.tiers, confusions: confusions(prompts, judged, router))
    switch format {
    case .table: Terminal.show(report.table)
    case .json: Terminal.print(try report.json())
    case .csv: Terminal.print(report.csv)
    case .markdown: Terminal.print(report.markdown)
    }
  }

  // MARK: Reading

  private func read() throws -> [PromptReader.Prompt] {
    let bytes: [UInt8]
    if file == "-" {
      bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    } else {
      do {
        bytes = try Terminal.files.read(file)
      } catch {
        Terminal.tell("plimsoll: \(file) cannot be read\n")
        throw ExitStatus.missingFile.code
      }
    }
    do {
      let prompts = try PromptReader.prompts(inAnyFormat: bytes) { line in
        struct Line: Decodable {
          let text: String
          let `class`: String?
          let language: String?
        }
        guard let object = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
          return nil
        }
        return (object.text, object.class, object.language)
      }
      try checkClasses(prompts)
      return prompts
    } catch {
      for problem in error.errors {
        Terminal.tell(
          "\(file):\(problem.line):\(problem.column): found \(problem.found), "
            + "allowed: \(problem.allowed)\n")
      }
      throw ExitStatus.invalidScenario.code
    }
  }

  private func checkClasses(_ prompts: [PromptReader.Prompt]) throws(TraceErrors) {
    let errors = prompts.compactMap { prompt -> TraceError? in
      guard let name = prompt.className, !Self.tiers.contains(name) else { return nil }
      return TraceError(
        line: prompt.line, column: 1, found: "'\(name)'",
        allowed: "a class: " + Self.tiers.joined(separator: ", "))
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
  }

  // MARK: Judging

  private struct Judged {
    let row: RouteReport.Row
    let choice: Int
    let reference: ReferenceClassifier.Complexity
  }

  private func judge(_ prompts: [PromptReader.Prompt], _ scenario: Scenario?) -> [Judged] {
    let scorer = DifficultyScorer()
    let calibration = calibration(prompts, scorer)
    return prompts.map { prompt in
      let score = scorer.score(prompt.text)
      // A token is taken as four characters, a rule of thumb for English.
      let tokens = UInt32(clamping: prompt.text.unicodeScalars.count / 4 + 1)
      let reference = ReferenceClassifier.classify(prompt.text, promptTokens: tokens)
      let choice: Int
      let tier: String
      var reason = score.reason
      if let scenario {
        let router = scenario.requestPolicies.routing.router
        let plan = router.plan(for: prompt.text)
        choice = router.model(intendedBy: plan).index
        tier = scenario.models[choice].name
        reason = "\(plan.reason); \(score.reason)"
      } else {
        let byScore = score.value < 0.15 ? 0 : score.value < 0.35 ? 1 : 2
        choice = calibration?.mostProbableClass(given: score.value) ?? byScore
        tier = Self.tiers[choice]
      }
      return Judged(
        row: RouteReport.Row(
          text: prompt.text, tier: tier, score: score.value, reason: reason,
          reference: Self.tiers[reference.rawValue]), choice: choice, reference: reference)
    }
  }

  /// What scores mean by the prompts for tuning; `nil` where these do not have every class.
  private func calibration(
    _ prompts: [PromptReader.Prompt], _ scorer: DifficultyScorer
  ) -> DifficultyCalibration? {
    let samples = prompts.compactMap { prompt -> DifficultyCalibration.Sample? in
      guard let label = prompt.label, label.isForTuning,
        let number = Self.tiers.firstIndex(of: label.className)
      else { return nil }
      return DifficultyCalibration.Sample(
        score: scorer.score(prompt.text).value, trueClass: number)
    }
    let seen = Self.tiers.indices.allSatisfy { tier in samples.contains { $0.trueClass == tier } }
    return seen ? DifficultyCalibration(samples, classCount: Self.tiers.count) : nil
  }

  private func confusions(
    _ prompts: [PromptReader.Prompt], _ judged: [Judged], _ scenario: Scenario?
  ) -> [RouteReport.Confusion] {
    let choices = scenario?.models.map(\.name) ?? Self.tiers
    var production = ConfusionMatrix(classCount: Self.tiers.count, choiceCount: choices.count)
    var reference = ConfusionMatrix(classCount: Self.tiers.count, choiceCount: Self.tiers.count)
    for (prompt, row) in zip(prompts, judged) {
      guard let label = prompt.label, !label.isForTuning,
        let number = Self.tiers.firstIndex(of: label.className)
      else { continue }
      production.record(trueClass: number, choice: row.choice)
      reference.record(trueClass: number, choice: row.reference.rawValue)
    }
    guard reference.total > 0 else { return [] }
    return [
      RouteReport.Confusion(name: "production", choices: choices, matrix: production),
      RouteReport.Confusion(name: "reference", choices: Self.tiers, matrix: reference),
    ]
  }
}

extension PromptReader.Prompt {
  /// The prompt as a labelled one; `nil` where it has no label.
  fileprivate var label: LabelledPrompt? {
    className.map { LabelledPrompt(text: text, className: $0, language: language ?? "") }
  }
}
