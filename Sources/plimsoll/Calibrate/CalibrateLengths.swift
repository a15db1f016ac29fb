// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs

/// `plimsoll calibrate lengths`: how long prompts and answers are.
struct CalibrateLengths: ParsableCommand {
  /// A family of laws.
  enum Law: String, ExpressibleByArgument, CaseIterable {
    case exponential, weibull, gamma, lognormal

    var family: LifetimeFamily? { LifetimeFamily(rawValue: rawValue) }
  }

  static let configuration = CommandConfiguration(
    commandName: "lengths",
    abstract: "Fit the lengths of prompts and answers, and say what drawing them apart changes.",
    discussion: """
      The file is CSV with a header, a row for each request (Azure's LLM traces, BurstGPT and others by the usual names \
      of their columns), or a JSON object for each.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the tokens of a prompt.")
  var prompt: String?
  @Option(help: "The column of the tokens of an answer.")
  var outputColumn: String?
  @Option(name: .customLong("where"), help: "Only rows with that text: column=text.")
  var conditions: [String] = []
  @Option(help: "The law of prompts: \(Law.allCases.map(\.rawValue)); without it the nearest.")
  var promptLaw: Law?
  @Option(help: "The law of answers, likewise.")
  var outputLaw: Law?
  @OptionGroup var options: CalibrateOptions

  func run() throws {
    let conditions = try options.conditions(conditions)
    let input = try options.read(file)
    let data = try options.reading(file) {
      try LengthMeasurements(
        input.bytes, prompt: prompt, output: outputColumn, where: conditions)
    }
    let calibration = LengthCalibration(
      data, promptFamily: promptLaw?.family, outputFamily: outputLaw?.family)
    try options.finish(calibration.report(), [input.source(records: data.prompts.count)])
  }
}
