// SPDX-License-Identifier: GPL-3.0-or-later

private import CSQLite
private import Synchronization

/// One connection to a database, used by one thread at a time.
package final class DatabaseQueue: Sendable {
  private let lock = Mutex(())
  // Used under the lock only.
  private nonisolated(unsafe) let database: Database

  /// Opens the database of that path, or creates it.
  ///
  /// - Parameters:
  ///   - path: an absolute path, or `:memory:` for a database that ends with the connection.
  ///   - isReadOnly: whether the file must be there and stays as it is.
  /// - Throws: ``DatabaseError``.
  package init(path: String, isReadOnly: Bool = false) throws {
    let opening = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    unsafe database = try Database(path: path, flags: opening | SQLITE_OPEN_NOMUTEX)
  }

  /// Reads in one transaction, which sees one state of the database.
  package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try writeWithoutTransaction { try $0.transaction("DEFERRED", body) }
  }

  /// Writes in one transaction: all of it or, where it throws, nothing.
  package func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try writeWithoutTransaction { try $0.transaction("IMMEDIATE", body) }
  }

  /// Executes statements, each of which is a transaction of its own.
  package func writeWithoutTransaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try locked { try $0.whileOpen(body) }
  }

  /// Closes the connection, once; nothing may be asked of it afterwards.
  package func close() throws { try locked { try $0.close() } }

  private func locked<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var outcome: Result<Value, any Error>?
    lock.withLock { _ in outcome = Result { try unsafe body(database) } }
    guard let outcome else { preconditionFailure("the lock calls what it is given") }
    return try outcome.get()
  }
}
