// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Quantities
import Scenario

extension MeasuredFile.Meaning: ExpressibleByArgument {}

/// `plimsoll calibrate availability`: when zones can be had, and how far they go together.
struct CalibrateAvailability: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "availability",
    abstract: "Fit up and down times of zones that were measured side by side.",
    discussion: """
      One file for each zone, named like it: JSON with metadata.gap_seconds and data, CSV with time and \
      available, or a log of events (milliseconds,add|remove,machine). What a 1 means has to be said, as \
      both are in public use.
      """)

  @Argument(help: "The files.")
  var files: [String]
  @Option(help: "What a 1 means: available or unavailable.")
  var ones: MeasuredFile.Meaning?
  @Option(
    name: .customLong("time-zone"),
    help: "The zone of times that name none: UTC, or for example +01:00.")
  var timeZone: String?
  @OptionGroup var options: CalibrateOptions

  func run() throws {
    if let timeZone, WrittenTime.readZone(timeZone) == nil {
      throw ValidationError(
        "--time-zone is '\(timeZone)'; allowed: UTC, or how far ahead of it, such as +01:00")
    }
    guard !files.isEmpty else { throw ValidationError("at least one file is needed") }
    var zones: [AvailabilityCalibration.Zone] = []
    var inputs: [CalibrateOptions.Input] = []
    for file in files {
      let input = try options.read(file)
      inputs.append(input)
      let trace = try options.reading(file) {
        try MeasuredFile.availability(
          input.bytes, ones: ones, zone: timeZone.flatMap { WrittenTime.readZone($0) }
        ).trace
      }
      let last = file.split(separator: "/").last.map(String.init) ?? file
      let name = last.split(separator: ".").first.map(String.init) ?? last
      zones.append(AvailabilityCalibration.Zone(name: name, trace: trace))
    }
    for (number, zone) in zones.enumerated() {
      guard let other = zones[..<number].firstIndex(where: { $0.key == zone.key }) else { continue }
      Terminal.tell(
        "plimsoll: \(files[number]): is named for the zone \(zone.key), as \(files[other]) is; a "
          + "file is the "
          + "zone of its name, up to the first _ or .\n")
      throw ExitStatus.invalidScenario.code
    }
    let report = AvailabilityCalibration(zones).report
    try options.finish(
      report, zip(inputs, zones).map { $0.source(records: $1.trace.changes.count) })
  }
}
