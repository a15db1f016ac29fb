// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs
import Quantities

/// `plimsoll calibrate arrivals`: the rate of requests and how they scatter.
struct CalibrateArrivals: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arrivals",
    abstract: "Fit the rate of arrivals, its day and week, and how bursty they are.",
    discussion: """
      The file is CSV with a header: a row for each request, or with --count a row for each window, in any order. \
      Windows without a row count as empty: a rate is a count over time.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the time, or of the beginning of the window.")
  var time: String
  @Option(help: "The column of how many came in each window, instead of a row for each request.")
  var count: String?
  @Option(help: "How long each window is, such as 1h, instead of the usual distance of rows.")
  var per: String?
  @OptionGroup var times: TimeOptions
  @Option(name: .customLong("where"), help: "Use only rows with this text: column=text.")
  var conditions: [String] = []
  @Flag(help: "Write the rate of every hour of the week instead of a sine.")
  var hours = false
  @OptionGroup var options: CalibrateOptions

  func validate() throws {
    if per != nil && count == nil {
      throw ValidationError("--per is the length of windows; it goes with --count")
    }
  }

  func run() throws {
    let conditions = try options.conditions(conditions)
    var window: TimeSpan?
    if let per {
      guard let span = try? TimeSpan(parsing: per), span > .zero else {
        throw ValidationError("--per is '\(per)'; allowed: a time above 0, such as 1h")
      }
      window = span
    }
    let input = try options.read(file)
    let (calibration, records) = try options.reading(file) {
      let table = try MeasuredTable(
        input.bytes, columns: [time] + (count.map { [$0] } ?? []), where: conditions)
      var clock = times.clock
      let moments = try read(table.rows.map { $0[0] }, &clock)
      guard count != nil else {
        let sorted = try severalTimes(moments)
        options.tell(file, summary("\(sorted.count) rows", sorted, clock, omitted: table.omitted))
        return (
          ArrivalCalibration(times: sorted.map { Double($0) / 1e9 }, isDated: clock.isDated),
          sorted.count
        )
      }
      let counts = try MeasuredTable.numbers(
        of: table.rows.map { $0[1] },
        allowed: "a number of 0 or more, without separators of thousands"
      ) { $0 >= 0 }
      guard counts.contains(where: { $0 > 0 }), counts.allSatisfy({ $0 <= 1e15 }) else {
        throw TraceErrors(errors: [
          TraceError(
            line: 2, column: 1, found: "no arrival, or a count above 1e15",
            allowed: "arrivals in some window")
        ])
      }
      let windows = try CountedWindows(
        zip(moments, counts).map { (time: $0, count: $1) }, lines: table.rows.map { $0[0].line },
        length: window, isDated: clock.isDated)
      let sorted = try severalTimes(moments)
      options.tell(
        file, summary(windows.summary, sorted, clock, omitted: table.omitted))
      return (
        ArrivalCalibration(
          windows: windows.windows.map {
            ArrivalCalibration.Window(
              start: Double($0.time) / 1e9, length: windows.length.inSeconds, count: $0.count)
          }, isDated: clock.isDated), table.rows.count
      )
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

  private func read(_ fields: [InputField], _ clock: inout InputClock) throws -> [Int64] {
    var moments: [Int64] = []
    var errors: [TraceError] = []
    for field in fields where errors.count < TraceErrors.limit {
      do throws(TraceError) {
        moments.append(try clock.read(field))
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return moments
  }

  private func severalTimes(_ moments: [Int64]) throws -> [Int64] {
    let sorted = moments.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else {
      throw TraceErrors(errors: [
        TraceError(line: 2, column: 1, found: "one time", allowed: "two different times at least")
      ])
    }
    return sorted
  }

  private func summary(
    _ what: String, _ sorted: [Int64], _ clock: InputClock, omitted: Int
  ) -> String {
    func text(_ time: Int64) -> String {
      clock.isDated
        ? "\(UTCDate(nanosecondsSince1970: time))" : "\(TimeSpan(nanoseconds: time))"
    }
    let left = omitted > 0 ? ", left out \(omitted) rows by --where" : ""
    return
      "\(what), \(text(sorted[0])) to \(text(sorted[sorted.count - 1])), \(clock.formText)\(left)"
  }
}
