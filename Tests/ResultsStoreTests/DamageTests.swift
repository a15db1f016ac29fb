// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Recording
import ResultsStore
import SQLite
import StoreWriter
import Testing

@Suite("A results database that was damaged or changed by other hands")
struct DamageTests {
  private func create(in folder: borrowing TemporaryFolder) throws {
    let store = try ResultsStore(path: folder.path())
    let run = try store.begin(Samples.manifest(), startedAt: Samples.startedAt)
    var record = SyntheticReplication.record(seed: 1, replication: 0)
    record.measuredTime = .hours(1)
    record.billedTime = .hours(1)
    record.minutes = 60
    record.minutesAvailable = 59
    (record.batches, record.batchedRequests, record.simulatedRequests) = (1, 1, 1)
    record.invoice = []
    record.tallies = []
    (record.busyTime, record.idleTime) = (.zero, .zero)
    try store.add(record, digest: "d", to: run)
    try store.finish(run, Samples.results())
    try store.close()
  }

  /// Reads all that there is.
  private func read(_ path: String) throws {
    let store = try ResultsStore.reading(path: path)
    defer { try? store.close() }
    for run in try store.runs(limit: 10) {
      _ = try store.results(of: run.id)
      _ = try store.manifest(of: run.id)
      _ = try store.soundReplications(of: run.id)
    }
  }

  @Test("is read or refused with a reason when any of its bytes is another")
  func bytes() throws {
    let folder = try TemporaryFolder()
    try create(in: folder)
    let whole = try Data(contentsOf: URL(filePath: folder.path()))
    var refused = 0
    // A step that is prime to the size of pages, so that all parts of them are met.
    for offset in stride(from: 101, to: whole.count, by: 677) {
      var data = whole
      data[offset] ^= 1 << UInt8(offset % 8)
      for ending in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: folder.path() + ending)
      }
      try data.write(to: URL(filePath: folder.path()))
      do {
        try read(folder.path())
      } catch let error as StoreError {
        #expect(!error.reason.isEmpty)
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test(
    "is refused where a number is none that a run has",
    arguments: [
      "UPDATE replication SET billed_ns = -1",
      "UPDATE replication SET arrived = 9223372036854775807",
      "UPDATE weighted_request SET completed = 9223372036854775807",
      "UPDATE replication SET minutes = 9223372036854775807",
      "UPDATE replication SET busy_ns = -1",
      "UPDATE latency SET count = 9223372036854775807",
      "UPDATE replication SET measured_ns = 9223372036854775807",
      "UPDATE replication SET weight_unit = 0",
    ])
  func numbers(statement: String) throws {
    let folder = try TemporaryFolder()
    try create(in: folder)
    let queue = try DatabaseQueue(path: folder.path())
    try queue.write { try $0.execute(sql: statement) }
    try queue.close()
    #expect {
      try read(folder.path())
    } throws: {
      "\($0)".contains("is damaged")
    }
  }

  @Test("is called a folder where it is one")
  func folder() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    #expect(
      throws: StoreError(path: path, reason: "is a folder; a results database is a file")
    ) { try ResultsStore(path: path) }
  }
}
