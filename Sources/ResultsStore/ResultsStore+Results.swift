// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import SQLite

extension ResultsStore {
  /// Stores what a run comes to and marks it as finished, in one transaction that the disk holds
  /// when the call returns.
  ///
  /// - Throws: ``StoreError`` when there is no such run or it is finished already.
  package func finish(_ run: Int64, _ results: RunResults) throws(StoreError) {
    try writing("finishing run \(run)", isDurable: true) { database in
      try checkOpen(run, in: database)
      try finish(run, results, in: database)
    }
  }

  /// Inserts what a run comes to and marks it as finished inside a transaction.
  func finish(_ run: Int64, _ results: RunResults, in database: Database) throws {
    try insert(results, of: run, in: database)
    let counts = Schema.requestColumns.map { "\($0) = ?" }.joined(separator: ", ")
    let values: [(any DatabaseValueConvertible)?] =
      [RunSummary.State.finished.rawValue, results.digest, results.replications]
      + results.requests.columnValues + [run]
    try database.execute(
      sql: "UPDATE run SET state = ?, digest = ?, replications = ?, \(counts) WHERE run = ?",
      arguments: values)
    try database.execute(sql: "DELETE FROM run_writer WHERE run = ?", arguments: [run])
  }

  private func insert(_ results: RunResults, of run: Int64, in database: Database) throws {
    let measures = try Insertion(
      into: "measure",
      ["run", "position", "name", "unit", "state", "note"] + IntervalColumns.names,
      in: database)
    for (position, row) in results.measures.enumerated() {
      try measures(
        [run, position, row.name, row.unit, row.state.rawValue, row.note]
          + IntervalColumns.values(row.interval))
    }
    let invoice = try Insertion(
      into: "invoice",
      ["run", "position", "line", "pool", "market", "hours"] + MoneyColumns.price
        + ["monthly_usd", "monthly_nanodollars"], in: database)
    for (position, row) in results.invoice.enumerated() {
      try invoice(
        [run, position, row.line, row.pool, row.market, row.hours]
          + MoneyColumns.values(row.price) + MoneyColumns.values(row.monthly))
    }
    let months = try Insertion(
      into: "billed_month",
      [
        "run", "position", "from_date", "from_unix_ns", "to_date", "to_unix_ns", "billed_usd",
        "billed_nanodollars",
      ], in: database)
    for (position, row) in results.billedMonths.enumerated() {
      try months(
        [
          run, position, row.from.description, row.from.nanosecondsSince1970, row.to.description,
          row.to.nanosecondsSince1970,
        ] + MoneyColumns.values(row.billed))
    }
    let verdicts = try Insertion(
      into: "verdict",
      ["run", "position", "target", "verdict", "unit", "state", "confidence", "reason"]
        + IntervalColumns.names,
      in: database)
    for (position, row) in results.verdicts.enumerated() {
      try verdicts(
        [
          run, position, row.target, row.verdict.rawValue, row.unit, row.state.rawValue,
          row.confidence, row.reason,
        ]
          + IntervalColumns.values(row.interval))
    }
    let notes = try Insertion(into: "note", ["run", "position", "topic", "text"], in: database)
    for (position, note) in results.notes.enumerated() {
      try notes([run, position, note.topic, note.text])
    }
  }

  /// What a run came to; `nil` when it is not finished.
  ///
  /// - Throws: ``StoreError`` when there is no such run.
  package func results(of run: Int64) throws(StoreError) -> RunResults? {
    try reading("reading results") { database in
      guard try state(of: run, in: database) == .finished else { return nil }
      let sql = "SELECT * FROM run WHERE run = ?"
      guard let row = try Row.fetchOne(database, sql: sql, arguments: [run]) else { return nil }
      return try RunResults(
        digest: row["digest"], replications: row["replications"],
        requests: try RequestCounts(row), measures: try measures(of: run, in: database),
        invoice: try invoice(of: run, in: database),
        billedMonths: try billedMonths(of: run, in: database),
        verdicts: try verdicts(of: run, in: database),
        notes: try rows(of: "note", run: run, in: database).map {
          try RunNote(topic: $0["topic"], text: $0["text"])
        })
    }
  }

  private func rows(of table: String, run: Int64, in database: Database) throws -> [Row] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM \(table) WHERE run = ? ORDER BY position", arguments: [run])
  }

  private func measures(of run: Int64, in database: Database) throws -> [MeasureRow] {
    try rows(of: "measure", run: run, in: database).map { row in
      try MeasureRow(
        name: row["name"], unit: row["unit"], interval: row.interval,
        state: self.state(row, of: run), note: row["note"])
    }
  }

  private func invoice(of run: Int64, in database: Database) throws -> [InvoiceRow] {
    try rows(of: "invoice", run: run, in: database).map { row in
      try InvoiceRow(
        line: row["line"], pool: row["pool"], market: row["market"], hours: row["hours"],
        price: row.hourlyPrice, monthly: USD(nanodollars: row["monthly_nanodollars"]))
    }
  }

  private func billedMonths(of run: Int64, in database: Database) throws -> [BilledMonthRow] {
    try rows(of: "billed_month", run: run, in: database).map { row in
      try BilledMonthRow(
        from: UTCDate(nanosecondsSince1970: row["from_unix_ns"]),
        to: UTCDate(nanosecondsSince1970: row["to_unix_ns"]),
        billed: USD(nanodollars: row["billed_nanodollars"]))
    }
  }

  private func verdicts(of run: Int64, in database: Database) throws -> [VerdictRow] {
    try rows(of: "verdict", run: run, in: database).map { row in
      guard let verdict = VerdictRow.Verdict(rawValue: try row["verdict"]) else {
        throw Refusal(reason: "is damaged: run \(run) has an unknown verdict")
      }
      return try VerdictRow(
        target: row["target"], verdict: verdict, interval: row.interval, unit: row["unit"],
        state: state(row, of: run), confidence: row["confidence"], reason: row["reason"])
    }
  }

  private func state(_ row: Row, of run: Int64) throws -> MeasureRow.State {
    guard let state = MeasureRow.State(rawValue: try row["state"]) else {
      throw Refusal(reason: "is damaged: run \(run) has a measure of an unknown state")
    }
    return state
  }
}
