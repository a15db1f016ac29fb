// SPDX-License-Identifier: GPL-3.0-or-later

private import CSQLite

/// One statement, compiled once for many executions, which ends before its database.
@safe
package final class Statement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer
  private let names: [String]

  init(_ sql: String, connection: OpaquePointer) throws {
    var handle: OpaquePointer?
    let status = unsafe sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard status == SQLITE_OK, let handle = unsafe handle else {
      throw unsafe DatabaseError(of: connection)
    }
    unsafe self.handle = handle
    unsafe self.connection = connection
    names = unsafe (0..<sqlite3_column_count(handle)).map { index in
      unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
    }
  }

  deinit { unsafe _ = sqlite3_finalize(handle) }

  /// Executes the statement and passes over what it yields.
  package func execute(arguments: [(any DatabaseValueConvertible)?] = []) throws {
    try forEachRow(arguments) { _ in }
  }

  /// Executes the statement and hands each row to `body`, which must not execute it anew.
  ///
  /// - Parameters:
  ///   - limit: how many rows are wanted at most.
  package func forEachRow(
    _ arguments: [(any DatabaseValueConvertible)?], limit: Int = .max, _ body: (Row) throws -> Void
  ) throws {
    defer { unsafe _ = sqlite3_reset(handle) }
    try bind(arguments)
    for _ in 0..<limit {
      switch unsafe sqlite3_step(handle) {
      case SQLITE_ROW: try body(Row(names: names, values: names.indices.map(value)))
      case SQLITE_DONE: return
      default: throw unsafe DatabaseError(of: connection)
      }
    }
  }

  private func bind(_ arguments: [(any DatabaseValueConvertible)?]) throws {
    let wanted = unsafe Int(sqlite3_bind_parameter_count(handle))
    guard arguments.count == wanted else {
      throw DatabaseError(
        message: "\(arguments.count) values for a statement that takes \(wanted)",
        extendedResultCode: SQLITE_MISUSE)
    }
    for (position, argument) in arguments.enumerated() {
      let index = Int32(position + 1)
      let status: Int32
      switch argument?.databaseValue ?? .null {
      case .int64(let number): status = unsafe sqlite3_bind_int64(handle, index, number)
      case .double(let number): status = unsafe sqlite3_bind_double(handle, index, number)
      case .string(var text):
        status = text.withUTF8 { bytes in
          unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
            unsafe plimsoll_bind_text(
              handle, index, bytes.baseAddress ?? UnsafePointer(handle),
              Int32(clamping: bytes.count))
          }
        }
      case .null, .blob: status = unsafe sqlite3_bind_null(handle, index)
      }
      guard status == SQLITE_OK else { throw unsafe DatabaseError(of: connection) }
    }
  }

  private func value(_ position: Int) -> DatabaseValue {
    let index = Int32(position)
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .int64(unsafe sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .double(unsafe sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let text = unsafe sqlite3_column_text(handle, index)
      let count = Int(unsafe sqlite3_column_bytes(handle, index))
      let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
      return .string(unsafe String(decoding: bytes, as: UTF8.self))
    case SQLITE_NULL: return .null
    default: return .blob
    }
  }
}

extension DatabaseError {
  /// What the connection says about what failed last.
  @unsafe
  init(of connection: OpaquePointer) {
    self.init(
      message: unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) } ?? "no message",
      extendedResultCode: unsafe sqlite3_extended_errcode(connection))
  }
}
