// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import SQLite

/// The results database: every run with its replications, in one SQLite file.
///
/// A replication is one transaction, so a run that is killed leaves a database that opens and holds
/// whole replications only. While a run goes on, the last replications before a power cut may be
/// lost (`synchronous = NORMAL`); once ``finish(_:_:)`` returns, nothing of the run is.
package final class ResultsStore: Sendable {
  /// The version of the tables, kept in each database.
  package static var schemaVersion: Int32 { Schema.version }

  /// The path as it was given; `in memory` where there is no file.
  package let path: String
  let database: DatabaseQueue
  /// The folder of the copy that is read in its stead, where nobody may write to it.
  private let copy: String?

  /// Opens the database with that path, or creates it.
  ///
  /// - Throws: ``StoreError`` when the file is no results database or one of a newer version, which
  ///   leaves it as it was, and when the system refuses to open it.
  package convenience init(path: String) throws(StoreError) {
    // An absolute path keeps SQLite from taking `:memory:` or the empty text for more than a name.
    let file = URL(fileURLWithPath: path).path
    do {
      try DatabaseHeader(path: file).check(upTo: Schema.version)
      let database = try DatabaseQueue(path: file)
      try Self.prepare(database)
      self.init(path: path, database: database)
    } catch {
      throw StoreError(path: path, while: "opening", error)
    }
  }

  private init(path: String, database: DatabaseQueue, copy: String? = nil) {
    self.path = path
    self.database = database
    self.copy = copy
  }

  /// Opens the database with that path to read it, also where nobody may write: then a copy of it is read.
  ///
  /// A database with a write-ahead log is read by whoever may write beside it; so may nobody on a medium that
  /// is read only.
  ///
  /// - Throws: ``StoreError``, as ``init(path:)`` does.
  package static func reading(path: String) throws(StoreError) -> ResultsStore {
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent().path
    let files = FileManager.default
    if files.isWritableFile(atPath: file.path) && files.isWritableFile(atPath: folder) {
      return try ResultsStore(path: path)
    }
    let copy = files.temporaryDirectory.appendingPathComponent("plimsoll-\(UUID().uuidString)").path
    do {
      try DatabaseHeader(path: file.path).check(upTo: Schema.version)
      try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
      for ending in ["", "-wal"] where files.fileExists(atPath: file.path + ending) {
        // Made anew: a copy of the file would be as little for writing as the file is.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path + ending))
        try bytes.write(to: URL(fileURLWithPath: "\(copy)/results.sqlite\(ending)"))
      }
      let database = try DatabaseQueue(path: "\(copy)/results.sqlite")
      try prepare(database)
      return ResultsStore(path: path, database: database, copy: copy)
    } catch {
      try? files.removeItem(atPath: copy)
      throw StoreError(path: path, while: "opening", error)
    }
  }

  /// A database in memory, which ends with the process.
  package static func temporary() throws(StoreError) -> ResultsStore {
    let path = "in memory"
    do {
      let database = try DatabaseQueue(path: ":memory:")
      try configure(database)
      return ResultsStore(path: path, database: database)
    } catch {
      throw StoreError(path: path, while: "opening", error)
    }
  }

  /// Brings the tables up to date, and only then holds rows to their references.
  private static func configure(_ database: DatabaseQueue) throws {
    try Schema.migrate(database)
    try database.writeWithoutTransaction { connection in
      try connection.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
    }
  }

  /// Marks a new file as ours, brings the tables up to date, and only then switches to a write-ahead
  /// log: so the file's own header tells whose it is, whenever the process is killed.
  private static func prepare(_ database: DatabaseQueue) throws {
    try database.writeWithoutTransaction { $0.wait(milliseconds: 10_000) }
    try database.write { connection in
      let tables = try Int.fetchOne(connection, sql: "SELECT count(*) FROM sqlite_schema")
      var application = try Int32.fetchOne(connection, sql: "PRAGMA application_id") ?? 0
      if application == 0, tables == 0 {
        application = Schema.applicationID
        try connection.execute(sql: "PRAGMA application_id = \(application)")
      }
      let version = try Int32.fetchOne(connection, sql: "PRAGMA user_version") ?? 0
      try DatabaseHeader.database(applicationID: application, version: version)
        .check(upTo: Schema.version)
    }
    try configure(database)
    try switchToWriteAheadLog(database)
  }

  /// Switches the file to a write-ahead log, and waits for others that have it open.
  ///
  /// SQLite itself waits for nobody here: while another process opens the new file, it says at once that the
  /// file is locked (`sqlite3_busy_timeout` has no effect on a change of the journal's mode).
  private static func switchToWriteAheadLog(_ database: DatabaseQueue) throws {
    var waits = 0
    while true {
      do {
        let mode = try database.writeWithoutTransaction { connection in
          try String.fetchOne(connection, sql: "PRAGMA journal_mode = WAL")
        }
        guard mode == "wal" else {
          throw Refusal(reason: "lies on a file system that allows no write-ahead log")
        }
        return
      } catch let error as DatabaseError where error.isBusy && waits < 1_000 {
        waits += 1
        usleep(10_000)
      }
    }
  }

  /// Moves everything into the one file, so that it can be copied, and closes it.
  ///
  /// While another process reads the database, the write-ahead log stays beside it; nothing is lost.
  package func close() throws(StoreError) {
    do {
      do {
        try database.writeWithoutTransaction { connection in
          try connection.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
      } catch let error as DatabaseError where error.isBusy {}
      try database.close()
      if let copy { try FileManager.default.removeItem(atPath: copy) }
    } catch {
      throw StoreError(path: path, while: "closing", error)
    }
  }

  /// What SQLite finds wrong with the file and with the references between its rows; mostly nothing.
  package func integrityProblems() throws(StoreError) -> [String] {
    try reading("checking") { connection in
      let damage = try String.fetchAll(connection, sql: "PRAGMA integrity_check")
      let orphans = try Row.fetchAll(connection, sql: "PRAGMA foreign_key_check")
      return damage.filter { $0 != "ok" }
        + (try orphans.map {
          "a row of \(try $0[0] as String) lacks its row of \(try $0[2] as String)"
        })
    }
  }

  /// Reads in one transaction.
  func reading<Value>(
    _ action: String, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    do { return try database.read(body) } catch {
      throw StoreError(path: path, while: action, error)
    }
  }

  /// Writes in one transaction.
  ///
  /// - Parameters:
  ///   - isDurable: whether the disk holds it all before the call returns.
  func writing<Value>(
    _ action: String, isDurable: Bool = false, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    do {
      guard isDurable else { return try database.write(body) }
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      defer {
        try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
      }
      return try database.write(body)
    } catch {
      throw StoreError(path: path, while: action, error)
    }
  }
}
