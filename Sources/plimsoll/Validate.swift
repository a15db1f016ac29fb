// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import Scenario

/// `plimsoll validate`: check files without running them.
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check scenario files and all files that they name, without simulating.")

  @Argument(help: "The scenario files.")
  var scenarios: [String]
  @Option(
    name: .customLong("set"),
    help: "Change a value: --set fleet.base.machines=4.",
    completion: .custom { KeyCompletion.assignments($0, $1, $2) })
  var overrides: [String] = []
  @Flag(help: "Print only errors.")
  var quiet = false

  func run() throws {
    var status: ExitCode?
    for path in scenarios {
      do {
        let kind = try Failure.reporting { try validate(path) }
        // Both are checked as they stand.
        if !quiet, !overrides.isEmpty, kind == .fragment || kind == .sensitivity {
          let what = kind == .fragment ? "fragment" : "study of inputs"
          Terminal.tell("plimsoll: --set changes nothing in \(path), which is a \(what)\n")
        }
        if !quiet { Terminal.print("\(path): valid\n") }
      } catch let code as ExitCode {
        status = code
      }
    }
    if let status { throw status }
  }

  /// Reads a file, and says of which kind it is: a fragment as text, a scenario, claims with every scenario that
  /// they name, a study at both ends of its inputs, or one of levers with each of them off. Overrides change
  /// scenarios: the file itself, those that claims name, and that of levers.
  private func validate(_ path: String) throws -> ScenarioText.Kind {
    let text = try ScenarioText.load(path, files: Terminal.files, overrides: overrides)
    switch text.kind {
    case .fragment:
      break
    case .sensitivity:
      _ = try SensitivityStudy.load(path, files: Terminal.files)
    case .levers:
      _ = try LeverStudy.load(
        path, files: Terminal.files, overrides: overrides, sizeProblem: LeverAnalysis.sizeProblem)
    case .claims:
      let claims = try ClaimSet.load(path, files: Terminal.files)
      for scenario in claims.scenarios {
        _ = try ScenarioLoader.load(
          scenario, files: Terminal.files, overrides: overrides, claims: claims)
      }
    case .catalogue:
      try ScenarioLoader.checkCatalogue(text, path: path, files: Terminal.files)
    case .prices:
      try ScenarioLoader.checkPrices(text, path: path, files: Terminal.files)
    case .scenario:
      let scenario = try ScenarioLoader.load(text, path: path, files: Terminal.files).scenario
      guard !quiet else { break }
      Terminal.tellInputs(of: scenario, path)
      for warning in scenario.origin.warnings {
        Terminal.tell("plimsoll: \(path): warning: \(warning)\n")
      }
    }
    return text.kind
  }
}
