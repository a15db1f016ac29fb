// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Quantities
import Recording
import ResultsStore
import SQLite
import StoreWriter
import Testing

@Suite("The results database, read with SQL")
struct ReadingWithSQLTests {
  private func rows(_ sql: String, in folder: borrowing TemporaryFolder) throws -> [Row] {
    let queue = try DatabaseQueue(path: folder.path(), isReadOnly: true)
    return try queue.read { try Row.fetchAll($0, sql: sql) }
  }

  private func fill(
    _ folder: borrowing TemporaryFolder, _ records: [ReplicationRecord]
  ) throws {
    let store = try ResultsStore(path: folder.path())
    let run = try store.begin(Samples.manifest(), startedAt: Samples.startedAt)
    for record in records { try store.add(record, digest: "", to: run) }
    try store.finish(run, Samples.results())
    try store.close()
  }

  @Test("shows the bucket ends that the histogram has")
  func bucketEnds() throws {
    var record = ReplicationRecord(replication: 0, edges: [])
    var times: [Int64] = []
    while (times.last ?? 1) < Int64.max / 4 {
      times.append((times.last ?? 1) * 3)
      record.times.latency.record(times[times.count - 1])
    }
    let folder = try TemporaryFolder()
    try fill(folder, [record])
    let ends = try rows("SELECT low_seconds, high_seconds FROM latency_bucket", in: folder)
    #expect(ends.count == times.count)
    let points = record.latency.cumulativePoints.map(\.nanoseconds)
    for (row, (time, point)) in zip(ends, zip(times, points)) {
      let low: Double = try row[0]
      let high: Double = try row[1]
      #expect(low <= Double(time) / 1e9 && Double(time) / 1e9 < high)
      #expect(time == times.last || abs(high * 1e9 - Double(point)) <= Double(point) * 1e-15)
    }
  }

  @Test("shows infinite ends as infinite, money to the nanodollar, times in seconds")
  func units() throws {
    let folder = try TemporaryFolder()
    var record = ReplicationRecord(replication: 0, edges: [])
    record.series = [
      SeriesPoint(time: Instant(nanoseconds: 1_500_000_000), name: "n", pool: "", value: .infinity)
    ]
    try fill(folder, [record])
    let measure = try rows("SELECT low, high FROM measure WHERE position = 0", in: folder)
    #expect(try measure.map { [try $0[0], try $0[1]] as [Double] } == [[-.infinity, .infinity]])
    let invoice = try rows("SELECT monthly_usd FROM invoice ORDER BY position", in: folder)
    #expect(try invoice.map { try $0[0] as String } == ["7178.357500730", "-0.000000001"])
    let series = try rows("SELECT seconds, value FROM series", in: folder)
    #expect(try series.map { [try $0[0], try $0[1]] as [Double] } == [[1.5, .infinity]])
  }

  @Test("closes into one file that carries the id of Plimsoll and the version of its tables")
  func header() throws {
    let folder = try TemporaryFolder()
    try fill(folder, [SyntheticReplication.record(seed: 1, replication: 0)])
    #expect(try folder.contents().keys.sorted() == ["results.sqlite"])
    #expect(try rows("PRAGMA application_id", in: folder).map { try $0[0] } == [0x504C_494D])
    #expect(try rows("PRAGMA user_version", in: folder).map { try $0[0] } == [7])
    let loose = try rows(
      """
      SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0
        AND name NOT LIKE 'sqlite%'
      """, in: folder)
    #expect(loose.isEmpty)
  }

  @Test("answers each query of the page for users")
  func documentedQueries() throws {
    let folder = try TemporaryFolder()
    try fill(folder, [SyntheticReplication.record(seed: 1, replication: 0)])
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/ResultsDatabase.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let queries = text.components(separatedBy: "```sql\n").dropFirst()
      .compactMap { $0.components(separatedBy: "\n```").first }
    #expect(queries.count == 3)
    for query in queries { #expect(try !rows(query, in: folder).isEmpty, "\(query)") }
  }

  @Test("names each table and column on the page for users")
  func documentedColumns() throws {
    let folder = try TemporaryFolder()
    try fill(folder, [])
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/ResultsDatabase.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let columns = try rows(
      """
      SELECT tables.name, columns.name FROM sqlite_schema AS tables
        JOIN pragma_table_xinfo(tables.name) AS columns
        WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'
      """, in: folder)
    #expect(columns.count > 80)
    for row in columns {
      let table: String = try row[0]
      let column: String = try row[1]
      let section = text.components(separatedBy: "\n## `\(table)`").dropFirst().first?
        .components(separatedBy: "\n## ").first
      #expect(section?.contains("`\(column)`") == true, "\(table).\(column) is not explained")
    }
  }
}
