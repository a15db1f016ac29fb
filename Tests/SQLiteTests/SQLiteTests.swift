// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import SQLite
import Testing

@Suite("SQLite behind its door")
struct SQLiteTests {
  private let database: DatabaseQueue

  init() throws {
    database = try DatabaseQueue(path: ":memory:")
    try database.write { connection in
      try connection.execute(
        sql:
          "CREATE TABLE a (id INTEGER PRIMARY KEY, value ANY) STRICT; CREATE INDEX b ON a (value)")
    }
  }

  private func echo<Value: DatabaseValueConvertible>(_ value: Value) throws -> Value {
    try database.write { connection in
      try connection.execute(sql: "INSERT INTO a (value) VALUES (?)", arguments: [value])
      let row = try Row.fetchOne(
        connection, sql: "SELECT value FROM a WHERE id = ?",
        arguments: [connection.lastInsertedRowID])
      return try #require(row)["value"]
    }
  }

  @Test("gives back whole numbers", arguments: [.min, -1, 0, 1, .max] as [Int64])
  func wholeNumbers(number: Int64) throws {
    #expect(try echo(number) == number)
    #expect(try echo(Int(number)) == Int(number))
    #expect(try echo(Optional(number)) == number)
  }

  @Test(
    "gives back numbers to the last bit",
    arguments: [0, 0.1, -.infinity, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
  func numbers(number: Double) throws {
    #expect(try echo(number) == number)
  }

  @Test("stores what is not a number, and no value, as none")
  func nothing() throws {
    #expect(throws: RowDecodingError.self) { try echo(Double.nan) }
    #expect(try echo(Optional<Double>.some(.nan)) == nil)
    #expect(try echo(Optional<String>.none) == nil)
    #expect(try echo(true) && !echo(false))
  }

  @Test("gives back texts", arguments: ["", "a", "a\0b", "caf\u{E9} \u{1F600}", "' ; --"])
  func texts(text: String) throws {
    #expect(try echo(text).utf8.elementsEqual(text.utf8))
    let long = String(repeating: text, count: 10_000)
    #expect(try echo(long) == long)
  }

  @Test("refuses a value of another type, and a column that there is not")
  func types() throws {
    let row = try #require(
      try database.read {
        try Row.fetchOne($0, sql: "SELECT 'x' AS a, 1 AS b, 1.5 AS c, NULL AS d")
      })
    #expect(throws: RowDecodingError.self) { try row["a"] as Int }
    #expect(throws: RowDecodingError.self) { try row["b"] as String }
    #expect(throws: RowDecodingError.self) { try row["c"] as Int }
    #expect(throws: RowDecodingError.self) { try row["d"] as Int }
    #expect(throws: RowDecodingError.self) { try row["e"] as Int? }
    #expect(throws: RowDecodingError.self) { try row[4] as Int? }
    #expect(try row["b"] as Double == 1)
    #expect(try row["d"] as Int? == nil)
    #expect(try row[0] as String == "x")
  }

  @Test("leaves nothing of a transaction that throws, and goes on afterwards")
  func rollback() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try database.write { connection in
        try connection.execute(sql: "INSERT INTO a (value) VALUES (1)")
        #expect(connection.changesCount == 1)
        throw Stop()
      }
    }
    #expect(try database.read { try Int.fetchAll($0, sql: "SELECT id FROM a") } == [])
    _ = try echo(2)
    #expect(try database.read { try Int.fetchAll($0, sql: "SELECT value FROM a") } == [2])
  }

  @Test("says in SQLite's words and with its code what is wrong")
  func errors() throws {
    func error(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) -> DatabaseError?
    {
      #expect(throws: DatabaseError.self) {
        try database.write { try $0.execute(sql: sql, arguments: arguments) }
      }
    }
    #expect(error("SELEC")?.message == #"near "SELEC": syntax error"#)
    #expect(error("SELECT \"a\"")?.message == "no such column: a")
    #expect(error("INSERT INTO a (id) VALUES (?1), (?1)", [7])?.extendedResultCode == 1555)
    #expect(error("SELECT ?")?.message == "0 values for a statement that takes 1")
  }

  @Test("refuses to work once it is closed, and to open what is not there")
  func closing() throws {
    try database.close()
    try database.close()
    let error = #expect(throws: DatabaseError.self) {
      try database.read { try Int.fetchOne($0, sql: "SELECT 1") }
    }
    #expect(error?.message == "the database is closed")
    #expect(throws: DatabaseError.self) { try DatabaseQueue(path: "/no/such/file") }
  }

  @Test("waits for another connection as long as it is told to")
  func busy() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("plimsoll-\(UUID().uuidString).sqlite").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (first, second) = (try DatabaseQueue(path: path), try DatabaseQueue(path: path))
    try first.write { try $0.execute(sql: "CREATE TABLE a (b)") }
    try first.write { _ in
      let error = #expect(throws: DatabaseError.self) { try second.write { _ in } }
      #expect(error?.isBusy == true)
    }
    try second.write { try $0.execute(sql: "DROP TABLE a") }
  }
}
