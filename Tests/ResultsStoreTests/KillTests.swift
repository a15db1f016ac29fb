// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Recording
import ResultsStore
import StoreWriter
import Testing

@Suite("A run that is killed")
struct KillTests {
  private static let kills = 120

  /// The program that writes until it is killed: it is built into the folder of the tests.
  private static func writer() throws -> URL {
    var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let program = folder.appending(path: "StoreWriter")
      // The sources have a folder of that name too.
      let values = try? program.resourceValues(forKeys: [.isRegularFileKey])
      if values?.isRegularFile == true { return program }
    }
    throw MissingWriter()
  }

  private struct MissingWriter: Error, CustomStringConvertible {
    var description: String {
      "the program StoreWriter lies in no folder above the tests; swift build --build-tests "
        + "makes it"
    }
  }

  /// Pseudo-random microseconds below 60 ms, spread evenly over the kills.
  private static func delay(_ kill: Int) -> UInt32 { UInt32(kill * 37_199 % 60_000) }

  /// Lets a writer add replications, and kills it: every fourth time so long after its start, else
  /// so long after its first commit.
  private func writeAndKill(_ program: URL, database: String, kill: Int) throws {
    let process = Process()
    process.executableURL = program
    process.arguments = [database, String(kill)]
    try process.run()
    if !kill.isMultiple(of: 4) {
      while logSize(of: database) == 0, process.isRunning { usleep(500) }
    }
    usleep(Self.delay(kill))
    #expect(process.isRunning, "the writer ended by itself")
    #expect(Glibc.kill(process.processIdentifier, SIGKILL) == 0)
    process.waitUntilExit()
  }

  private func logSize(of database: String) -> Int {
    let log = URL(filePath: database + "-wal")
    return (try? log.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
  }

  @Test("leaves a database that opens and holds whole replications only")
  func killed() throws {
    let program = try Self.writer()
    var replications = 0
    for batch in 0..<(Self.kills / 10) {
      let folder = try TemporaryFolder()
      for kill in (batch * 10)..<(batch * 10 + 10) {
        try writeAndKill(program, database: folder.path(), kill: kill)
        let store = try ResultsStore(path: folder.path())
        #expect(try store.integrityProblems().isEmpty, "after kill \(kill)")
        if let run = try store.runs(limit: 1).first, run.seed == UInt64(kill) {
          replications += try expectWhole(run, in: store)
        }
        try store.close()
      }
      let store = try ResultsStore(path: folder.path())
      for run in try store.runs(limit: 10) { _ = try expectWhole(run, in: store) }
    }
    #expect(replications >= Self.kills / 2, "the writers were killed before they wrote much")
  }

  /// Expects the replications from 0 on, as they were written, and returns how many there are.
  private func expectWhole(_ run: RunSummary, in store: ResultsStore) throws -> Int {
    let stored = try store.replications(of: run.id)
    #expect(run.state == .stopped && run.replications == stored.count)
    for (replication, record) in stored.enumerated() {
      let written = SyntheticReplication.record(seed: run.seed, replication: replication)
      #expect(record == written, "run \(run.id), replication \(replication)")
    }
    let digests = try store.digests(of: run.id).map(\.digest)
    #expect(
      digests
        == stored.indices.map { SyntheticReplication.digest(seed: run.seed, replication: $0) })
    return stored.count
  }
}
