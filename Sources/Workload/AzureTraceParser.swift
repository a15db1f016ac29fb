// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Reads requests in the format of the Azure LLM inference traces, piece by piece.
///
/// The header `TIMESTAMP,ContextTokens,GeneratedTokens`, then a line for each request with its time
/// in UTC, its prompt tokens and its answer tokens, in order of time. Lines end with LF or CR LF, the
/// last one may lack its end. Format: Patel et al., "Splitwise: Efficient generative LLM inference
/// using phase splitting", ISCA 2024, DOI 10.1109/ISCA59077.2024.00019.
///
/// Beside the requests it keeps no more than the line that a piece cut in two.
package struct AzureTraceParser {
  private static let header = "TIMESTAMP,ContextTokens,GeneratedTokens"
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// The longest line that is read, in bytes: a file without line ends is not gathered.
  private static let longestLine = 1 << 16

  private var requests: [ReplayTrace.Request] = []
  private var errors: [TraceError] = []
  /// The beginning of a line whose end has not come yet.
  private var begun: [UInt8] = []
  private var line = 0
  private var first: UTCDate?
  private var previous: UTCDate?
  private var isOver = false

  /// A parser that has read nothing.
  package init() {}

  /// Reads the next bytes of the trace; what comes after too many errors is not looked at.
  ///
  /// - Parameters:
  ///   - size: how many bytes the whole trace has, 0 where nobody knows: from the lines of the first
  ///     piece it tells how much room the requests need.
  /// - Complexity: O(bytes).
  package mutating func read(_ piece: [UInt8], ofSize size: Int) {
    let isFirst = line == 0
    let bytes = piece.span
    var start = 0
    while !isOver, let end = Self.lineEnd(in: bytes, from: start) {
      if begun.isEmpty {
        take(bytes.extracting(start..<end))
      } else {
        begun += piece[start..<end]
        takeBegun()
      }
      start = end + 1
      isOver = isOver || errors.count >= TraceErrors.limit
    }
    guard !isOver else { return }
    guard begun.count + piece.count - start <= Self.longestLine else {
      errors.append(
        TraceError(
          line: line + 1, column: 1, found: "a line of more than \(Self.longestLine) bytes",
          allowed: "lines such as 2023-11-16 18:15:46.6805900,374,44"))
      isOver = true
      return
    }
    begun += piece[start...]
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
    if line == 0, begun.isEmpty || begun == Self.byteOrderMark, errors.isEmpty {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "an empty file", allowed: "the header \(Self.header)")
      ])
    }
    if !begun.isEmpty, !isOver { takeBegun() }
    if requests.isEmpty, errors.isEmpty {
      errors.append(
        TraceError(
          line: 1, column: 1, found: "none behind the header", allowed: "at least one request"))
    }
    guard errors.isEmpty else {
      throw TraceErrors(errors: Array(errors.prefix(TraceErrors.limit)))
    }
    return ReplayTrace(requests: requests)
  }

  private static func lineEnd(in bytes: Span<UInt8>, from start: Int) -> Int? {
    var place = start
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\n") { return place }
      place += 1
    }
    return nil
  }

  private mutating func takeBegun() {
    var whole: [UInt8] = []
    swap(&whole, &begun)
    take(whole.span)
    whole.removeAll(keepingCapacity: true)
    swap(&whole, &begun)
  }

  /// Reads one line without its LF.
  private mutating func take(_ text: Span<UInt8>) {
    line += 1
    var end = text.count
    if end > 0, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    if line == 1 { return takeHeader(text.extracting(0..<end)) }
    var commas = (0, 0)
    var fields = 1
    for place in 0..<end where text[place] == UInt8(ascii: ",") {
      commas = (commas.1, place)
      fields += 1
    }
    guard fields == 3 else {
      let firstEnd = (0..<end).first { text[$0] == UInt8(ascii: ",") } ?? end
      return fail(text, 0..<firstEnd, allowed: "3 fields, not \(fields)")
    }
    takeRequest(text, [0..<commas.0, commas.0 + 1..<commas.1, commas.1 + 1..<end])
  }

  private mutating func takeHeader(_ text: Span<UInt8>) {
    var names = (0..<text.count).map { text[$0] }
    if names.starts(with: Self.byteOrderMark) { names.removeFirst(3) }
    guard names != Array(Self.header.utf8) else { return }
    let field = names.prefix { $0 != UInt8(ascii: ",") }
    errors.append(
      TraceError(
        line: 1, column: 1, found: Self.shown(field), allowed: "the header \(Self.header)"))
  }

  @inline(__always)
  private mutating func takeRequest(_ text: Span<UInt8>, _ fields: InlineArray<3, Range<Int>>) {
    let date = UTCDate.read(text.extracting(fields[0]))
    let prompt = Self.wholeNumber(text.extracting(fields[1]))
    let output = Self.wholeNumber(text.extracting(fields[2]))
    guard let date, let prompt, let output else {
      if date == nil {
        fail(text, fields[0], allowed: "a time such as 2023-11-16 18:15:46.6805900")
      }
      if prompt == nil { fail(text, fields[1], allowed: "a whole number of tokens") }
      if output == nil { fail(text, fields[2], allowed: "a whole number of tokens") }
      return
    }
    if let previous, date < previous {
      fail(text, fields[0], allowed: "a time not before that of the line above")
    }
    previous = date
    let start = first ?? date
    first = start
    requests.append(
      ReplayTrace.Request(
        time: Instant.start + (date - start), promptTokens: prompt, outputTokens: output))
  }

  /// The field as a whole number without sign, if it is one that fits 32 bits.
  @inline(__always)
  private static func wholeNumber(_ text: Span<UInt8>) -> UInt32? {
    guard text.count > 0, text.count <= 10 else { return nil }
    var value: UInt64 = 0
    for place in 0..<text.count {
      let byte = text[place]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }

  private mutating func fail(_ text: Span<UInt8>, _ field: Range<Int>, allowed: String) {
    errors.append(
      TraceError(
        line: line, column: field.lowerBound + 1, found: Self.shown(field.map { text[$0] }[...]),
        allowed: allowed))
  }

  private static func shown(_ field: ArraySlice<UInt8>) -> String {
    field.isEmpty ? "nothing" : "'" + String(decoding: field.prefix(40), as: UTF8.self) + "'"
  }
}
