// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import SQLite
import Serving
import Statistics

extension ResultsStore {
  /// Stores a replication of a run, all of it in one transaction.
  ///
  /// - Parameters:
  ///   - digest: the digest of the record, which is kept beside it.
  /// - Throws: ``StoreError`` when there is no such run, it is finished, or it has a replication of
  ///   that number.
  package func add(
    _ record: ReplicationRecord, digest: String, to run: Int64
  ) throws(StoreError) {
    try writing("adding replication \(record.replication) to run \(run)") { database in
      try checkOpen(run, in: database)
      try insert(record, digest: digest, of: run, in: database)
    }
  }

  /// Inserts the rows of a replication inside a transaction.
  func insert(
    _ record: ReplicationRecord, digest: String, of run: Int64, in database: Database
  ) throws {
    let writer = ReplicationWriter(run: run, replication: record.replication, database: database)
    try writer.insertCounts(of: record, digest: digest)
    try writer.insertWeights(of: record)
    for (time, histogram) in record.times.all { try writer.insert(histogram, kind: time) }
    try writer.insertInvoice(of: record)
    try writer.insertCharges(of: record)
    try writer.insertEvents(of: record)
    try writer.insertSeries(of: record)
  }
}

/// Writes the rows of one replication inside a transaction.
private struct ReplicationWriter {
  let run: Int64
  let replication: Int
  let database: Database

  /// An insertion into a table whose first columns are the run and the replication.
  private func insertion(into table: String, _ columns: [String]) throws -> Insertion {
    try Insertion(into: table, ["run", "replication"] + columns, in: database)
  }

  func insertCounts(of record: ReplicationRecord, digest: String) throws {
    let columns = [
      "digest", "minutes", "minutes_available", "prompt_tokens", "output_tokens", "measured_ns",
      "billed_ns", "batches", "batched_requests", "batches_outside_measurements", "busy_ns",
      "idle_ns", "simulated_requests", "migrations", "workload_digest", "weight_unit",
      "sampled_minutes",
    ]
    let values: [(any DatabaseValueConvertible)?] = [
      digest, record.minutes, record.minutesAvailable, record.promptTokens.count,
      record.outputTokens.count, record.measuredTime.nanoseconds, record.billedTime.nanoseconds,
      record.batches, record.batchedRequests, record.batchesOutsideMeasurements,
      wide(record.busyTime.nanoseconds), wide(record.idleTime.nanoseconds),
      record.simulatedRequests,
      record.migrations, hexadecimal(record.workloadDigest), record.weightUnit,
      record.sampledMinutes,
    ]
    let insert = try insertion(into: "replication", columns + Schema.requestColumns)
    try insert([run, replication] + values + record.requests.columnValues)
  }

  func insertWeights(of record: ReplicationRecord) throws {
    let weighted = try insertion(into: "weighted_request", Schema.requestColumns)
    try weighted([run, replication] + record.weighted.columnValues)
    let insert = try insertion(into: "tally", ["position", "name", "label", "value"])
    for (position, tally) in record.tallies.enumerated() {
      try insert([run, replication, position, tally.name.rawValue, tally.label, wide(tally.value)])
    }
  }

  private func hexadecimal(_ digest: UInt64) -> String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  func insert(_ histogram: LatencyHistogram, kind: RequestTime) throws {
    let summary = try insertion(into: "latency", ["kind", "count", "sum_ns", "maximum_ns"])
    try summary([
      run, replication, kind.rawValue, histogram.count, String(histogram.sum), histogram.maximum,
    ])
    let edges = try insertion(
      into: "latency_edge", ["kind", "position", "edge_ns", "count_above"])
    for (position, edge) in histogram.edges.enumerated() {
      try edges([
        run, replication, kind.rawValue, position, edge, histogram.countsAboveEdges[position],
      ])
    }
    let buckets = try insertion(into: "latency_bucket", ["kind", "bucket", "count"])
    for (bucket, count) in histogram.occupiedBuckets {
      try buckets([run, replication, kind.rawValue, bucket, count])
    }
  }

  func insertInvoice(of record: ReplicationRecord) throws {
    let insert = try insertion(
      into: "replication_invoice",
      ["position", "line", "pool", "market", "usage_ns"] + MoneyColumns.price
        + ["amount_usd", "amount_nanodollars"])
    for (position, line) in record.invoice.enumerated() {
      try insert(
        [
          run, replication, position, line.line, line.pool, line.market,
          (line.usage?.nanoseconds).map(wide),
        ] + MoneyColumns.values(line.price) + MoneyColumns.values(line.amount))
    }
  }

  func insertCharges(of record: ReplicationRecord) throws {
    let insert = try insertion(
      into: "replication_charge",
      ["position", "kind", "line", "pool", "market", "from_ns", "to_ns", "usage_ns"]
        + MoneyColumns.price
        + ["billed_nanodollars", "effective_nanodollars", "list_nanodollars"])
    for (position, charge) in record.charges.enumerated() {
      try insert(
        [
          run, replication, position, charge.kind.rawValue, charge.line, charge.pool,
          charge.market, charge.from.nanoseconds, charge.to.nanoseconds,
          (charge.usage?.nanoseconds).map(wide),
        ] + MoneyColumns.values(charge.price)
          + [charge.billed.nanodollars, charge.effective.nanodollars, charge.list.nanodollars])
    }
  }

  func insertEvents(of record: ReplicationRecord) throws {
    let insert = try insertion(
      into: "fleet_event", ["position", "time_ns", "kind", "pool", "machine"])
    for (position, event) in record.fleetEvents.enumerated() {
      try insert([
        run, replication, position, event.time.nanoseconds, event.kind.rawValue, event.pool,
        event.machine,
      ])
    }
  }

  func insertSeries(of record: ReplicationRecord) throws {
    let insert = try insertion(
      into: "series", ["position", "time_ns", "name", "pool", "value"])
    for (position, point) in record.series.enumerated() {
      try insert([
        run, replication, position, point.time.nanoseconds, point.name, point.pool, point.value,
      ])
    }
  }
}
