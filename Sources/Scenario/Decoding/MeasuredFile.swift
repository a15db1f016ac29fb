// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import Workload

/// Reads what others measured of a cloud: when machines could be had, and what they cost.
package enum MeasuredFile {
  /// What the numbers of an availability file count; both kinds are in public use.
  package enum Meaning: String, Sendable, CaseIterable {
    /// Machines that could be had.
    case available
    /// 1 where none could be had, 0 where one could.
    case unavailable
  }

  /// Reads availability in one of three forms, told apart by how they begin.
  ///
  /// - JSON: `{"metadata": {"gap_seconds": 195}, "data": [0, 1, …]}`, a number every gap.
  /// - CSV with the header `time,available`: seconds or dates in UTC, each number holding until the next.
  ///   The last line only says where the measurement ended.
  /// - A log of events, `milliseconds,add|remove,machine`: how many machines there were.
  ///
  /// Where no number is above 1 a one is a state and means as many machines as anyone wants.
  ///
  /// - Parameters:
  ///   - meaning: what a 1 means; logs of events say so themselves and take `nil`.
  /// - Throws: everything that is wrong with the file.
  /// - Complexity: O(bytes).
  package static func availability(
    _ bytes: [UInt8], file: String, ones meaning: Meaning?
  ) throws(ScenarioErrors) -> AvailabilityTrace {
    let start = bytes.first { !$0.isBlank }
    let numbers: (changes: [AvailabilityTrace.Change], length: TimeSpan)
    if start == UInt8(ascii: "{") {
      numbers = try sampled(bytes, file: file)
    } else if start.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? false {
      guard meaning == nil else {
        throw failure(
          file, 1, 1, "a log of events adds and removes machines; leave out what ones mean")
      }
      return try eventLog(bytes, file: file)
    } else {
      numbers = try table(bytes, file: file)
    }
    guard let meaning else {
      throw failure(
        file, 1, 1, "say what a 1 means in this file: ones: available, or ones: unavailable")
    }
    let isState = numbers.changes.allSatisfy { $0.count <= 1 }
    guard isState || meaning == .available else {
      throw failure(
        file, 1, 1, "ones: unavailable is for files of 0 and 1; this one has larger numbers")
    }
    return AvailabilityTrace(
      changes: numbers.changes.map { change in
        let isUp = (change.count > 0) == (meaning == .available)
        let count = isState ? (isUp ? Int.max : 0) : change.count
        return AvailabilityTrace.Change(at: change.at, count: count)
      }, length: numbers.length)
  }

  private static func sampled(
    _ bytes: [UInt8], file: String
  ) throws(ScenarioErrors) -> ([AvailabilityTrace.Change], TimeSpan) {
    let root = try tree(bytes, file: file)
    var diagnostics = Diagnostics()
    var reader = MappingReader(root.entries ?? [], at: root.location, keyPath: "")
    let metadata = reader.mapping("metadata", .required, into: &diagnostics)
    var gap: Double?
    if var metadata {
      gap = metadata.decimal("gap_seconds", in: 0.001...1e6, .required, into: &diagnostics)
    }
    let data = reader.sequence("data", .required, into: &diagnostics) ?? []
    let samples = data.map { $0.integer(in: 0...1_000_000, into: &diagnostics) ?? 0 }
    if data.isEmpty && diagnostics.isEmpty {
      reader.report(.other("required: at least one sample"), of: "data", into: &diagnostics)
    }
    let step = TimeSpan(roundingToMicroseconds: gap ?? 1)
    let most = TimeSpan.longestStretch.nanoseconds / step.nanoseconds
    if samples.count > most {
      reader.report(
        .outOfRange(found: "\(samples.count) samples", allowed: "at most \(most), \(step) apart"),
        of: "data", into: &diagnostics)
    }
    try diagnostics.throwIfAny()
    return (
      samples.enumerated().map { AvailabilityTrace.Change(at: step * Int64($0), count: $1) },
      step * Int64(samples.count)
    )
  }

  /// JSON is YAML, but for tabs between its tokens; those are made blanks.
  private static func tree(_ bytes: [UInt8], file: String) throws(ScenarioErrors) -> ScenarioNode {
    let text: String
    do {
      text = try ScenarioBytes.text(
        of: bytes.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 }, file: file)
    } catch {
      throw ScenarioErrors([error])
    }
    return try ScenarioNode.parse(text, file: file)
  }

  private static func table(
    _ bytes: [UInt8], file: String
  ) throws(ScenarioErrors) -> ([AvailabilityTrace.Change], TimeSpan) {
    let rows = try timedRows(bytes, file: file, columns: ["time", "available"]) { field in
      field.wholeNumber.map { Int($0) }
    }
    guard rows.count >= 2, let last = rows.last else {
      throw failure(file, 1, 1, "required: two lines at least, of which the last ends the file")
    }
    return (
      rows.dropLast().map { AvailabilityTrace.Change(at: $0.at, count: $0.value) }, last.at
    )
  }

  private static func eventLog(
    _ bytes: [UInt8], file: String
  ) throws(ScenarioErrors) -> AvailabilityTrace {
    var cursor = CSVCursor(bytes)
    var fields: [CSVCursor.Field] = []
    var errors: [ScenarioError] = []
    var there: [ArraySlice<UInt8>] = []
    var changes: [AvailabilityTrace.Change] = []
    var last = TimeSpan.zero
    func fail(_ field: CSVCursor.Field, _ allowed: String) {
      guard errors.count < TraceErrors.limit else { return }
      errors.append(
        ScenarioError(
          .other("found \(field.text), allowed: \(allowed)"),
          at: SourceLocation(file: file, line: field.line, column: field.column), keyPath: ""))
    }
    while cursor.nextLine(into: &fields) {
      guard fields.count == 3 else {
        fail(fields[0], "three fields: milliseconds,add|remove,machine")
        continue
      }
      guard let milliseconds = fields[0].wholeNumber, .milliseconds(Int64(milliseconds)) >= last
      else {
        fail(fields[0], "whole milliseconds that do not go back")
        continue
      }
      last = .milliseconds(Int64(milliseconds))
      let position = there.firstIndex(of: fields[2].bytes)
      switch (String(decoding: fields[1].bytes, as: UTF8.self), position) {
      case ("add", nil): there.append(fields[2].bytes)
      case ("remove", let position?): there.remove(at: position)
      case ("add", _): fail(fields[2], "a machine that is not there yet")
      case ("remove", _): fail(fields[2], "a machine that was added before")
      default: fail(fields[1], "add or remove")
      }
      if changes.last?.at == last { changes.removeLast() }
      changes.append(AvailabilityTrace.Change(at: last, count: there.count))
    }
    guard errors.isEmpty else { throw ScenarioErrors(errors) }
    guard let first = changes.first, changes.count > 1 else {
      throw failure(file, 1, 1, "required: two events at different times")
    }
    // What was there at the last event was there for no time that was seen.
    return AvailabilityTrace(
      changes: changes.dropLast().map { .init(at: $0.at - first.at, count: $0.count) },
      length: last - first.at)
  }

  /// Lines of a time and a value; times rise, and count from the first.
  private static func timedRows<Value>(
    _ bytes: [UInt8], file: String, columns: [String],
    _ read: (CSVCursor.Field) -> Value?
  ) throws(ScenarioErrors) -> [(at: TimeSpan, value: Value)] {
    var cursor = CSVCursor(bytes)
    var fields: [CSVCursor.Field] = []
    var errors: [ScenarioError] = []
    var rows: [(at: TimeSpan, value: Value)] = []
    var first: UTCDate?
    func fail(_ field: CSVCursor.Field, _ allowed: String) {
      guard errors.count < TraceErrors.limit else { return }
      errors.append(
        ScenarioError(
          .other("found \(field.text), allowed: \(allowed)"),
          at: SourceLocation(file: file, line: field.line, column: field.column), keyPath: ""))
    }
    guard cursor.nextLine(into: &fields),
      fields.map({ String(decoding: $0.bytes, as: UTF8.self) }) == columns
    else {
      throw failure(
        file, 1, 1,
        "allowed: JSON, a log of events, or the header "
          + columns.joined(separator: ","))
    }
    while cursor.nextLine(into: &fields) {
      guard fields.count == columns.count else {
        fail(fields[0], "\(columns.count) fields, not \(fields.count)")
        continue
      }
      guard let date = date(fields[0]) else {
        fail(fields[0], "seconds such as 300, or a date in UTC, in the years 1900 to 2150")
        continue
      }
      guard let value = read(fields[1]) else {
        fail(fields[1], "a value such as that of the header")
        continue
      }
      let start = first ?? date
      first = start
      let at = date - start
      if let last = rows.last, at <= last.at {
        fail(fields[0], "a time after that of the line above")
        continue
      }
      guard at <= .longestStretch else {
        fail(fields[0], "a time within \(TimeSpan.longestStretch) of the first")
        continue
      }
      rows.append((at, value))
    }
    guard errors.isEmpty else { throw ScenarioErrors(errors) }
    return rows
  }

  /// A date, or seconds as a date since 1970.
  private static func date(_ field: CSVCursor.Field) -> UTCDate? {
    let text = String(decoding: field.bytes, as: UTF8.self)
    if let date = try? UTCDate(parsing: text) { return date }
    guard let number = try? DecimalText(parsing: text),
      let nanoseconds = number.exactly(times: 1_000_000_000)
    else { return nil }
    let date = UTCDate(nanosecondsSince1970: nanoseconds)
    return UTCDate.readable.contains(date) ? date : nil
  }

  // MARK: Prices

  /// Reads a series of prices in USD an hour in one of two forms.
  ///
  /// - CSV with the header `time,price`: seconds or dates in UTC.
  /// - JSON as `aws ec2 describe-spot-price-history` writes it, newest first: prices of one zone and type.
  ///
  /// The first price holds from the start of a scenario on, the others as long after it as they came.
  ///
  /// - Throws: everything that is wrong with the file.
  /// - Complexity: O(bytes), and O(n log n) for n points of a history.
  package static func prices(
    _ bytes: [UInt8], file: String, zone: String?, type: String
  ) throws(ScenarioErrors) -> PriceSeries {
    let rows: [(at: TimeSpan, value: HourlyPrice)]
    if bytes.first(where: { !$0.isBlank }) == UInt8(ascii: "{") {
      rows = try history(bytes, file: file, zone: zone, type: type)
    } else {
      rows = try timedRows(bytes, file: file, columns: ["time", "price"]) { field in
        price(String(decoding: field.bytes, as: UTF8.self))
      }
    }
    guard !rows.isEmpty else { throw failure(file, 1, 1, "required: at least one price") }
    var changes: [PriceSeries.Change] = []
    for row in rows where row.value != changes.last?.price {
      changes.append(PriceSeries.Change(at: .start + row.at, price: row.value))
    }
    return PriceSeries(changes: changes)
  }

  private static func history(
    _ bytes: [UInt8], file: String, zone: String?, type: String
  ) throws(ScenarioErrors) -> [(at: TimeSpan, value: HourlyPrice)] {
    let root = try tree(bytes, file: file)
    var diagnostics = Diagnostics()
    var reader = MappingReader(root.entries ?? [], at: root.location, keyPath: "")
    let points = reader.sequence("SpotPriceHistory", .required, into: &diagnostics) ?? []
    var found: [(date: UTCDate, price: HourlyPrice)] = []
    for point in points {
      guard var fields = point.mapping(into: &diagnostics) else { continue }
      let place = fields.string("AvailabilityZone", .required, into: &diagnostics)
      let kind = fields.string("InstanceType", .required, into: &diagnostics)
      let date = fields.required("Timestamp", into: &diagnostics) { try UTCDate(parsing: $0) }
      let value = fields.required("SpotPrice", into: &diagnostics) { text in
        guard let price = price(text) else {
          throw UnreadableQuantity(allowed: "a price in USD an hour, such as 1.067100")
        }
        return price
      }
      guard let date, let value, kind == type, zone == nil || place == zone else { continue }
      found.append((date, value))
    }
    try diagnostics.throwIfAny()
    guard !found.isEmpty else {
      throw failure(file, 1, 1, "has no price of \(type) in \(zone ?? "any zone")")
    }
    // Histories overlap, and repeat a price once a day: equal points are one.
    let sorted = found.sorted { ($0.date, $0.price) < ($1.date, $1.price) }
    var rows: [(at: TimeSpan, value: HourlyPrice)] = []
    for point in sorted {
      let at = point.date - sorted[0].date
      if rows.last?.at == at { rows.removeLast() }
      rows.append((at, point.price))
    }
    return rows
  }

  private static func price(_ text: String) -> HourlyPrice? {
    guard let number = try? DecimalText(parsing: text),
      let nanodollars = number.roundedToNearestOrEven(times: 1_000_000_000), nanodollars >= 0,
      nanodollars <= HourlyPrice.highest.nanodollarsPerHour
    else { return nil }
    return HourlyPrice(nanodollarsPerHour: nanodollars)
  }

  private static func failure(
    _ file: String, _ line: Int, _ column: Int, _ text: String
  ) -> ScenarioErrors {
    ScenarioErrors([
      ScenarioError(
        .other(text), at: SourceLocation(file: file, line: line, column: column), keyPath: "")
    ])
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool {
    [
      UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), 0xEF, 0xBB,
      0xBF,
    ]
    .contains(self)
  }
}
