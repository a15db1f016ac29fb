// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs

/// The unit of a column of times.
enum TimeUnit: String, ExpressibleByArgument, CaseIterable {
  case s, ms, us, ns

  /// How many nanoseconds it is.
  var nanoseconds: Int64 {
    switch self {
    case .s: 1_000_000_000
    case .ms: 1_000_000
    case .us: 1_000
    case .ns: 1
    }
  }

  /// How many seconds it is.
  var seconds: Double {
    switch self {
    case .s: 1
    case .ms: 1e-3
    case .us: 1e-6
    case .ns: 1e-9
    }
  }
}

/// `plimsoll calibrate latency`: how long a batch or a step takes by its size.
struct CalibrateLatency: ParsableCommand {
  enum Law: String, ExpressibleByArgument, CaseIterable {
    case spline, affine
  }

  static let configuration = CommandConfiguration(
    commandName: "latency",
    abstract: "Fit the time of a batch, or of a decoding step, to measurements.",
    discussion: "The file is CSV with a header; a row is one measurement, repeats are rows too.")

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the batch size.")
  var batch = "batch_size"
  @Option(help: "The column of the time.")
  var time: String
  @Option(help: "The unit of that time.")
  var unit = TimeUnit.ms
  @Option(name: .customLong("where"), help: "Use only rows with this text: column=text.")
  var conditions: [String] = []
  @Option(name: .customLong("also"), help: "A column that the affine law may use beside the batch.")
  var others: [String] = []
  @Option(help: "The law of the fragment.")
  var law = Law.spline
  @Option(help: "The largest batch of the affine law's fragment.")
  var max = 64
  @OptionGroup var options: CalibrateOptions

  func validate() throws {
    guard (1...4_096).contains(max) else {
      throw ValidationError("--max is \(max); allowed: 1 to 4096")
    }
  }

  func run() throws {
    let conditions = try options.conditions(conditions)
    let input = try options.read(file)
    let points = try options.reading(file) {
      let table = try MeasuredTable(
        input.bytes, columns: [batch, time] + others, where: conditions)
      let sizes = try MeasuredTable.values(
        of: table.rows.map { $0[0] }, allowed: "a batch size from 1 to 4096"
      ) { field in
        field.wholeNumber.flatMap { (1...4_096).contains($0) ? Int($0) : nil }
      }
      let times = try MeasuredTable.numbers(
        of: table.rows.map { $0[1] }, allowed: "a time above 0"
      ) { $0 > 0 }
      let columns = try others.indices.map { index in
        try MeasuredTable.numbers(
          of: table.rows.map { $0[index + 2] }, allowed: "a number of 0 or more"
        ) { $0 >= 0 }
      }
      return sizes.indices.map { row in
        LatencyCalibration.Point(
          batch: sizes[row], seconds: times[row] * unit.seconds, others: columns.map { $0[row] })
      }
    }
    let calibration = LatencyCalibration(points)
    guard
      let report = calibration.report(affine: law == .affine, largest: max, others: others)
    else {
      Terminal.tell(
        "plimsoll: \(file): an affine law needs two batch sizes and more rows than columns\n")
      throw ExitStatus.invalidScenario.code
    }
    try options.finish(report, [input.source(records: points.count)])
  }
}
