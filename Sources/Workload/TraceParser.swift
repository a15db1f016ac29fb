// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import TokenEngine

/// Reads recorded requests piece by piece, in order of time: separated values, or an object of JSON a line.
///
/// A header names the columns, in any order: ``names``, of which `priority` and `blocks` may lack. An object has
/// members of those names. `arrival_ns` may stand in place of `time`. Other columns are left out. The names of the
/// Azure LLM inference traces are taken too; times without a zone are UTC, as those traces have them. Format: Patel et
/// al., "Splitwise: Efficient generative LLM inference using phase splitting", ISCA 2024, DOI
/// 10.1109/ISCA59077.2024.00019.
///
/// Beside the requests it keeps no more than a record and a piece.
package struct TraceParser {
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

  /// What may stand in a row, under each of its names.
  static let names = [
    ["time", "arrival_ns", "TIMESTAMP"], ["prompt_tokens", "ContextTokens"],
    ["output_tokens", "GeneratedTokens"], ["priority"], ["blocks"],
  ]
  static let wanted = "time (or arrival_ns), prompt_tokens, output_tokens"
  /// The longest line, in bytes: as long as blocks of a prompt of a million tokens.
  static let longestRecord = 1 << 24

  private let calendar: Calendar
  private var scanner = CSVScanner(longestRecord: TraceParser.longestRecord)
  var clock = InputClock(zone: .zero)
  private var requests: [ReplayTrace.Request] = []
  private var priorities: [Int] = []
  private var blocks: [BlockChain] = []
  private var blockPlaces: [ReplayTrace.Place] = []
  var errors: [TraceError] = []
  private var width = 0
  private var positions: InlineArray<3, Int> = [0, 1, 2]
  private var priorityPosition: Int?
  private var blocksPosition: Int?
  /// The bytes of lines of JSON that are not yet read, and how many lines were; `nil` where the file is none.
  private var lines: JSONLines?
  /// Which members lines of JSON have; `nil` before the first.
  var shape: [Bool]?
  /// The first bytes, as long as they do not tell the form of the file.
  private var head: [UInt8] = []
  private var isFormKnown = false
  /// The columns that are left out.
  private(set) var others: [String] = []
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
    if isFormKnown { take(piece) } else { takeHead(piece) }
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
    if !isOver, lines != nil { takeLines(isLast: true) }
    if !isOver, lines == nil { takeRecords() }
    if errors.isEmpty, width == 0, lines == nil {
      errors.append(
        TraceError(
          line: 1, column: 1, found: "an empty file",
          allowed: "a header with the columns " + Self.wanted))
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
    var trace = ReplayTrace(
      requests: requests, span: ReplayTrace.Span(first: first ?? 0, last: previous),
      isDated: clock.isDated, notes: notes)
    trace.priorities = priorities
    trace.blocks = blocks
    trace.blockPlaces = blockPlaces
    return trace
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

  // MARK: Pieces

  private mutating func take(_ piece: [UInt8]) {
    guard lines == nil else {
      lines?.append(piece)
      return takeLines(isLast: false)
    }
    scanner.append(piece)
    takeRecords()
  }

  /// Gathers bytes until one of them tells whether this is JSON.
  private mutating func takeHead(_ piece: [UInt8]) {
    head += piece
    guard head.contains(where: { ![0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      return
    }
    isFormKnown = true
    if JSONFile.looks(like: head) { lines = JSONLines() }
    take(head)
    head = []
  }

  private mutating func takeLines(isLast: Bool) {
    while !isOver {
      do {
        guard let line = try lines?.next(isLast: isLast) else { return }
        try takeObject(line)
      } catch {
        errors += error.errors
      }
      isOver = errors.count >= TraceErrors.limit
    }
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

  // MARK: Separated values

  private mutating func takeHeader() {
    let header = scanner.fields.map(\.trimmed)
    width = max(1, header.count)
    var found: [Int?] = []
    for names in Self.names {
      let places = header.indices.filter { place in
        names.contains { $0.lowercased() == header[place].lowercased() }
      }
      if places.count > 1 {
        fail(
          scanner.cells[places[1]],
          allowed: "one of the columns " + places.map { header[$0] }.joined(separator: ", "))
        isOver = true
      }
      found.append(places.first)
    }
    guard let time = found[0], let prompt = found[1], let output = found[2] else {
      errors.append(
        TraceError(
          line: 1, column: 1, found: "the columns " + header.joined(separator: ", "),
          allowed: "a header with the columns \(Self.wanted), in any order"))
      isOver = true
      return
    }
    positions = [time, prompt, output]
    (priorityPosition, blocksPosition) = (found[3], found[4])
    if header[time].lowercased() == "arrival_ns" { countNanoseconds() }
    others = header.indices.filter { !found.contains($0) }.map { header[$0] }
  }

  /// Lets times be nanoseconds.
  mutating func countNanoseconds() { clock = InputClock(zone: .zero, unit: 1) }

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
      if moment < previous { fail(time, allowed: Self.order) }
    } catch {
      fail(time, allowed: error.allowed)
    }
    if promptTokens == nil { fail(prompt, allowed: Self.tokens) }
    if outputTokens == nil { fail(output, allowed: Self.tokens) }
    guard moment != .min, let promptTokens, let outputTokens else { return }
    guard priorityPosition != nil || blocksPosition != nil else {
      keep(moment, promptTokens, outputTokens)
      return
    }
    guard let shared = takeShared() else { return }
    keep(moment, promptTokens, outputTokens, shared)
  }

  /// What the columns of priorities and blocks say; `nil` where that is wrong.
  private mutating func takeShared() -> Shared? {
    var shared = Shared()
    if let priorityPosition {
      let cell = scanner.cells[priorityPosition]
      shared.priority = Int(scanner.field(cell).trimmed).flatMap { Self.priority($0) }
      if shared.priority == nil { fail(cell, allowed: Self.priorities) }
    }
    if let blocksPosition {
      let cell = scanner.cells[blocksPosition]
      shared.blocks = BlockChain(written: scanner.field(cell).bytes)
      shared.place = ReplayTrace.Place(line: cell.line, column: cell.column)
      if shared.blocks == nil { fail(cell, allowed: Self.blockNumbers) }
    }
    let isWhole =
      (priorityPosition == nil || shared.priority != nil)
      && (blocksPosition == nil || shared.blocks != nil)
    return isWhole ? shared : nil
  }

  private mutating func fail(_ cell: CSVScanner.Cell, allowed: String) {
    errors.append(scanner.field(cell).error(allowed: allowed))
  }

  // MARK: Requests

  static let order = "a time not before that of the line above"
  static let tokens = "a whole number of tokens"
  static let blockNumbers =
    "numbers of blocks of at most 18 digits, alone or as ranges a-b, with blanks between"
  static let priorities = "a whole number from \(-mostPriority) to \(mostPriority)"
  private static let mostPriority = 1 << 40

  /// A number as a priority; `nil` where it is too large for one.
  static func priority(_ number: Int) -> Int? {
    abs(number) <= mostPriority ? number : nil
  }

  /// What a request may say beside its time and lengths.
  struct Shared {
    var priority: Int?
    var blocks: BlockChain?
    var place = ReplayTrace.Place(line: 0, column: 0)
  }

  /// Whether a time may follow those before it.
  func follows(_ moment: Int64) -> Bool { moment >= previous }

  /// Keeps a request that lies in the calendar.
  @inline(__always)
  mutating func keep(
    _ moment: Int64, _ prompt: UInt32, _ output: UInt32, _ shared: Shared? = nil
  ) {
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
    guard let shared else { return }
    if let priority = shared.priority { priorities.append(priority) }
    if let chain = shared.blocks {
      blocks.append(chain)
      blockPlaces.append(shared.place)
    }
  }

  /// Notes a column that is left out.
  mutating func leaveOut(_ name: String) {
    if !others.contains(name), others.count < 20 { others.append(name) }
  }
}
