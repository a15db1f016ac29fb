// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Recording
import ResultsStore
import StoreWriter
import Testing

@Suite("Opening a results database")
struct OpeningTests {
  private static let versionOffset = 60
  private static let applicationOffset = 68

  private func create(in folder: borrowing TemporaryFolder) throws {
    let store = try ResultsStore(path: folder.path())
    _ = try store.begin(Samples.manifest(), startedAt: Samples.startedAt)
    try store.close()
  }

  /// Expects that the file is refused for a reason, and that nothing in its folder changed.
  private func expectRefusal(_ reason: String, in folder: borrowing TemporaryFolder) throws {
    let before = try folder.contents()
    let path = folder.path()
    #expect(throws: StoreError(path: path, reason: reason)) { try ResultsStore(path: path) }
    #expect(try folder.contents() == before)
  }

  @Test("finds what was stored before")
  func again() throws {
    let folder = try TemporaryFolder()
    try create(in: folder)
    let store = try ResultsStore(path: folder.path())
    #expect(try store.runs(limit: 10).map(\.state) == [.running])
    try store.close()
  }

  @Test("refuses a text file and leaves it as it was", arguments: [5, 99, 100, 5_000])
  func textFile(length: Int) throws {
    let folder = try TemporaryFolder()
    try Data(repeating: UInt8(ascii: "x"), count: length)
      .write(to: URL(filePath: folder.path()))
    try expectRefusal("is not a Plimsoll results database", in: folder)
  }

  @Test("refuses a database of another application and leaves it as it was")
  func otherApplication() throws {
    let folder = try TemporaryFolder()
    try create(in: folder)
    try folder.patch(at: Self.applicationOffset, with: [0, 0, 0, 0])
    try expectRefusal(
      "is an SQLite database of another application, not of Plimsoll", in: folder)
  }

  @Test("refuses a database with a newer schema and leaves it as it was")
  func newerVersion() throws {
    let folder = try TemporaryFolder()
    try create(in: folder)
    try folder.patch(at: Self.versionOffset, with: [0, 0, 0, 8])
    try expectRefusal(
      "has schema version 8; this Plimsoll reads versions up to 7", in: folder)
  }

  @Test("says where it failed when the path is a folder or lies in none")
  func unusablePaths() throws {
    let folder = try TemporaryFolder()
    let reasons = [
      (folder.url.path, "is a folder; a results database is a file"),
      (folder.path("missing/results.sqlite"), "opening failed: "),
      ("", "is a folder; a results database is a file"),
    ]
    for (path, reason) in reasons {
      let error = #expect(throws: StoreError.self) { try ResultsStore(path: path) }
      #expect(error?.path == path)
      #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }
    #expect(try folder.contents().isEmpty)
  }

  @Test("takes an empty file for a new database")
  func emptyFile() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(filePath: folder.path()))
    try create(in: folder)
    #expect(try ResultsStore(path: folder.path()).runs(limit: 10).count == 1)
  }

  @Test("works from several connections that open, create and write at the same time")
  func concurrently() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in UInt64(0)..<8 {
        group.addTask {
          let store = try ResultsStore(path: path)
          let run = try store.begin(
            SyntheticReplication.manifest(seed: seed), startedAt: Samples.startedAt)
          for replication in 0..<3 {
            try store.add(
              SyntheticReplication.record(seed: seed, replication: replication), digest: "",
              to: run)
          }
          try store.finish(run, Samples.results())
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    let store = try ResultsStore(path: path)
    let runs = try store.runs(limit: 100)
    #expect(runs.map(\.replications) == [3, 3, 3, 3, 3, 3, 3, 3])
    for run in runs {
      #expect(
        try store.replications(of: run.id)
          == (0..<3).map { SyntheticReplication.record(seed: run.seed, replication: $0) })
    }
  }

  /// While one switches the new file to a write-ahead log, SQLite tells another at once that it is locked: once in
  /// some hundred times, before the store waited.
  @Test("is opened by some at the same moment, whoever makes it")
  func opened() async throws {
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      let path = folder.path()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { try ResultsStore(path: path).close() } }
        try await group.waitForAll()
      }
    }
  }
}
