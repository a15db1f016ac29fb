// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Experiments
import FleetSimulation
import Foundation
import Quantities
import Reporting
import ResultsStore
import Scenario

/// Turns errors into messages and exit codes, in one place.
enum Failure {
  /// Does `body`; on an error tells what it was and leaves with its code.
  static func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw told(error).code
    }
  }

  /// Does `body`; on an error tells what it was and leaves with its code.
  static func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      throw told(error).code
    }
  }

  /// The same where an array engine decides whether to try again: failures of input and output may pass.
  static func retryable<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      let status = told(error)
      throw status == .inputOutput ? ExitStatus.interrupted.code : status.code
    }
  }

  /// What is wrong with a file, for a report beside those of others; it is told too.
  static func unjudged(_ path: String, _ error: any Error) -> CheckReport.Unjudged {
    let faults: [CheckReport.Unjudged.Fault]
    switch error {
    case let errors as ScenarioErrors: faults = errors.faults
    case let told as Told: faults = told.faults
    case let error as CocoaError: faults = [.init(message: FileProblem.sentence(of: error))]
    default: faults = [.init(message: "\(error)")]
    }
    return CheckReport.Unjudged(path: path, code: told(error).rawValue, faults: faults)
  }

  /// An error that has been told, with what was said.
  struct Told: Error {
    let status: ExitStatus
    let faults: [CheckReport.Unjudged.Fault]
  }

  /// Tells what an error is, and says which code it ends with.
  static func told(_ error: any Error) -> ExitStatus {
    switch error {
    case let errors as ScenarioErrors:
      Terminal.tell(errors.rendered(width: Terminal.messageWidth ?? 160) + "\n")
      return isMissingFile(errors) ? ExitStatus.missingFile : ExitStatus.invalidScenario
    case let broken as ConservationError:
      Terminal.tell("plimsoll: a law of conservation is broken, please report this: \(broken)\n")
      return .bug
    case is BillOutOfRange, is UnknownMeasure, is AllPointsRefused, is NoTargets,
      is ScenarioChanged, is PlanError, is StuckEngine:
      Terminal.tell("plimsoll: \(error)\n")
      return .invalidScenario
    case let usage as ValidationError:
      Terminal.tell("plimsoll: \(usage.message)\n")
      return .usage
    case is SweepGrammarErrors:
      Terminal.tell("plimsoll: \(error)\n")
      return .usage
    case is UnreadableReplication:
      Terminal.tell("plimsoll: \(error)\n")
      return .invalidScenario
    case is UnequalShards, is BrokenReplication:
      Terminal.tell("plimsoll: \(error)\n")
      return .bug
    case let told as Told:
      return told.status
    case let code as ExitCode:
      return ExitStatus(rawValue: code.rawValue) ?? .bug
    case let error as CocoaError:
      Terminal.tell("plimsoll: \(FileProblem.sentence(of: error))\n")
      return .inputOutput
    default:
      Terminal.tell("plimsoll: \(error)\n")
      return .inputOutput
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
