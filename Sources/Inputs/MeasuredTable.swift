// SPDX-License-Identifier: GPL-3.0-or-later

/// Separated values under a header, read by the names of columns, whatever their order.
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
  package typealias Row = [InputField]

  /// The rows that fulfil all conditions.
  package let rows: [Row]
  /// How many rows do not fulfil them.
  package let omitted: Int

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - columns: the columns that every row must have.
  /// - Throws: an absent column, a row of another width, or that no row fulfils the conditions.
  /// - Complexity: O(bytes).
  package init(
    _ bytes: [UInt8], columns: [String], where conditions: [Condition] = []
  ) throws(TraceErrors) {
    var reader = try TableReader(bytes, wanted: columns)
    let positions = try reader.positions(of: columns + conditions.map(\.column))
    let wanted = positions.prefix(columns.count)
    let required = zip(positions.dropFirst(columns.count), conditions.map { Array($0.text.utf8) })
    var rows: [Row] = []
    var omitted = 0
    while let fields = reader.next() {
      guard required.allSatisfy({ fields[$0.0].bytes.elementsEqual($0.1) }) else {
        omitted += 1
        continue
      }
      rows.append(wanted.map { fields[$0] })
    }
    if rows.isEmpty {
      let condition = conditions.map { "\($0.column)=\($0.text)" }.joined(separator: ", ")
      reader.failEmpty(found: conditions.isEmpty ? "no row" : "no row with \(condition)")
    }
    try reader.throwErrors()
    self.rows = rows
    self.omitted = omitted
  }

  /// What `read` makes of the fields of one column.
  ///
  /// - Throws: every field of which it makes nothing, up to a limit.
  package static func values<Value>(
    of fields: [InputField], allowed: String, _ read: (InputField) -> Value?
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
    of fields: [InputField], allowed: String, where isAllowed: (Double) -> Bool
  ) throws(TraceErrors) -> [Double] {
    try values(of: fields, allowed: allowed) { field in
      field.number.flatMap { isAllowed($0) ? $0 : nil }
    }
  }
}
