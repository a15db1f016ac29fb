// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Reads recorded traces; a file is good as a whole or not at all.
package enum TraceReader {
  /// Reads requests in the format of the Azure LLM inference traces, as ``AzureTraceParser`` does.
  ///
  /// - Complexity: O(bytes).
  package static func requests(
    azure bytes: [UInt8]
  ) throws(TraceErrors) -> ReplayTrace {
    var parser = AzureTraceParser()
    parser.read(bytes, ofSize: bytes.count)
    return try parser.finish()
  }

  /// Reads a series of rates: the header `time,rate`, then a line for each step.
  ///
  /// `time` is in seconds from the scenario's start or a date in UTC (then the first line is the
  /// start), in either case within ``Quantities/TimeSpan/longestStretch`` of it; `rate` in requests a second from
  /// then on.
  ///
  /// - Complexity: O(bytes).
  package static func rates(
    series bytes: [UInt8]
  ) throws(TraceErrors) -> RateProfile {
    var reader = LineReader(bytes, header: ["time", "rate"])
    var steps: [RateProfile.Step] = []
    var first: UTCDate?
    while let fields = reader.next() {
      let time = instant(fields[0], first: &first)
      let rate = rate(fields[1])
      if time == nil {
        reader.fail(
          fields[0],
          allowed: "seconds such as 300, or a date in UTC, within \(TimeSpan.longestStretch)")
      }
      if rate == nil { reader.fail(fields[1], allowed: "requests a second, such as 12.5") }
      guard let time, let rate else { continue }
      if let last = steps.last, time <= last.start {
        reader.fail(fields[0], allowed: "a time after that of the line above")
        continue
      }
      steps.append(RateProfile.Step(start: time, rate: rate))
    }
    if steps.count < 2 { reader.failEmpty(allowed: "at least two steps") }
    try reader.throwErrors()
    return .recorded(steps)
  }

  private static func instant(_ field: CSVCursor.Field, first: inout UTCDate?) -> Instant? {
    if let date = UTCDate.read(field.bytes) {
      let start = first ?? date
      first = start
      return near((date - start).nanoseconds)
    }
    guard first == nil,
      let text = try? DecimalText(parsing: String(decoding: field.bytes, as: UTF8.self)),
      let nanoseconds = text.exactly(times: 1_000_000_000)
    else { return nil }
    return near(nanoseconds)
  }

  /// That instant, unless it is further from the start than anything may last.
  private static func near(_ nanoseconds: Int64) -> Instant? {
    let limit = TimeSpan.longestStretch.nanoseconds
    return (-limit...limit).contains(nanoseconds) ? Instant(nanoseconds: nanoseconds) : nil
  }

  private static func rate(_ field: CSVCursor.Field) -> Rate? {
    guard let text = try? DecimalText(parsing: String(decoding: field.bytes, as: UTF8.self)),
      let rate = text.roundedToNearestOrEven(times: 1_000_000_000), rate >= 0
    else { return nil }
    return Rate(nanoPerSecond: rate)
  }
}

/// Goes through the lines of a trace with a fixed header and gathers what is wrong.
private struct LineReader {
  private var cursor: CSVCursor
  private var fields: [CSVCursor.Field] = []
  private var errors: [TraceError] = []
  private let width: Int

  init(_ bytes: [UInt8], header: [String]) {
    cursor = CSVCursor(bytes)
    width = header.count
    let allowed = "the header \(header.joined(separator: ","))"
    if !cursor.nextLine(into: &fields) {
      errors.append(TraceError(line: 1, column: 1, found: "an empty file", allowed: allowed))
    } else if fields.map({ String(decoding: $0.bytes, as: UTF8.self) }) != header {
      errors.append(fields[0].error(allowed: allowed))
    }
  }

  /// The fields of the next line with the right number of them; lines with another are errors.
  mutating func next() -> [CSVCursor.Field]? {
    while errors.count < TraceErrors.limit, cursor.nextLine(into: &fields) {
      if fields.count == width { return fields }
      errors.append(fields[0].error(allowed: "\(width) fields, not \(fields.count)"))
    }
    return nil
  }

  mutating func fail(_ field: CSVCursor.Field, allowed: String) {
    errors.append(field.error(allowed: allowed))
  }

  mutating func failEmpty(allowed: String) {
    guard errors.isEmpty else { return }
    errors.append(
      TraceError(line: 1, column: 1, found: "none behind the header", allowed: allowed))
  }

  func throwErrors() throws(TraceErrors) {
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
  }
}
