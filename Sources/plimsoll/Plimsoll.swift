// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import CAllocator
import Foundation

/// The command: a deterministic simulator of the cost and performance of LLM serving fleets.
@main
struct Plimsoll: AsyncParsableCommand {
  static let versionText = "0.1.0"

  // Every command says its name: made of its type's, all of them are asked for at each start, which
  // takes a tenth of the time of a `validate`.
  static let configuration = CommandConfiguration(
    commandName: "plimsoll",
    abstract: "What will this LLM serving fleet cost a month, and will it meet its targets?",
    discussion: """
      Exit codes: 0 done (check: all targets hold), 98 a target is undecided, 99 a target fails, \
      64 usage, 65 invalid scenario or trace, 66 file missing, 70 a bug of ours, 74 input, output \
      or database, 75 interrupted.
      """,
    version: versionText,
    subcommands: [
      Init.self, Run.self, Check.self, Compare.self, Sweep.self, Optimize.self, Capacity.self,
      Explain.self, Sensitivity.self, Next.self, Report.self,
      ShowCatalogue.self, Trace.self, Calibrate.self, Route.self, Engine.self, Replay.self,
      Validate.self, Keys.self, PrintSchema.self, Runs.self, Show.self, Doctor.self,
    ])

  /// Starts the command.
  static func main() async {
    Terminal.holdStandardStreams()
    // A reader who has gone is an error of writing, and not the end.
    _ = signal(SIGPIPE, SIG_IGN)
    let signals = Interruption.install()
    // What one replication needed is not kept while others run.
    plimsoll_return_large_blocks()
    let status = await status()
    withExtendedLifetime(signals) {}
    leave(with: status)
  }

  /// Does what the command line says, and tells what went wrong.
  private static func status() async -> ExitStatus {
    if let hint = VerbHint.sentence(Array(CommandLine.arguments.dropFirst())) {
      Terminal.tell(hint)
      return .usage
    }
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .done
    } catch {
      let text = fullMessage(for: error)
      let code = exitCode(for: error)
      if code == .success {
        Terminal.print(text + VerbHint.more(CommandLine.arguments) + "\n")
      } else if !text.isEmpty {
        Terminal.tell(text + "\n")
      }
      return ExitStatus(rawValue: code.rawValue) ?? .bug
    }
  }

  /// Ends the process; where results could not be written, with the code for that.
  private static func leave(with status: ExitStatus) -> Never {
    Glibc.exit((Terminal.hasLostOutput ? status.first(.inputOutput) : status).rawValue)
  }
}
