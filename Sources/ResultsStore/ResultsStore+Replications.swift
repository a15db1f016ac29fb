// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import SQLite
import Serving
import Statistics

/// How much of a replication is read.
package enum ReplicationParts: Sendable {
  /// All that is stored.
  case all
  /// Requests, the invoice and latencies, for who compares runs by these; the rest is empty.
  case billsAndLatencies
}

extension ResultsStore {
  /// The replications of a run, each equal to the one that was added, in the order of their numbers.
  ///
  /// - Throws: ``StoreError`` when there is no such run, or rows were changed so that they no longer
  ///   make a replication.
  package func replications(
    of run: Int64, parts: ReplicationParts = .all
  ) throws(StoreError) -> [ReplicationRecord] {
    try reading("reading replications") { database in
      _ = try state(of: run, in: database)
      let sql = "SELECT * FROM replication WHERE run = ? ORDER BY replication"
      return try Row.fetchAll(database, sql: sql, arguments: [run]).map { row in
        try ReplicationReader(run: run, replication: row["replication"], database: database)
          .record(row, parts)
      }
    }
  }

  /// The same, for who calculates with them: their numbers are those that replications can have.
  ///
  /// - Throws: ``StoreError``, also where a number is none, or a sum over all would leave its type.
  package func soundReplications(
    of run: Int64, parts: ReplicationParts = .all
  ) throws(StoreError) -> [ReplicationRecord] {
    let records = try replications(of: run, parts: parts)
    if let flaw = records.flaw {
      throw StoreError(path: path, reason: "is damaged: run \(run): \(flaw)")
    }
    return records
  }

  /// The digests of the stored replications of a run, in the order of their numbers.
  ///
  /// - Throws: ``StoreError`` when there is no such run.
  package func digests(
    of run: Int64
  ) throws(StoreError) -> [(replication: Int, digest: String)] {
    try reading("reading digests") { database in
      _ = try state(of: run, in: database)
      let sql = "SELECT replication, digest FROM replication WHERE run = ? ORDER BY replication"
      return try Row.fetchAll(database, sql: sql, arguments: [run]).map { (try $0[0], try $0[1]) }
    }
  }
}

/// Puts a replication together from its rows.
private struct ReplicationReader {
  let run: Int64
  let replication: Int
  let database: Database

  private var damage: Refusal {
    Refusal(reason: "is damaged: replication \(replication) of run \(run) cannot be put together")
  }

  func record(_ row: Row, _ parts: ReplicationParts) throws -> ReplicationRecord {
    guard let digest = UInt64(try row["workload_digest"] as String, radix: 16) else { throw damage }
    var record = ReplicationRecord(replication: replication, edges: [])
    record.requests = try RequestCounts(row)
    record.weighted = try weighted()
    record.weightUnit = try row.count("weight_unit")
    record.measuredTime = try row.span("measured_ns")
    record.billedTime = try row.span("billed_ns")
    record.invoice = try invoice()
    if parts == .billsAndLatencies {
      record.times = PerTime(
        latency: try histogram(.latency), wait: LatencyHistogram())
      return record
    }
    record.sampledMinutes = try row.count("sampled_minutes")
    record.tallies = try rows("name, label, value", of: "tally") { row in
      guard let value = try row.wide("value") else { throw damage }
      return try Tally(Tally.Name(rawValue: row[0]), label: row[1], value: value)
    }
    record.times = PerTime(latency: try histogram(.latency), wait: try histogram(.wait))
    let kinds = try rows("kind", of: "latency", orderedBy: "kind") { try $0[0] as String }
    if kinds.contains(RequestTime.ttft.rawValue) {
      record.times.tokens = (
        try histogram(.ttft), try histogram(.tpot), try histogram(.tokenGap)
      )
    }
    record.minutes = try row.count("minutes")
    record.minutesAvailable = try row.count("minutes_available")
    record.promptTokens = TokenCount(try row["prompt_tokens"])
    record.outputTokens = TokenCount(try row["output_tokens"])
    record.charges = try charges()
    record.fleetEvents = try events()
    record.series = try series()
    record.batches = try row["batches"]
    record.batchedRequests = try row["batched_requests"]
    record.batchesOutsideMeasurements = try row["batches_outside_measurements"]
    record.busyTime = try row.machineTime("busy_ns") ?? .zero
    record.idleTime = try row.machineTime("idle_ns") ?? .zero
    record.simulatedRequests = try row.count("simulated_requests")
    record.migrations = try row.count("migrations")
    record.workloadDigest = digest
    let isThinned = record.tallies.contains {
      $0.name == .fleetEvents || $0.name == .seriesPoints
    }
    if isThinned { record.wholeDigest = try row["digest"] }
    return record
  }

  private func weighted() throws -> RequestCounts {
    let counts = try rows("*", of: "weighted_request", orderedBy: "run") { try RequestCounts($0) }
    guard let counts = counts.first else { throw damage }
    return counts
  }

  /// The rows of a table that belong to the replication, in order.
  private func rows<Value>(
    _ columns: String, of table: String, orderedBy order: String = "position",
    kind: RequestTime? = nil, _ value: (Row) throws -> Value
  ) throws -> [Value] {
    let filter = kind.map { " AND kind = '\($0.rawValue)'" } ?? ""
    let statement = try database.cachedStatement(
      sql: """
        SELECT \(columns) FROM \(table) WHERE run = ? AND replication = ?\(filter) ORDER BY \(order)
        """)
    var values: [Value] = []
    try statement.forEachRow([run, replication]) { values.append(try value($0)) }
    return values
  }

  private func histogram(_ kind: RequestTime) throws -> LatencyHistogram {
    let summaries = try rows(
      "count, sum_ns, maximum_ns", of: "latency", orderedBy: "kind", kind: kind
    ) { row in
      (
        count: try row.count("count"), sum: Int128(try row[1] as String),
        maximum: try row[2] as Int64
      )
    }
    let edges = try rows("edge_ns, count_above", of: "latency_edge", kind: kind) { row in
      (edge: try row[0] as Int64, above: try row.count("count_above"))
    }
    let occupied = try rows(
      "bucket, count", of: "latency_bucket", orderedBy: "bucket", kind: kind
    ) { row in
      (bucket: try row[0] as Int, count: try row.count("count"))
    }
    guard let summary = summaries.first, let sum = summary.sum,
      let histogram = LatencyHistogram(
        edges: edges.map(\.edge), countsAboveEdges: edges.map(\.above), occupied: occupied,
        count: summary.count, sum: sum, maximum: summary.maximum)
    else { throw damage }
    return histogram
  }

  private func invoice() throws -> [InvoiceLine] {
    try rows("*", of: "replication_invoice") { row in
      try InvoiceLine(
        line: row["line"], pool: row["pool"], market: row["market"],
        usage: row.machineTime("usage_ns"), price: row.hourlyPrice,
        amount: USD(nanodollars: row["amount_nanodollars"]))
    }
  }

  private func charges() throws -> [Charge] {
    try rows("*", of: "replication_charge") { row in
      guard let kind = Charge.Kind(rawValue: try row["kind"]) else { throw damage }
      return try Charge(
        kind, line: row["line"], pool: row["pool"], market: row["market"],
        from: Instant(nanoseconds: row["from_ns"]), to: Instant(nanoseconds: row["to_ns"]),
        usage: row.machineTime("usage_ns"), price: row.hourlyPrice,
        billed: USD(nanodollars: row["billed_nanodollars"]),
        effective: USD(nanodollars: row["effective_nanodollars"]),
        list: USD(nanodollars: row["list_nanodollars"]))
    }
  }

  private func events() throws -> [FleetEvent] {
    try rows("time_ns, kind, pool, machine", of: "fleet_event") { row in
      guard let kind = FleetEvent.Kind(rawValue: try row[1]) else { throw damage }
      return try FleetEvent(
        time: Instant(nanoseconds: row[0]), kind: kind, pool: row[2], machine: row[3])
    }
  }

  private func series() throws -> [SeriesPoint] {
    try rows("time_ns, name, pool, value", of: "series") { row in
      try SeriesPoint(
        time: Instant(nanoseconds: row[0]), name: row[1], pool: row[2],
        value: row[3] as Double? ?? .nan)
    }
  }
}
