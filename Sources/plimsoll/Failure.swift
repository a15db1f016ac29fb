// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import FleetSimulation
import Foundation
import Quantities
import ResultsStore
import Scenario

/// Turns errors into messages and exit codes, in one place.
enum Failure {
  /// Does `body`; on an error tells what it was and leaves with its code.
  static func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw exit(for: error)
    }
  }

  /// Does `body`; on an error tells what it was and leaves with its code.
  static func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      throw exit(for: error)
    }
  }

  /// The same where an array engine decides whether to try again: failures of input and output may pass.
  static func retryable<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      let code = exit(for: error)
      throw code == ExitStatus.inputOutput.code ? ExitStatus.interrupted.code : code
    }
  }

  private static func exit(for error: any Error) -> ExitCode {
    switch error {
    case let errors as ScenarioErrors:
      Terminal.tell(errors.rendered() + "\n")
      return isMissingFile(errors) ? ExitStatus.missingFile.code : ExitStatus.invalidScenario.code
    case let broken as ConservationError:
      Terminal.tell("plimsoll: a law of conservation is broken, please report this: \(broken)\n")
      return ExitStatus.bug.code
    case is BillOutOfRange, is UnknownMeasure, is AllPointsRefused, is NoTargets,
      is ScenarioChanged, is PlanError:
      Terminal.tell("plimsoll: \(error)\n")
      return ExitStatus.invalidScenario.code
    case let usage as ValidationError:
      Terminal.tell("plimsoll: \(usage.message)\n")
      return ExitStatus.usage.code
    case is SweepGrammarErrors:
      Terminal.tell("plimsoll: \(error)\n")
      return ExitStatus.usage.code
    case is UnreadableReplication, is UnequalShards:
      Terminal.tell("plimsoll: \(error)\n")
      return ExitStatus.bug.code
    case let code as ExitCode:
      return code
    case let error as CocoaError:
      let place = error.filePath.map { "\($0): " } ?? ""
      Terminal.tell("plimsoll: \(place)\(error.localizedDescription)\n")
      return ExitStatus.inputOutput.code
    default:
      Terminal.tell("plimsoll: \(error)\n")
      return ExitStatus.inputOutput.code
    }
  }

  private static func isMissingFile(_ errors: ScenarioErrors) -> Bool {
    errors.errors.allSatisfy {
      switch $0.problem {
      case .missingFile, .folder: true
      default: false
      }
    }
  }
}
