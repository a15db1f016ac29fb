// SPDX-License-Identifier: GPL-3.0-or-later

/// Cuts separated text into records of fields, piece by piece: the one reader of CSV.
///
/// Fields may be quoted, and quoted fields may hold separators, line ends and doubled quotes, as in RFC 4180 (2005),
/// DOI 10.17487/RFC4180. Beyond it: lines end with LF, CR LF or CR, a byte order mark is skipped, fields are separated
/// by commas, semicolons or tabs (the first line decides, or says `sep=;` as spreadsheets do), and empty lines are no
/// records.
///
/// Beside one record it keeps no more than the piece that it was given last.
package struct CSVScanner {
  /// One field of the record: where it stands in ``buffer`` and in the file.
  package struct Cell {
    /// Its first byte in the buffer.
    package var start: Int
    /// Behind its last byte in the buffer.
    package var end: Int
    /// Its line in the file, from 1.
    package var line: Int
    /// The column of its first byte, from 1.
    package var column: Int
    /// Whether quotes in it are doubled.
    package var isEscaped = false

    /// Its bytes in the buffer.
    @inline(__always) package var range: Range<Int> { start..<end }
  }

  /// The bytes that were not yet read, and before them the record.
  package private(set) var buffer: [UInt8] = []
  /// The fields of the record.
  package private(set) var cells: ContiguousArray<Cell> = []
  /// How many bytes of the file lie before the end of the record.
  package private(set) var consumed = 0

  private var position = 0
  private var line = 1
  private var isComplete = false
  private var isBegun = false
  private var separator: UInt8
  private let isSeparatorKnown: Bool
  private let longestRecord: Int

  /// A scanner that has read nothing.
  ///
  /// - Parameters:
  ///   - separator: what separates fields; `nil` where the first line decides.
  ///   - longestRecord: the longest record that is read, in bytes: a file without line ends is not gathered.
  package init(separator: UInt8? = nil, longestRecord: Int = 1 << 24) {
    self.separator = separator ?? UInt8(ascii: ",")
    isSeparatorKnown = separator != nil
    self.longestRecord = longestRecord
  }

  /// A scanner of a whole file.
  package init(_ bytes: [UInt8], separator: UInt8? = nil) {
    self.init(separator: separator)
    buffer = bytes
    isComplete = true
  }

  /// Adds the next bytes of the file.
  package mutating func append(_ piece: [UInt8]) {
    buffer.removeFirst(position)
    position = 0
    buffer += piece
  }

  /// Says that no more bytes come.
  package mutating func complete() { isComplete = true }

  /// How the fields are separated, as a message says it.
  package var separatorName: String {
    switch separator {
    case UInt8(ascii: ";"): "semicolons"
    case UInt8(ascii: "\t"): "tabs"
    default: "commas"
    }
  }

  /// The fields of the record, each with its place.
  package var fields: [InputField] { cells.map { field($0) } }

  /// One field of the record with its place.
  package func field(_ cell: Cell) -> InputField {
    let bytes: ArraySlice<UInt8>
    if cell.isEscaped {
      var content: [UInt8] = []
      var isQuote = false
      for byte in buffer[cell.range] {
        isQuote = byte == Self.quote && !isQuote
        if !isQuote { content.append(byte) }
      }
      bytes = content[...]
    } else {
      bytes = buffer[cell.range]
    }
    return InputField(bytes: bytes, line: cell.line, column: cell.column)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Goes to the next record.
  ///
  /// - Returns: false where more bytes are needed, or the file has ended.
  /// - Throws: what breaks the form of the record; what comes behind it is not looked at.
  /// - Complexity: O(bytes of the record).
  package mutating func next() throws(TraceError) -> Bool {
    if !isBegun {
      guard try begin() else { return false }
    }
    while position < buffer.count {
      let start = position
      guard try record() else {
        guard buffer.count - start <= longestRecord else { throw tooLong }
        return false
      }
      guard position - start <= longestRecord else { throw tooLong }
      consumed += position - start
      if cells.count > 1 || cells[0].start < cells[0].end { return true }
    }
    return false
  }

  private var tooLong: TraceError {
    TraceError(
      line: cells.first?.line ?? line, column: 1,
      found: "a line of more than \(longestRecord) bytes", allowed: "shorter lines")
  }

  /// Skips what stands before the first record, and finds the separator; false where more bytes are needed.
  private mutating func begin() throws(TraceError) -> Bool {
    let end = buffer.firstIndex { $0 == Self.newline || $0 == Self.carriageReturn }
    guard isComplete || (end.map { $0 + 1 < buffer.count } ?? false) else {
      guard buffer.count <= longestRecord else { throw tooLong }
      return false
    }
    isBegun = true
    if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
      throw TraceError(line: 1, column: 1, found: "text in UTF-16", allowed: "text in UTF-8")
    }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    consumed = position
    guard !isSeparatorKnown else { return true }
    let first = buffer[position..<max(position, end ?? buffer.count)]
    if first.count == 5, first.starts(with: Array("sep=".utf8)), let named = first.last {
      separator = named
      position = end ?? buffer.count
      consumed = position
      return true
    }
    separator = Self.separator(of: first)
    return true
  }

  /// The separator that stands most often outside quotes; a comma where none does.
  private static func separator(of line: ArraySlice<UInt8>) -> UInt8 {
    var isQuoted = false
    var counts = [(UInt8(ascii: ","), 0), (UInt8(ascii: ";"), 0), (UInt8(ascii: "\t"), 0)]
    for byte in line {
      if byte == quote { isQuoted.toggle() }
      for index in counts.indices where !isQuoted && byte == counts[index].0 {
        counts[index].1 += 1
      }
    }
    return counts.reduce(counts[0]) { $1.1 > $0.1 ? $1 : $0 }.0
  }

  /// Reads one record, which may be an empty line; false where its end has not come.
  @inline(__always)
  private mutating func record() throws(TraceError) -> Bool {
    cells.removeAll(keepingCapacity: true)
    // A second reference, as a span of the buffer would lock the cells too.
    let whole = buffer
    let bytes = whole.span
    let count = bytes.count
    var place = position
    var row = line
    var lineStart = position
    while true {
      let start = place
      if place < count, bytes[place] == Self.quote {
        guard
          let cell = try Self.quotedCell(
            bytes, &place, &row, &lineStart, separator, isComplete: isComplete)
        else { return false }
        cells.append(cell)
      } else {
        while place < count {
          let byte = bytes[place]
          if byte == separator || byte == Self.newline || byte == Self.carriageReturn { break }
          place += 1
        }
        cells.append(Cell(start: start, end: place, line: row, column: start - lineStart + 1))
      }
      guard place < count else {
        guard isComplete else { return false }
        break
      }
      let byte = bytes[place]
      place += 1
      if byte == separator { continue }
      if byte == Self.carriageReturn {
        // Whether a line feed follows decides where the next line begins.
        guard place < count || isComplete else { return false }
        if place < count, bytes[place] == Self.newline { place += 1 }
      }
      row += 1
      break
    }
    position = place
    line = row
    return true
  }

  /// A field in quotes; the place moves to what follows it. `nil` where its end has not come.
  private static func quotedCell(
    _ bytes: Span<UInt8>, _ place: inout Int, _ row: inout Int, _ lineStart: inout Int,
    _ separator: UInt8, isComplete: Bool
  ) throws(TraceError) -> Cell? {
    let opening = (line: row, column: place - lineStart + 1)
    place += 1
    var cell = Cell(start: place, end: place, line: opening.line, column: opening.column)
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == newline
        || (byte == carriageReturn && place < bytes.count && bytes[place] != newline)
      {
        row += 1
        lineStart = place
      }
      guard byte == quote else { continue }
      if place < bytes.count, bytes[place] == quote {
        cell.isEscaped = true
        place += 1
        continue
      }
      guard place < bytes.count || isComplete else { return nil }
      cell.end = place - 1
      while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place += 1 }
      guard place < bytes.count || isComplete else { return nil }
      guard
        place == bytes.count || bytes[place] == separator || bytes[place] == newline
          || bytes[place] == carriageReturn
      else {
        throw TraceError(
          line: row, column: place - lineStart + 1, found: "text behind a closing quote",
          allowed: "a separator; a quote inside quotes is doubled")
      }
      return cell
    }
    guard isComplete else { return nil }
    throw TraceError(
      line: opening.line, column: opening.column, found: "a quote that nothing closes",
      allowed: "a closing quote")
  }
}
