// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation

/// `plimsoll-fuzz`: changed inputs to every reader, and short runs of what is valid.
///
/// A case is a function of the seed, its number and the files of the repository. Cases are tried in processes
/// of their own, so that one that ends its process is found, made small and kept.
@main
struct Fuzz: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plimsoll-fuzz",
    abstract: "Try changed inputs on every reader, and run what is valid.",
    discussion: "Ends with 0 where nothing went wrong, and with 70 where something did.")

  /// What cases are.
  enum Cases: String, ExpressibleByArgument { case inputs, runs }

  @Option(help: "How many changed inputs are tried.")
  var inputs: UInt64 = 10_000
  @Option(help: "How many changed scenarios are run where they are valid.")
  var runs: UInt64 = 200
  @Option(help: "How long at most.")
  var seconds: Double?
  @Option(help: "The seed of all cases; one of the time by default.")
  var seed: UInt64 = UInt64(Date().timeIntervalSince1970)
  @Option(help: "The first case.")
  var first: UInt64 = 0
  @Option(help: "How many processes work side by side.")
  var jobs = 2
  @Option(help: "Where files lie that cases are made of.")
  var corpus: [String] = ["Scenarios", "Tests/plimsoll-fuzz/Seeds"]
  @Option(help: "Where faults are kept.")
  var keep = ".build/fuzz"
  @Option(help: "The built command.")
  var command = ".build/release/plimsoll"
  @Option(help: "Do one case here: its number.")
  var only: UInt64?
  @Option(help: "Do one case here that was kept: its folder.")
  var kept: String?
  @Option(help: "Whether --only is an input or a run.")
  var cases = Cases.inputs
  @Option(parsing: .upToNextOption, help: .hidden)
  var worker: [String] = []

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    if let kept { return try await doKept(kept) }
    let files = try Corpus(folders: corpus + (corpus.contains(made) ? [] : [made]).filter(exists))
    if let only { return await describe(only, files) }
    if worker.count == 4 { return try await work(files) }
    try await makeSeeds()
    try supervise()
  }

  /// Where files lie that were made for the fuzzer: a log, a plan with its shards, a database.
  private var made: String { "\(keep)/seeds" }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  // MARK: Workers

  /// Does the cases of a range, and notes before each which it is.
  private func work(_ corpus: Corpus) async throws {
    guard let from = UInt64(worker[0]), let to = UInt64(worker[1]),
      let status = FileHandle(forUpdatingAtPath: worker[2])
    else { throw ValidationError("a worker is told its cases") }
    try FileManager.default.createDirectory(atPath: worker[3], withIntermediateDirectories: true)
    let runner = CaseRunner(folder: worker[3], command: command)
    for number in from..<to {
      let words = [number, 1].map { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
      }
      try status.seek(toOffset: 0)
      try status.write(contentsOf: Data(words.flatMap { $0 }))
      let fuzzCase = FuzzCase(number, seed: seed, runs: cases == .runs, corpus: corpus)
      if await runner.run(fuzzCase) { unsafe right += 1 }
    }
  }

  private func describe(_ number: UInt64, _ corpus: Corpus) async {
    let fuzzCase = FuzzCase(number, seed: seed, runs: cases == .runs, corpus: corpus)
    print(
      "case \(number) of seed \(seed): \(fuzzCase.kind), \(fuzzCase.path), changed: \(fuzzCase.changed)"
    )
    print(String(decoding: fuzzCase.bytes, as: UTF8.self))
    let runner = CaseRunner(folder: NSTemporaryDirectory(), command: command)
    print(await runner.run(fuzzCase) ? "right" : "refused")
  }

  // MARK: Faults that were kept

  /// What a kept fault says of itself.
  struct About: Codable {
    let kind: String
    let path: String
    let changed: String
    let reason: String
    let command: String
  }

  private func doKept(_ folder: String) async throws {
    let about = try JSONDecoder().decode(
      About.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/about.json")))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/case"))
    let files = try Corpus(folders: corpus + [made].filter(exists))
    guard let kind = FuzzKind(rawValue: about.kind) else { throw ValidationError("no kind") }
    let fuzzCase = FuzzCase(
      kind: kind, path: about.path, changed: about.changed, bytes: [UInt8](bytes), corpus: files)
    let runner = CaseRunner(folder: NSTemporaryDirectory(), command: command)
    print(await runner.run(fuzzCase) ? "right" : "refused")
  }
}

/// How many cases were right; kept so that no work of a case is left out as of no use.
nonisolated(unsafe) private var right = 0
