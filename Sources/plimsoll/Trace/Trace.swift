// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Inputs
import Quantities

/// `plimsoll trace`: recorded requests, before a scenario replays them.
struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Describe recorded requests, or write them as scenarios replay them.",
    subcommands: [DescribeTrace.self, ImportTrace.self, SynthesizeTrace.self])
}

/// Which file is read, and as what.
struct TraceOptions: ParsableArguments {
  @Argument(
    help: "A trace: Azure 2023 or 2024, BurstGPT, Mooncake (JSONL), or any CSV with --columns.")
  var file: String
  @Option(help: "The columns of another CSV: time=NAME,prompt=NAME,output=NAME.")
  var columns: String?

  func validate() throws {
    if let columns, TraceRows.Columns(parsing: columns) == nil {
      throw ValidationError("--columns is \(columns); allowed: time=NAME,prompt=NAME,output=NAME")
    }
  }

  /// Reads the file, or leaves with what is wrong with it.
  func read() throws -> TraceRows {
    let bytes = try Terminal.bytes(of: file)
    do {
      return try TraceRows(bytes, columns: columns.flatMap { TraceRows.Columns(parsing: $0) })
    } catch {
      for problem in error.errors {
        Terminal.tell(
          "\(file):\(problem.line):\(problem.column): found \(problem.found), allowed: \(problem.allowed)\n"
        )
      }
      throw ExitStatus.invalidScenario.code
    }
  }
}

/// `plimsoll trace describe`: how many, how often, how long.
struct DescribeTrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Print counts, rates, dispersion and lengths of recorded requests.")

  @OptionGroup var trace: TraceOptions

  func run() throws {
    let rows = try trace.read()
    let requests = rows.requests
    let first = requests[0].time
    let length = Double(requests[requests.count - 1].time - first) / 1e9
    let begin =
      rows.isDated ? "\(UTCDate(nanosecondsSince1970: first))" : "an unnamed moment"
    var text = "\(trace.file): \(rows.format), \(requests.count) requests from \(begin) over "
    text += "\(formatted(length, places: 1)) s\n"
    for note in rows.notes { text += "  \(note)\n" }
    if length > 0 {
      text +=
        "\n  mean rate    \(formatted(Double(requests.count - 1) / length, places: 3)) a second\n"
    }
    let gaps = zip(requests, requests.dropFirst()).map { Double($1.time - $0.time) / 1e9 }
    if let spread = Self.variation(gaps) {
      text +=
        "  gaps         coefficient of variation \(formatted(spread, places: 2)) (Poisson: 1)\n"
    }
    for window in [1.0, 60] where length >= 10 * window {
      let counts = Self.counts(requests, window: window)
      let mean = Double(counts.reduce(0, +)) / Double(counts.count)
      let variance =
        counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(counts.count)
      let most = counts.max() ?? 0
      text +=
        "  by \(window == 1 ? "second" : "minute")    mean \(formatted(mean, places: 2)), most \(most), "
      text += "variance to mean \(formatted(variance / mean, places: 2)) (Poisson: 1)\n"
    }
    text += "\n  tokens          mean     p50     p90     p99    most\n"
    for (name, values) in [
      ("of a prompt ", requests.map(\.prompt)), ("of an answer", requests.map(\.output)),
    ] {
      let sorted = values.sorted()
      let mean = Double(values.reduce(0, +)) / Double(values.count)
      let quantiles = [0.5, 0.9, 0.99, 1].map { share in
        "\(sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)])"
      }
      text += "  \(name)"
      for cell in [formatted(mean, places: 1)] + quantiles {
        text += String(repeating: " ", count: max(1, 8 - cell.count)) + cell
      }
      text += "\n"
    }
    if length >= 60 { text += "\n" + Self.plot(requests, length: length) }
    Terminal.print(text)
  }

  private static func variation(_ gaps: [Double]) -> Double? {
    guard gaps.count > 1 else { return nil }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    guard mean > 0 else { return nil }
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    return variance.squareRoot() / mean
  }

  /// Requests in each whole window of so many seconds.
  private static func counts(_ requests: [TraceRows.Request], window: Double) -> [Int] {
    let first = requests[0].time
    let length = Int64(window * 1e9)
    let windows = max(1, Int((requests[requests.count - 1].time - first) / length))
    var counts = [Int](repeating: 0, count: windows)
    for request in requests {
      let number = Int((request.time - first) / length)
      if number < windows { counts[number] += 1 }
    }
    return counts
  }

  /// The rate over time, in the characters of a terminal.
  private static func plot(_ requests: [TraceRows.Request], length: Double) -> String {
    let columns = 60
    let counts = counts(requests, window: length / Double(columns))
    let most = max(1, counts.max() ?? 1)
    let levels = Array(" ▁▂▃▄▅▆▇█")
    let line = String(counts.map { levels[($0 * (levels.count - 1) + most - 1) / most] })
    let rate = formatted(Double(most) / (length / Double(columns)), places: 2)
    return "  \(line)  up to \(rate) a second\n"
  }
}

/// `plimsoll trace import`: any known trace in the one format that scenarios replay.
struct ImportTrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Write recorded requests in the format that scenarios replay.",
    discussion:
      "What a scenario's workload.arrivals.trace reads: TIMESTAMP, ContextTokens, GeneratedTokens. Blocks of "
      + "Mooncake are left out.")

  @OptionGroup var trace: TraceOptions
  @Option(name: [.short, .long], help: "The file to write.")
  var output: String

  func run() throws {
    let rows = try trace.read()
    try Failure.reporting {
      try FileAside(path: output).write { try $0.write(contentsOf: Data(rows.azure.utf8)) }
    }
    Terminal.tell(
      "plimsoll: \(output): \(rows.requests.count) requests of \(trace.file), \(rows.format)\n")
    for note in rows.notes { Terminal.tell("plimsoll: \(note)\n") }
  }
}
