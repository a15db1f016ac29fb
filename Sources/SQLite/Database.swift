// SPDX-License-Identifier: GPL-3.0-or-later

private import CSQLite

/// A connection, for who has it to himself: inside the closures of a ``DatabaseQueue``.
@safe
package final class Database {
  private let connection: OpaquePointer
  private var statements: [String: Statement] = [:]
  private var isOpen = true

  init(path: String, flags: Int32) throws {
    var connection: OpaquePointer?
    let status = unsafe sqlite3_open_v2(path, &connection, flags, nil)
    guard let connection = unsafe connection else {
      throw DatabaseError(message: "out of memory", extendedResultCode: SQLITE_NOMEM)
    }
    guard status == SQLITE_OK else {
      let error = unsafe DatabaseError(of: connection)
      unsafe _ = sqlite3_close_v2(connection)
      throw error
    }
    unsafe self.connection = connection
    unsafe _ = sqlite3_extended_result_codes(connection, 1)
    unsafe plimsoll_refuse_quoted_texts(connection)
  }

  deinit { try? close() }

  /// How long to wait for another connection that holds what is wanted.
  package func wait(milliseconds: Int32) {
    unsafe _ = sqlite3_busy_timeout(connection, milliseconds)
  }

  /// Executes one statement.
  package func execute(sql: String, arguments: [(any DatabaseValueConvertible)?]) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// Executes statements that take no values.
  package func execute(sql: String) throws {
    guard unsafe sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
      throw unsafe DatabaseError(of: connection)
    }
  }

  /// A statement, which is compiled when it is first asked for.
  package func cachedStatement(sql: String) throws -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = unsafe try Statement(sql, connection: connection)
    statements[sql] = statement
    return statement
  }

  /// The key of the row that was inserted last.
  package var lastInsertedRowID: Int64 { unsafe sqlite3_last_insert_rowid(connection) }

  /// How many rows the last statement inserted, changed or deleted.
  package var changesCount: Int { Int(unsafe sqlite3_changes(connection)) }

  /// Does it all or, where it throws, nothing of it.
  func transaction<Value>(_ kind: String, _ body: (Database) throws -> Value) throws -> Value {
    try execute(sql: "BEGIN \(kind)")
    do {
      let value = try body(self)
      try execute(sql: "COMMIT")
      return value
    } catch {
      // Some errors have ended the transaction already.
      if unsafe sqlite3_get_autocommit(connection) == 0 { try? execute(sql: "ROLLBACK") }
      throw error
    }
  }

  /// Does something to the connection, unless it is closed.
  func whileOpen<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard isOpen else {
      throw DatabaseError(message: "the database is closed", extendedResultCode: SQLITE_MISUSE)
    }
    return try body(self)
  }

  func close() throws {
    guard isOpen else { return }
    statements = [:]
    guard unsafe sqlite3_close(connection) == SQLITE_OK else {
      throw unsafe DatabaseError(of: connection)
    }
    isOpen = false
  }
}
