// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `plimsoll next`: the next round of a study, or its answer.
struct Next: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next",
    abstract: "Go on with a study that runs as rounds of shards: the next round, or the answer.",
    discussion: """
      optimize, explain and sensitivity with --plan DIR begin one. The shards of each DIR/round-N/plan.json run \
      anywhere, by sweep run-shard. Prints {"round":N,"shards":K} where there is another round; the answer and \
      {"done":true} where there is none, and stores what a run in one process stores. Exits 75 while shards of \
      the round are missing or damaged.
      """)

  @Argument(help: "The folder that --plan named.")
  var folder: String
  @Option(
    help: """
      How the answer is printed: \(OutputFormat.allCases.map(\.rawValue)); else as was said with --plan.
      """)
  var format: OutputFormat?
  @Option(help: "The database of the answer; study.sqlite in the folder by default.")
  var db: String?

  func run() async throws {
    let study = try Failure.reporting { try StudyFolder.open(folder) }
    try await study.advance(format: format, db: db)
  }
}
