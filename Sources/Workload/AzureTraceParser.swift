// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

/// Reads requests in the format of the Azure LLM inference traces, piece by piece.
///
/// A header with the columns `TIMESTAMP`, `ContextTokens` and `GeneratedTokens` in any order, then a line for each
/// request with its time, its prompt tokens and its answer tokens, in order of time. Times without a zone are UTC, as
/// that format has them. Other columns are left out. Format: Patel et al., "Splitwise: Efficient generative LLM
/// inference using phase splitting", ISCA 2024, DOI 10.1109/ISCA59077.2024.00019.
///
/// Beside the requests it keeps no more than a record and a piece.
package struct AzureTraceParser {
  /// Where a trace is laid on a scenario's time.
  package struct Calendar: Sendable {
    /// The scenario's start; `nil` where the first request comes at it, whatever its date.
    package var start: UTCDate?
    /// From when on requests are kept.
    package var from = Instant(nanoseconds: .min)
    /// Before when requests are kept.
    package var until = Instant.never

    /// The first request comes at the start, and all are kept.
    package init() {}
  }

  private static let columns = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"]

  private let calendar: Calendar
  private var scanner = CSVScanner(longestRecord: 1 << 16)
  private var clock = InputClock(zone: .zero)
  private var requests: [ReplayTrace.Request] = []
  private var errors: [TraceError] = []
  private var width = 0
  private var positions: InlineArray<3, Int> = [0, 1, 2]
  private var others: [String] = []
  private var origin: Int64?
  private var first: Int64?
  private var previous = Int64.min
  private var isOver = false
  /// How many requests lie outside what is kept.
  private var omitted = 0

  /// A parser that has read nothing.
  package init(_ calendar: Calendar = Calendar()) {
    self.calendar = calendar
  }

  /// Reads the next bytes of the trace; what comes after too many errors is not looked at.
  ///
  /// - Parameters:
  ///   - size: how many bytes the whole trace has, 0 where nobody knows: from the lines of the first
  ///     piece it tells how much room the requests need.
  /// - Complexity: O(bytes).
  package mutating func read(_ piece: [UInt8], ofSize size: Int) {
    guard !isOver else { return }
    let isFirst = requests.isEmpty
    scanner.append(piece)
    takeRecords()
    if isFirst, size > piece.count, !requests.isEmpty {
      // A fiftieth more, as later lines may be shorter; where it does not do, the array doubles.
      let expected = Double(requests.count) * Double(size) / Double(piece.count)
      requests.reserveCapacity(Int(expected * 1.02))
    }
  }

  /// The trace, once all of it has been read.
  ///
  /// - Throws: what is wrong with it, up to a limit.
  package mutating func finish() throws(TraceErrors) -> ReplayTrace {
    scanner.complete()
    if !isOver { takeRecords() }
    if errors.isEmpty, width == 0 {
      errors.append(
        TraceError(
          line: 1, column: 1, found: "an empty file",
          allowed: "a header with the columns " + Self.columns.joined(separator: ", ")))
    }
    if requests.isEmpty, errors.isEmpty {
      errors.append(emptiness)
    }
    guard errors.isEmpty else {
      throw TraceErrors(errors: Array(errors.prefix(TraceErrors.limit)))
    }
    var notes: [String] = []
    if omitted > 0 {
      notes.append(
        "left out \(omitted) \(omitted == 1 ? "request" : "requests") outside the horizon")
    }
    if !others.isEmpty { notes.append("left out the columns " + others.joined(separator: ", ")) }
    return ReplayTrace(
      requests: requests, span: ReplayTrace.Span(first: first ?? 0, last: previous),
      isDated: clock.isDated, notes: notes)
  }

  /// Why there is no request.
  private var emptiness: TraceError {
    guard omitted > 0, let first else {
      return TraceError(
        line: 1, column: 1, found: "none behind the header", allowed: "at least one request")
    }
    func text(_ time: Int64) -> String {
      clock.isDated
        ? "\(UTCDate(nanosecondsSince1970: time))"
        : "\(TimeSpan(nanoseconds: time)) after the start"
    }
    let start = calendar.start.map { "\($0)" } ?? "0s"
    let end = CalendarText.moment(calendar.until, from: clock.isDated ? calendar.start : nil)
    return TraceError(
      line: 2, column: 1,
      found:
        "\(omitted) requests from \(text(first)) to \(text(previous)), none of them in the horizon",
      allowed:
        "requests from \(start) to \(end), or times: relative to lay the first one at the start")
  }

  private mutating func takeRecords() {
    do {
      while errors.count < TraceErrors.limit, try scanner.next() {
        if width == 0 { takeHeader() } else { takeRequest() }
        if isOver { return }
      }
      isOver = errors.count >= TraceErrors.limit
    } catch {
      errors.append(error)
      isOver = true
    }
  }

  private mutating func takeHeader() {
    let names = scanner.fields.map(\.trimmed)
    width = max(1, names.count)
    let found = Self.columns.map { name in
      names.firstIndex { $0.lowercased() == name.lowercased() }
    }
    guard let time = found[0], let prompt = found[1], let output = found[2] else {
      errors.append(
        TraceError(
          line: 1, column: 1, found: "the columns " + names.joined(separator: ", "),
          allowed: "a header with the columns \(Self.columns.joined(separator: ", ")), in any order"
        ))
      isOver = true
      return
    }
    positions = [time, prompt, output]
    others = names.indices.filter { ![time, prompt, output].contains($0) }.map { names[$0] }
  }

  @inline(__always)
  private mutating func takeRequest() {
    guard scanner.cells.count == width else {
      errors.append(
        scanner.fields[0].error(allowed: "\(width) fields, not \(scanner.cells.count)"))
      return
    }
    let (time, prompt, output) = (
      scanner.cells[positions[0]], scanner.cells[positions[1]], scanner.cells[positions[2]]
    )
    // A second reference, as a span of the scanner's own would lock the clock too.
    let bytes = scanner.buffer
    let promptTokens = InputField.wholeNumber(bytes.span.extracting(prompt.range))
    let outputTokens = InputField.wholeNumber(bytes.span.extracting(output.range))
    var moment = Int64.min
    do {
      moment = try clock.read(bytes.span.extracting(time.range))
      if moment < previous {
        fail(time, allowed: "a time not before that of the line above")
      }
    } catch {
      fail(time, allowed: error.allowed)
    }
    if promptTokens == nil { fail(prompt, allowed: "a whole number of tokens") }
    if outputTokens == nil { fail(output, allowed: "a whole number of tokens") }
    guard moment != .min, let promptTokens, let outputTokens else { return }
    keep(moment, promptTokens, outputTokens)
  }

  @inline(__always)
  private mutating func keep(_ moment: Int64, _ prompt: UInt32, _ output: UInt32) {
    previous = moment
    if origin == nil {
      first = moment
      // A date counts from the scenario's start, or from the first one; a number from zero.
      origin = calendar.start.map { clock.isDated ? $0.nanosecondsSince1970 : 0 } ?? moment
    }
    let time = Instant(nanoseconds: moment - (origin ?? 0))
    guard time >= calendar.from, time < calendar.until else {
      omitted += 1
      return
    }
    requests.append(ReplayTrace.Request(time: time, promptTokens: prompt, outputTokens: output))
  }

  private mutating func fail(_ cell: CSVScanner.Cell, allowed: String) {
    errors.append(scanner.field(cell).error(allowed: allowed))
  }
}
