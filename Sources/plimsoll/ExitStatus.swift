// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// The exit codes of the tool; `Documentation/ExitCodes.md` explains them to users.
enum ExitStatus: Int32 {
  /// Done; for `check`, all targets hold or are assumed.
  case done = 0
  /// Wrong use of the command line; ArgumentParser's own.
  case usage = 64
  /// A scenario or trace is invalid.
  case invalidScenario = 65
  /// A file is missing.
  case missingFile = 66
  /// A bug of ours.
  case bug = 70
  /// Input, output or the database failed.
  case inputOutput = 74
  /// Interrupted; what is stored is whole.
  case interrupted = 75
  /// A target is undecided, and none fails.
  case undecided = 98
  /// A target fails.
  case targetFails = 99

  /// All of them, the one that says most about several things that happened first.
  private static let order: [ExitStatus] = [
    .bug, .interrupted, .inputOutput, .missingFile, .invalidScenario, .usage, .targetFails,
    .undecided, .done,
  ]

  /// Which of two is told where both happened.
  func first(_ other: ExitStatus) -> ExitStatus {
    Self.order.first { $0 == self || $0 == other } ?? self
  }

  /// The code as ArgumentParser wants it.
  var code: ExitCode { ExitCode(rawValue) }
}
