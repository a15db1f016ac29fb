// SPDX-License-Identifier: GPL-3.0-or-later

import Workload

/// Comma-separated values under a header, read by the names of columns.
package struct MeasuredTable: Sendable {
  /// A condition on a column: only rows whose text there is that count.
  package struct Condition: Sendable, Equatable {
    /// The column.
    package let column: String
    /// The text.
    package let text: String

    /// A condition of that form.
    package init(column: String, text: String) {
      self.column = column
      self.text = text
    }

    /// Reads `column=text`.
    package init?(parsing text: String) {
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
      self.init(column: String(text[..<sign]), text: String(text[text.index(after: sign)...]))
    }
  }

  /// One row: the fields of the columns that were asked for, in that order.
  package typealias Row = [CSVCursor.Field]

  /// The rows that fulfil all conditions.
  package let rows: [Row]

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - columns: the columns that every row must have.
  /// - Throws: an absent column, a row of another width, or that no row fulfils the conditions.
  /// - Complexity: O(bytes).
  package init(
    _ bytes: [UInt8], columns: [String], where conditions: [Condition] = []
  ) throws(TraceErrors) {
    var cursor = CSVCursor(bytes)
    var fields: [CSVCursor.Field] = []
    guard cursor.nextLine(into: &fields) else {
      throw TraceErrors(errors: [
        TraceError(line: 1, column: 1, found: "an empty file", allowed: "a header and rows")
      ])
    }
    let header = fields.map { String(decoding: $0.bytes, as: UTF8.self) }
    var errors: [TraceError] = []
    func position(_ name: String) -> Int {
      if let index = header.firstIndex(of: name) { return index }
      errors.append(
        TraceError(
          line: 1, column: 1, found: "no column '\(name)'",
          allowed: "one of " + header.joined(separator: ", ")))
      return 0
    }
    let wanted = columns.map(position)
    let required = conditions.map { (position($0.column), Array($0.text.utf8)) }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    var rows: [Row] = []
    while errors.count < TraceErrors.limit, cursor.nextLine(into: &fields) {
      if fields.count == 1 && fields[0].bytes.isEmpty { continue }
      guard fields.count == header.count else {
        errors.append(
          fields[0].error(allowed: "\(header.count) fields, not \(fields.count)"))
        continue
      }
      guard required.allSatisfy({ fields[$0.0].bytes.elementsEqual($0.1) }) else { continue }
      rows.append(wanted.map { fields[$0] })
    }
    if errors.isEmpty && rows.isEmpty {
      let condition = conditions.map { "\($0.column)=\($0.text)" }.joined(separator: ", ")
      errors.append(
        TraceError(
          line: 1, column: 1, found: conditions.isEmpty ? "no row" : "no row with \(condition)",
          allowed: "at least one"))
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    self.rows = rows
  }

  /// What `read` makes of the fields of one column.
  ///
  /// - Throws: every field of which it makes nothing, up to a limit.
  package static func values<Value>(
    of fields: [CSVCursor.Field], allowed: String, _ read: (CSVCursor.Field) -> Value?
  ) throws(TraceErrors) -> [Value] {
    var values: [Value] = []
    var errors: [TraceError] = []
    for field in fields {
      if let value = read(field) {
        values.append(value)
      } else if errors.count < TraceErrors.limit {
        errors.append(field.error(allowed: allowed))
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return values
  }

  /// The numbers of a column that fulfil a condition.
  package static func numbers(
    of fields: [CSVCursor.Field], allowed: String, where isAllowed: (Double) -> Bool
  ) throws(TraceErrors) -> [Double] {
    try values(of: fields, allowed: allowed) { field in
      Double(String(decoding: field.bytes, as: UTF8.self)).flatMap {
        $0.isFinite && isAllowed($0) ? $0 : nil
      }
    }
  }
}
