// SPDX-License-Identifier: GPL-3.0-or-later

/// Goes through a file of separated values under a header, and gathers what is wrong with it.
package struct TableReader {
  /// What a record above the first row is.
  package enum Role {
    /// The names of the columns.
    case header
    /// A line above them, which says something of the file.
    case preamble
    /// A row already; nothing names its columns.
    case row
  }

  /// The names of the columns; the first row where nothing names them.
  package let header: [InputField]
  /// The records above the header.
  package let preamble: [[InputField]]
  /// Whether nothing names the columns.
  package let isHeaderless: Bool
  /// What is wrong so far.
  package private(set) var errors: [TraceError] = []

  private var scanner: CSVScanner
  /// A row that was read ahead.
  private var pending: [InputField]?

  /// A reader of a whole file.
  ///
  /// - Parameters:
  ///   - wanted: what the header should name, for the message that a file is empty.
  ///   - role: what a record is, asked from the first on until one is a header or a row. The first record is the
  ///     header when it is `nil`, or where none is.
  /// - Throws: that there is no header, or that its form is broken.
  package init(
    _ bytes: [UInt8], wanted: [String], role: (([InputField]) -> Role)? = nil
  ) throws(TraceErrors) {
    scanner = CSVScanner(bytes)
    var above: [[InputField]] = []
    var found: (fields: [InputField], role: Role)?
    do {
      while found == nil, try scanner.next() {
        let fields = scanner.fields
        let role = role?(fields) ?? .header
        if role == .preamble { above.append(fields) } else { found = (fields, role) }
      }
    } catch {
      throw TraceErrors(errors: [error])
    }
    isHeaderless = found?.role == .row
    pending = isHeaderless ? found?.fields : nil
    preamble = found == nil ? [] : above
    guard let header = found?.fields ?? above.first else {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "an empty file",
          allowed: "a header with " + Self.listed(wanted) + ", and rows")
      ])
    }
    self.header = header
  }

  /// Names with quotes and commas.
  static func listed(_ names: [String]) -> String {
    names.isEmpty ? "columns" : "the columns " + names.joined(separator: ", ")
  }

  /// The number of a column: of that name, or but for case of that name where only one is.
  package func position(of name: String) -> Int? {
    let names = header.map(\.trimmed)
    if let exact = names.firstIndex(of: name) { return exact }
    let similar = names.indices.filter { names[$0].lowercased() == name.lowercased() }
    return similar.count == 1 ? similar[0] : nil
  }

  /// The numbers of columns that have to be there.
  ///
  /// - Throws: one error that names the columns found and those wanted.
  package func positions(of names: [String]) throws(TraceErrors) -> [Int] {
    let positions = names.map { position(of: $0) }
    guard positions.contains(nil) else { return positions.compactMap(\.self) }
    let missing = zip(names, positions).filter { $0.1 == nil }.map { "'\($0.0)'" }
    throw wrongHeader(
      "no column \(missing.joined(separator: " and no "))",
      wanted: Self.listed(names) + ", in any order")
  }

  /// The error that the header is wrong.
  package func wrongHeader(_ problem: String, wanted: String) -> TraceErrors {
    let names = header.map(\.trimmed).joined(separator: ", ")
    return TraceErrors(errors: [
      TraceError(
        line: header.first?.line ?? 1, column: 1,
        found: "\(problem) among: \(names)", allowed: wanted)
    ])
  }

  /// The fields of the next row with as many fields as the header; others are errors, rows without any text are
  /// skipped. `nil` at the end, or after too many errors.
  package mutating func next() -> [InputField]? {
    if let row = pending {
      pending = nil
      return row
    }
    do {
      while errors.count < TraceErrors.limit, try scanner.next() {
        let fields = scanner.fields
        if fields.allSatisfy(\.bytes.isEmpty) { continue }
        if fields.count == header.count { return fields }
        let place = fields.count > header.count ? fields[header.count] : fields[0]
        errors.append(
          TraceError(
            line: place.line, column: place.column, found: "\(fields.count) fields",
            allowed:
              "\(header.count) fields, separated by \(scanner.separatorName); text that holds one stands in quotes"
          ))
      }
    } catch {
      errors.append(error)
    }
    return nil
  }

  /// Notes an error.
  package mutating func fail(_ field: InputField, allowed: String) {
    guard errors.count < TraceErrors.limit else { return }
    errors.append(field.error(allowed: allowed))
  }

  /// Notes that nothing was found, where nothing else is wrong.
  package mutating func failEmpty(
    found: String = "no row behind the header", allowed: String = "at least one"
  ) {
    guard errors.isEmpty else { return }
    errors.append(
      TraceError(line: header.first?.line ?? 1, column: 1, found: found, allowed: allowed))
  }

  /// Ends the reading where anything was wrong.
  package func throwErrors() throws(TraceErrors) {
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
  }
}
