// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Quantities
import Scenario
import Workload

/// `plimsoll trace synthesize`: the requests of a scenario as a trace.
struct SynthesizeTrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write the requests of a scenario's workload as a trace.",
    discussion: """
      The very requests that a replication of the scenario simulates: a scenario that replays the trace meets them at the \
      same times with the same tokens. Times are seconds since the scenario's start. class, tenant, content, deterministic \
      and session say what else is drawn; a replay draws these anew and says that it leaves the columns out. Equal numbers \
      of content are equal requests; session is 0 where a request stands alone. Mooncake's form holds milliseconds and \
      tokens only.
      """)

  /// How the requests are written.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case csv, mooncake
  }

  @Argument(help: "The scenario file.")
  var scenario: String
  @Option(help: "The first moment, counted from the scenario's start.")
  var from = "0h"
  @Option(name: .customLong("for"), help: "How long a stretch; by default an hour, or the horizon.")
  var stretch: String?
  @Option(help: "The seed of all random numbers, instead of the scenario's.")
  var seed: UInt64?
  @Option(help: "Of which replication, counted from 0.")
  var replication: UInt32 = 0
  @Option(name: .customLong("set"), help: "Change a value: --set workload.arrivals.scale=2.")
  var overrides: [String] = []
  @Option(help: "csv, or mooncake: an object of JSON a line.")
  var format: Form = .csv
  @Option(name: [.short, .long], help: "The file to write.")
  var output: String

  /// The most requests of a trace.
  private static let most = 100_000_000.0

  func run() throws {
    let loaded = try Failure.reporting {
      try ScenarioLoader.load(scenario, files: Terminal.files, overrides: overrides).scenario
    }
    let horizon = loaded.run.horizon
    let begin = try span(from, of: "--from")
    let length = try stretch.map { try span($0, of: "--for") } ?? min(.hours(1), horizon - begin)
    guard length > .zero, begin + length <= horizon else {
      throw ValidationError(
        "--from \(from) and --for \(stretch ?? "\(length)") reach beyond the horizon; allowed: up to \(horizon)"
      )
    }
    let start = Instant.start + begin
    let expected = loaded.workload.expectedRequests(from: start, for: length)
    guard Double(expected) <= Self.most else {
      throw ValidationError(
        "about \(expected) requests are expected; allowed: up to 100000000, so take a shorter --for"
      )
    }
    let count = try Failure.reporting {
      try FileAside(path: output).writing { file in
        try write(
          loaded.workload, seed: seed ?? loaded.run.seed, from: start, to: start + length, file)
      }
    }
    Terminal.tell(
      "plimsoll: \(output): \(count) requests of \(scenario) from \(begin) on for \(length)\n")
  }

  private func span(_ text: String, of option: String) throws -> TimeSpan {
    guard let span = try? TimeSpan(parsing: text), span >= .zero else {
      throw ValidationError("\(option) is \(text); allowed: a time such as 10min or 24h")
    }
    return span
  }

  /// A name as a field of CSV.
  private static func field(_ name: String) -> String {
    name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      ? "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : name
  }

  /// Writes the requests piece by piece.
  private func write(
    _ workload: WorkloadModel, seed: UInt64, from start: Instant, to end: Instant,
    _ file: FileHandle
  ) throws -> Int {
    var source = RequestSource(workload, from: start, seed: seed, replication: replication)
    let classes = workload.mix.classNames.map(Self.field)
    let tenants = workload.mix.tenantNames.map(Self.field)
    let sessions = workload.sessionLaw
    var text =
      format == .csv
      ? "time,prompt_tokens,output_tokens,class,tenant,content,deterministic,session\n" : ""
    var count = 0
    while source.nextTime < end {
      let request = source.take()
      count += 1
      let tokens = (request.promptTokens, request.outputTokens)
      switch format {
      case .csv:
        let time = formatted(
          digits: request.time.sinceStart.nanoseconds, places: 9, trimmingZeros: true)
        text +=
          "\(time),\(tokens.0),\(tokens.1),\(classes[Int(request.classIndex)]),"
          + "\(tenants[Int(request.tenantIndex)]),\(request.contentID),"
          + "\(request.isDeterministic ? 1 : 0),\(sessions.session(of: request.number, at: request.time))\n"
      case .mooncake:
        let time = request.time.sinceStart.nanoseconds / 1_000_000
        text +=
          "{\"timestamp\": \(time), \"input_length\": \(tokens.0), \"output_length\": \(tokens.1)}\n"
      }
      if text.utf8.count > 1 << 20 {
        try file.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
    try file.write(contentsOf: Data(text.utf8))
    return count
  }
}
