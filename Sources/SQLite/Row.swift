// SPDX-License-Identifier: GPL-3.0-or-later

/// One row that a query yields.
package struct Row: Sendable {
  let names: [String]
  let values: [DatabaseValue]

  /// The value in the first column of that name.
  ///
  /// - Throws: ``RowDecodingError`` where there is none, or it is no such value.
  package subscript<Value: DatabaseValueConvertible>(column: String) -> Value {
    get throws {
      guard let index = names.firstIndex(of: column), let value = Value(values[index]) else {
        throw RowDecodingError(column: column)
      }
      return value
    }
  }

  /// The value in the column of that number, from 0.
  ///
  /// - Throws: ``RowDecodingError`` where there is none, or it is no such value.
  package subscript<Value: DatabaseValueConvertible>(index: Int) -> Value {
    get throws {
      guard values.indices.contains(index), let value = Value(values[index]) else {
        throw RowDecodingError(column: "\(index)")
      }
      return value
    }
  }
}

extension Row {
  /// The first row of a query; `nil` where it has none.
  package static func fetchOne(
    _ database: Database, sql: String, arguments: [(any DatabaseValueConvertible)?] = []
  ) throws -> Row? {
    let statement = try database.cachedStatement(sql: sql)
    var first: Row?
    try statement.forEachRow(arguments, limit: 1) { first = $0 }
    return first
  }

  /// All rows of a query.
  package static func fetchAll(
    _ database: Database, sql: String, arguments: [(any DatabaseValueConvertible)?] = []
  ) throws -> [Row] {
    var rows: [Row] = []
    try database.cachedStatement(sql: sql).forEachRow(arguments) { rows.append($0) }
    return rows
  }
}

extension DatabaseValueConvertible {
  /// The first column of a query's first row; `nil` where there is no row, or no value in it.
  package static func fetchOne(
    _ database: Database, sql: String, arguments: [(any DatabaseValueConvertible)?] = []
  ) throws -> Self? {
    guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments) else { return nil }
    return try row[0] as Self?
  }

  /// The first column of all rows of a query.
  package static func fetchAll(
    _ database: Database, sql: String, arguments: [(any DatabaseValueConvertible)?] = []
  ) throws -> [Self] {
    try Row.fetchAll(database, sql: sql, arguments: arguments).map { try $0[0] }
  }
}
