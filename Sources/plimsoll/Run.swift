// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DecisionLog
import Reporting

/// What a log is about, as it is asked for.
enum DecisionSubject: String, ExpressibleByArgument, CaseIterable {
  case policies, machines, path, all

  /// The same as a log has it.
  var subjects: DecisionSubjects {
    switch self {
    case .policies: [.machines, .policies]
    case .machines: .machines
    case .path: .path
    case .all: [.machines, .policies, .path]
    }
  }
}

/// `plimsoll run`: simulate, store, print the summary.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Simulate a scenario, store the run and print its summary.")

  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(help: "Write every decision of the policies in one replication to this file, as JSONL.")
  var decisions: String?
  @Option(help: "Write the decisions of this replication, counted from 0.")
  var decisionsOf: Int = 0
  @Option(
    help: """
      What is written: the answers of all policies, those about machines, which is far less, the events of the \
      request path with what becomes of requests, or all.
      """)
  var decisionsAbout: DecisionSubject = .policies
  @OptionGroup var options: RunOptions

  func validate() throws {
    if decisionsOf < 0 {
      throw ValidationError("--decisions-of is \(decisionsOf); allowed: a replication, from 0")
    }
  }

  func run() async throws {
    let (report, outcome) = try await Failure.reporting {
      try await options.report(options.read(scenario, overrides: options.overrides))
    }
    if let decisions {
      guard decisionsOf < outcome.records.count else {
        Terminal.tell(
          "plimsoll: --decisions-of is \(decisionsOf); allowed: 0 to \(outcome.records.count - 1)\n"
        )
        throw ExitStatus.usage.code
      }
      try Failure.reporting {
        try DecisionFile(path: decisions).write(
          outcome, replication: decisionsOf, about: decisionsAbout.subjects)
      }
    }
    switch options.format {
    case .table: Terminal.show(report.table)
    case .json: Terminal.print(try report.json())
    case .csv: Terminal.print(RunReport.csv([report]))
    case .markdown: Terminal.print("\(report.answer)\n\n\(report.markdown)")
    }
  }
}
