// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs
import Quantities

extension LifetimeFamily: ExpressibleByArgument {}

/// `plimsoll calibrate lifetimes`: how long machines live until they are taken back.
struct CalibrateLifetimes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lifetimes",
    abstract: "Fit laws to lifetimes, some of them censored.",
    discussion: """
      The file is CSV with a header. Lifetimes are in seconds. Rows whose end is another than the event \
      are censored: the machine lived longer than that.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the lifetime in seconds.")
  var time = "lifetime_s"
  @Option(help: "The column that says how it ended; without it every row counts as an event.")
  var ended: String?
  @Option(help: "The text in that column that marks an event.")
  var event = "preempted"
  @Option(name: .customLong("where"), help: "Use only rows with this text: column=text.")
  var conditions: [String] = []
  @Option(help: "The longest life, such as 24h; allows the bathtub law.")
  var limit: String?
  @Option(help: "The law of the fragment, instead of the most likely one.")
  var family: LifetimeFamily?
  @Option(help: "How many samples to draw for the goodness of fit.")
  var rounds = 99
  @Option(help: "The seed of these samples.")
  var seed: UInt64 = 1
  @OptionGroup var options: CalibrateOptions

  func validate() throws {
    if family == .bathtub && limit == nil {
      throw ValidationError("--family bathtub needs the longest life: --limit 24h")
    }
    guard (9...9_999).contains(rounds) else {
      throw ValidationError("--rounds is \(rounds); allowed: 9 to 9999")
    }
  }

  func run() throws {
    let conditions = try options.conditions(conditions)
    var longest: Double?
    if let limit {
      guard let span = try? TimeSpan(parsing: limit), span > .zero else {
        throw ValidationError("--limit is '\(limit)'; allowed: a time above 0, such as 24h")
      }
      longest = span.inSeconds
    }
    let input = try options.read(file)
    let lifetimes = try options.reading(file) {
      try LifetimeCalibration.read(
        input.bytes, time: time, ended: ended, event: event, where: conditions)
    }
    let calibration = LifetimeCalibration(lifetimes, limit: longest, rounds: rounds, seed: seed)
    guard let report = calibration.report(family: family) else {
      Terminal.tell("plimsoll: \(file): no law could be fitted\n")
      throw ExitStatus.invalidScenario.code
    }
    try options.finish(report, [input.source(records: lifetimes.count)])
  }
}
