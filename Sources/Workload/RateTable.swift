// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

/// Reads rates, or counts, from CSV under a header, such as Grafana and the console of CloudWatch export it.
enum RateTable {
  private static let timeNames = ["time", "timestamp", "date", "datetime", "ts", "_time"]
  private static let none = ["", "null"]

  /// What the columns of a file are.
  private struct Columns {
    var time: Int
    var values: [Int]
    var conditions: [(column: Int, text: String)]
    var others: [Int]
  }

  static func gather(
    _ bytes: [UInt8], _ options: RateSeries.Options
  ) throws(TraceErrors) -> RateSeries.Gathered {
    var reader = try TableReader(bytes, wanted: ["time", "rate"]) { fields in
      let names = fields.map { $0.trimmed }
      if let own = options.timeColumn, names.contains(own) { return .header }
      if names.contains(where: { timeNames.contains($0.lowercased()) }) { return .header }
      return InputClock.isDate(fields[0]) ? .row : .preamble
    }
    var columns = try timeAndConditions(reader, options)
    let rows = rows(&reader)
    try reader.throwErrors()
    let meaning = try choose(reader, rows, options, &columns)
    return try points(reader, rows, options, columns, meaning)
  }

  private static func rows(_ reader: inout TableReader) -> [[InputField]] {
    var rows: [[InputField]] = []
    while let row = reader.next() { rows.append(row) }
    if rows.isEmpty { reader.failEmpty() }
    return rows
  }

  private static func timeAndConditions(
    _ reader: TableReader, _ options: RateSeries.Options
  ) throws(TraceErrors) -> Columns {
    let names = reader.header.map { $0.trimmed }
    var time = 0
    if let own = options.timeColumn {
      time = try reader.positions(of: [own])[0]
    } else if !reader.isHeaderless {
      let found = names.indices.filter { timeNames.contains(names[$0].lowercased()) }
      guard found.count == 1 else {
        throw reader.wrongHeader(
          found.isEmpty ? "no column of times" : "several columns of times",
          wanted: "the columns time and rate, in any order, or time_column: NAME")
      }
      time = found[0]
    }
    let positions = try reader.positions(of: options.conditions.map(\.column))
    let conditions = zip(positions, options.conditions).map { (column: $0, text: $1.text) }
    let others = names.indices.filter { $0 != time && !positions.contains($0) }
    return Columns(time: time, values: [], conditions: conditions, others: others)
  }

  /// Chooses the columns of values, and says what these mean.
  private static func choose(
    _ reader: TableReader, _ rows: [[InputField]], _ options: RateSeries.Options,
    _ columns: inout Columns
  ) throws(TraceErrors) -> RateSeries.Meaning {
    let names = reader.header.map { $0.trimmed }
    var candidates: [Int]
    if options.columns.isEmpty {
      candidates = columns.others.filter { column in
        rows.first { !none.contains($0[column].trimmed) }.map { isValue($0[column]) } ?? false
      }
      let named = candidates.filter { meaning(ofColumn: names[$0]) != nil }
      if named.count == 1 { candidates = named }
      if named.count > 1, let own = options.meaning {
        candidates = named.filter { meaning(ofColumn: names[$0]) == own }
      }
    } else {
      candidates = try reader.positions(of: options.columns)
    }
    guard !candidates.isEmpty else {
      throw reader.wrongHeader(
        "no column of values", wanted: "the columns time and rate, in any order, or column: NAME")
    }
    guard candidates.count == 1 || options.isSum else {
      throw reader.wrongHeader(
        "several columns of values",
        wanted: "one named, such as column: \(names[candidates[0]]), or sum: on to add them up")
    }
    columns.values = candidates
    columns.others.removeAll { candidates.contains($0) }
    let own = candidates.compactMap { reader.isHeaderless ? nil : meaning(ofColumn: names[$0]) }
      .first
    if let own, let said = options.meaning, own != said {
      throw reader.wrongHeader(
        "the column \(own.rawValue), which says what it is,", wanted: "values: \(own.rawValue)")
    }
    if let found = options.meaning ?? own ?? statistic(reader) { return found }
    throw reader.wrongHeader(
      "nothing that says what the values of '\(names[candidates[0]])' are",
      wanted: "values: rate (requests a second) or values: count (requests in each step)")
  }

  private static func meaning(ofColumn name: String) -> RateSeries.Meaning? {
    RateSeries.Meaning(rawValue: name.lowercased())
  }

  /// What a line above the header says of the statistic: `Sum` and `SampleCount` count in each period.
  private static func statistic(_ reader: TableReader) -> RateSeries.Meaning? {
    let line = reader.preamble.first { $0[0].trimmed.lowercased() == "statistic" }
    guard let line, line.count > 1 else { return nil }
    let counts = line.dropFirst().allSatisfy {
      ["", "sum", "samplecount", "sample count"].contains($0.trimmed.lowercased())
    }
    return counts ? .count : nil
  }

  private static func window(_ reader: TableReader) -> TimeSpan? {
    let line = reader.preamble.first { $0[0].trimmed.lowercased() == "period" }
    guard let line, line.count > 1, let seconds = Int64(line[1].trimmed),
      (1...31_536_000).contains(seconds)
    else { return nil }
    return .seconds(seconds)
  }

  private static func isValue(_ field: InputField) -> Bool {
    field.decimal != nil
      || ["nan", "inf", "+inf", "-inf", "infinity"].contains(field.trimmed.lowercased())
      || field.decimalWithSeparators
  }

  private static func points(
    _ reader: TableReader, _ rows: [[InputField]], _ options: RateSeries.Options,
    _ columns: Columns,
    _ meaning: RateSeries.Meaning
  ) throws(TraceErrors) -> RateSeries.Gathered {
    var clock = InputClock(zone: options.zone)
    var errors: [TraceError] = []
    var points: [RateSeries.Point] = []
    var dimensions = Dimensions(columns.others)
    var (omitted, empty) = (0, 0)
    for row in rows where errors.count < TraceErrors.limit {
      guard columns.conditions.allSatisfy({ row[$0.column].trimmed == $0.text }) else {
        omitted += 1
        continue
      }
      do {
        let time = try clock.read(row[columns.time])
        let before = points.count
        for column in columns.values where !none.contains(row[column].trimmed) {
          let value = try RateValue.read(row[column])
          points.append(RateSeries.Point(time: time, value: value, line: row[column].line))
        }
        if points.count == before { empty += 1 }
        dimensions.note(row)
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    if points.isEmpty, let condition = options.conditions.first {
      throw reader.wrongHeader(
        "no row with \(condition.column)=\(condition.text)", wanted: "at least one")
    }
    if !options.isSum { try dimensions.check(reader) }
    var notes: [String] = []
    if omitted > 0 { notes.append("left out \(omitted) rows by select") }
    if empty > 0 { notes.append("left out \(empty) rows without a value") }
    let idle = columns.others.map { reader.header[$0].trimmed }
    if !idle.isEmpty { notes.append("left out the columns " + idle.joined(separator: ", ")) }
    return RateSeries.Gathered(
      points: points, clock: clock, meaning: meaning, window: window(reader), notes: notes)
  }
}

/// The columns of text beside times and values: what tells rows apart must not be ignored.
private struct Dimensions {
  private var seen: [(column: Int, texts: [String])]

  init(_ columns: [Int]) { seen = columns.map { ($0, []) } }

  mutating func note(_ row: [InputField]) {
    for index in seen.indices {
      let field = row[seen[index].column]
      guard field.decimal == nil, seen[index].texts.count < 6 else { continue }
      let text = field.trimmed
      if !seen[index].texts.contains(text) { seen[index].texts.append(text) }
    }
  }

  func check(_ reader: TableReader) throws(TraceErrors) {
    guard let open = seen.first(where: { $0.texts.count > 1 }) else { return }
    let name = reader.header[open.column].trimmed
    throw reader.wrongHeader(
      "rows that differ in '\(name)' (\(open.texts.joined(separator: ", ")))",
      wanted:
        "one of them, such as select: { \(name): \(open.texts[0]) }, or sum: on to add them up")
  }
}

/// A value of a series.
enum RateValue {
  static let allowed =
    "a number from 0 to 9e9 such as 12.5 or 1.25e1, without separators of thousands"

  /// The value in billionths.
  static func read(_ field: InputField) throws(TraceError) -> Int64 {
    guard let value = nano(field.decimal) else { throw field.error(allowed: allowed) }
    return value
  }

  /// A number in billionths; `nil` where it is negative or too large.
  static func nano(_ number: DecimalText?) -> Int64? {
    guard let value = number?.roundedToNearestOrEven(times: 1_000_000_000), value >= 0 else {
      return nil
    }
    return value
  }
}

extension InputField {
  /// Whether it is a number with separators of thousands or a decimal comma.
  fileprivate var decimalWithSeparators: Bool {
    let body = trimmed.utf8
    return body.contains { (0x30...0x39).contains($0) }
      && body.allSatisfy {
        (0x30...0x39).contains($0) || [0x2C, 0x2E, 0x27, 0x5F, 0x20].contains($0)
      }
  }
}
