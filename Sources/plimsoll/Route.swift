// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Inputs
import Policies
import Reporting
import Scenario
import Workload

/// `plimsoll route`: what the router makes of prompts.
struct Route: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Print tier, score and reason for each prompt of a file.",
    discussion: """
      The file holds one prompt a line, CSV with a column text or prompt, or JSON: objects with text or prompt, or \
      conversations. The ending of its name decides, or else its first bytes. - reads standard input. If there is \
      also a class column, results are computed on the half of the prompts that was not used for tuning.

      Without a scenario the tiers are simple, medium and complex. If the tuning half is large enough, each score \
      gets the tier whose errors cost least; otherwise the limits are 0.15 and 0.35. The confusion matrices of the \
      production and the reference classifier follow, and whether they beat sending everything to the strongest.

      With a scenario, the tier is the model that its router intends. A table follows: which class goes to which \
      model, with quality and cost against always using the strongest model.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String
  @Option(help: "Use the router of a scenario.")
  var scenario: String?
  @Option(help: "How many answers from too strong a tier cost as much as one from too weak a tier.")
  var down = 3.0
  @Option(help: "The format of the results.")
  var format: OutputFormat = .table

  private static let tiers = ["simple", "medium", "complex"]

  func validate() throws {
    guard down.isFinite, (0.001...1_000).contains(down) else {
      throw ValidationError("--down is \(down); allowed: 0.001 to 1000")
    }
  }

  func run() throws {
    let loaded = try scenario.map { path in
      try Failure.reporting { try ScenarioLoader.load(path, files: Terminal.files) }.scenario
    }
    let prompts = try read(classes: classes(of: loaded))
    let report: RouteReport
    if let loaded {
      let routed = RoutedPrompts(prompts, by: loaded)
      report = RouteReport(
        rows: routed.rows, classes: loaded.workload.mix.classNames, routing: routed.routing)
    } else {
      let judged = judge(prompts)
      report = RouteReport(
        rows: judged.map(\.row), classes: Self.tiers, down: down,
        confusions: confusions(prompts, judged))
    }
    switch format {
    case .table: Terminal.show(report.table)
    case .json: Terminal.print(try report.json())
    case .csv: Terminal.print(report.csv)
    case .markdown: Terminal.print(report.markdown)
    }
  }

  /// The classes that prompts may have: those of a scenario that tells some apart, else the tiers.
  private func classes(of scenario: Scenario?) -> [String] {
    guard let names = scenario?.workload.mix.classNames, names.count > 1 else { return Self.tiers }
    return names
  }

  // MARK: Reading

  private func read(classes: [String]) throws -> [PromptReader.Prompt] {
    let bytes = try file == "-" ? Terminal.standardInput() : Terminal.bytes(of: file)
    do {
      let prompts = try PromptReader.prompts(bytes, ofFile: file)
      try check(prompts, classes)
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

  private func check(
    _ prompts: [PromptReader.Prompt], _ classes: [String]
  ) throws(TraceErrors) {
    let errors = prompts.compactMap { prompt -> TraceError? in
      guard let name = prompt.className, !classes.contains(name) else { return nil }
      return TraceError(
        line: prompt.line, column: 1, found: "'\(name)'",
        allowed: "a class: " + classes.joined(separator: ", "))
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
  }

  // MARK: Judging

  private struct Judged {
    let row: RouteReport.Row
    let choice: Int
    let reference: ReferenceClassifier.Complexity
  }

  private func judge(_ prompts: [PromptReader.Prompt]) -> [Judged] {
    let scorer = DifficultyScorer()
    let calibration = calibration(prompts, scorer)
    return prompts.map { prompt in
      let score = scorer.score(prompt.text)
      let byScore = score.value < 0.15 ? 0 : score.value < 0.35 ? 1 : 2
      let choice = calibration?.leastCostClass(given: score.value, down: down) ?? byScore
      let reference = prompt.reference
      return Judged(
        row: RouteReport.Row(
          text: prompt.text, tier: Self.tiers[choice], score: score.value, reason: score.reason,
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
    _ prompts: [PromptReader.Prompt], _ judged: [Judged]
  ) -> [RouteReport.Confusion] {
    let count = Self.tiers.count
    var production = ConfusionMatrix(classCount: count, choiceCount: count)
    var reference = production
    for (prompt, row) in zip(prompts, judged) {
      guard let label = prompt.label, !label.isForTuning,
        let number = Self.tiers.firstIndex(of: label.className)
      else { continue }
      production.record(trueClass: number, choice: row.choice)
      reference.record(trueClass: number, choice: row.reference.rawValue)
    }
    guard reference.total > 0 else { return [] }
    return [
      RouteReport.Confusion(name: "production", matrix: production),
      RouteReport.Confusion(name: "reference", matrix: reference),
    ]
  }
}

extension PromptReader.Prompt {
  /// What the reference design's classifier makes of it; a token is taken as four characters, a
  /// rule of thumb for
  /// English.
  var reference: ReferenceClassifier.Complexity {
    ReferenceClassifier.classify(
      text, promptTokens: UInt32(clamping: text.unicodeScalars.count / 4 + 1))
  }

  /// The prompt as a labelled one; `nil` where it has no label.
  var label: LabelledPrompt? {
    className.map { LabelledPrompt(text: text, className: $0, language: language ?? "") }
  }
}
