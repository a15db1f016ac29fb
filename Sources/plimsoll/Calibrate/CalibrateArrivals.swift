// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Quantities
import Workload

/// `plimsoll calibrate arrivals`: the rate of requests and how they scatter.
struct CalibrateArrivals: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arrivals",
    abstract: "Fit the rate of arrivals, its day and week, and how bursty they are.",
    discussion: """
      The file is CSV with a header: a row for each request, or with --count a row for each window. Times \
      are dates in UTC or numbers in a unit.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the time, or of the beginning of the window.")
  var time: String
  @Option(help: "The column of how many came in each window, instead of a row for each request.")
  var count: String?
  @Option(help: "The unit of times that are no dates: \(TimeUnit.allCases.map(\.rawValue)).")
  var unit = TimeUnit.s
  @Option(name: .customLong("where"), help: "Only rows with that text: column=text.")
  var conditions: [String] = []
  @Flag(help: "Write the rate of every hour of the week instead of a sine.")
  var hours = false
  @OptionGroup var options: CalibrateOptions

  func run() throws {
    let conditions = try options.conditions(conditions)
    let input = try options.read(file)
    let (calibration, records) = try options.reading(file) {
      let table = try MeasuredTable(
        input.bytes, columns: [time] + (count.map { [$0] } ?? []), where: conditions)
      let (times, isDated) = try times(table.rows.map { $0[0] })
      guard let last = times.last, times.count > 1, last > times[0] else {
        throw TraceErrors(errors: [
          TraceError(line: 2, column: 1, found: "one time", allowed: "two different times at least")
        ])
      }
      guard count != nil else {
        return (ArrivalCalibration(times: times, isDated: isDated), times.count)
      }
      let counts = try MeasuredTable.numbers(
        of: table.rows.map { $0[1] }, allowed: "a number of 0 or more"
      ) { $0 >= 0 }
      let gaps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
      let usual = gaps[gaps.count / 2]
      guard usual > 0, counts.contains(where: { $0 > 0 }), counts.allSatisfy({ $0 <= 1e15 }) else {
        throw TraceErrors(errors: [
          TraceError(
            line: 2, column: 1,
            found: usual > 0
              ? "no arrival, or a count above 1e15" : "windows that begin at one time",
            allowed: "windows that follow each other, with arrivals in some")
        ])
      }
      let windows = zip(times, counts).map {
        ArrivalCalibration.Window(start: $0, length: usual, count: $1)
      }
      return (ArrivalCalibration(windows: windows, isDated: isDated), windows.count)
    }
    guard !hours || calibration.hours != nil else {
      Terminal.tell(
        "plimsoll: \(file): --hours needs two days of dates at least, in windows of an hour at "
          + "most, and "
          + "every hour of the day\n")
      throw ExitStatus.invalidScenario.code
    }
    try options.finish(calibration.report(byHours: hours), [input.source(records: records)])
  }

  /// The times in seconds, which must not go back; whether they are dates.
  private func times(_ fields: [CSVCursor.Field]) throws -> ([Double], Bool) {
    func date(_ field: CSVCursor.Field) -> UTCDate? {
      try? UTCDate(parsing: String(decoding: field.bytes, as: UTF8.self))
    }
    let isDated = fields.first.flatMap { date($0) } != nil
    var previous = -Double.infinity
    let times = try MeasuredTable.values(
      of: fields,
      allowed: (isDated ? "a date in UTC" : "a number") + " that is not before the one above"
    ) { field -> Double? in
      let seconds: Double?
      if isDated {
        seconds = date(field).map { Double($0.nanosecondsSince1970) / 1e9 }
      } else {
        seconds = Double(String(decoding: field.bytes, as: UTF8.self)).map { $0 * unit.seconds }
      }
      guard let seconds, seconds.isFinite, seconds >= previous else { return nil }
      previous = seconds
      return seconds
    }
    return (times, isDated)
  }
}
