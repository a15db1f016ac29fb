// SPDX-License-Identifier: GPL-3.0-or-later

import Experiments
import Foundation
import ResultsStore
import Scenario

extension Fuzz {
  /// Makes a decision log, a plan with its shards and a database, where they are not there yet.
  func makeSeeds() async throws {
    let folder = "\(keep)/seeds"
    let path = "\(folder)/plan.json"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.createDirectory(
      atPath: "\(folder)/shards", withIntermediateDirectories: true)
    let disk = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let data = FileManager.default.contents(atPath: path) else { throw .missing }
      return [UInt8](data)
    }
    let scenario = "Tests/plimsoll-fuzz/Seeds/all.yaml"
    do {
      try await Work(scenario: scenario, folder: folder, disk: disk).make()
    } catch { throw FuzzFault("seeds cannot be made: \(error)") }
  }

  private struct Work: Sendable {
    let scenario: String
    let folder: String
    let disk: FileReader

    func make() async throws {
      let loaded = try ScenarioLoader.load(scenario, files: disk)
      let store = try ResultsStore(path: "\(folder)/small.sqlite")
      let options = Experiment.Options(
        seed: nil, replications: 2, jobs: 1, version: "fuzz", startedAt: "")
      let outcome = try await Experiment(loaded, options: options).run(into: store) { _, _ in }
      try store.close()
      var log: [UInt8] = []
      try outcome.writeDecisions(ofReplication: 0, about: [.machines, .policies]) { lines in
        if log.count < 40_000 { log += lines }
      }
      try write(
        log.prefix(40_000).split(separator: 10).dropLast().joined(separator: [10]), "log.jsonl")
      let request = SweepRequest(
        scenario: scenario, vary: ["client.timeout=2s,3s"], replications: 1, version: "fuzz")
      let (paths, reads) = AsyncStream.makeStream(of: String.self)
      let recording = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
        reads.yield(path)
        return try disk.read(path)
      }
      let sweep = try await PreparedSweep(request, files: recording, jobs: 1)
      reads.finish()
      var read: [String] = []
      for await path in paths { read.append(path) }
      let plan = try SweepPlan(sweep, paths: read, files: disk, shards: 2)
      for index in plan.shards.indices {
        var bytes: [UInt8] = []
        try await SweepShard(plan, index: index).run(jobs: 1, disk: disk, progress: { _, _ in }) {
          bytes += $0
        }
        try write(bytes, "shards/\(index).jsonl")
      }
      try write(Array(try plan.json().utf8), "plan.json")
    }

    private func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
  }
}
