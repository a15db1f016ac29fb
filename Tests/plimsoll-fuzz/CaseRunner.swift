// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionReplay
import Experiments
import FleetSimulation
import Foundation
import Quantities
import Recording
import ResultsStore
import Scenario

/// Reads, and runs, one case after another in this process; one that ends it is the supervisor's to find.
struct CaseRunner {
  /// A folder for what must lie on a disk.
  let folder: String
  /// The built command, for what only it reads.
  let command: String

  /// What a run is cut to.
  static let mostRequests = 1e6
  static let mostEvents = 1e5

  /// Does what is to be done with a case.
  ///
  /// - Returns: whether what was read was right.
  func run(_ fuzzCase: FuzzCase) async -> Bool {
    do {
      switch fuzzCase.kind {
      case .scenario, .run: return try simulate(fuzzCase)
      case .claims: _ = try ClaimSet.load(fuzzCase.path, files: reader(fuzzCase))
      case .levers:
        _ = try LeverStudy.load(
          fuzzCase.path, files: reader(fuzzCase), sizeProblem: LeverAnalysis.sizeProblem)
      case .sensitivity: _ = try SensitivityStudy.load(fuzzCase.path, files: reader(fuzzCase))
      case .prices:
        let files = reader(fuzzCase)
        try ScenarioLoader.checkPrices(
          ScenarioText.load(fuzzCase.path, files: files, overrides: []), path: fuzzCase.path,
          files: files)
      case .prompts: try ask(["route"], fuzzCase)
      case .log: try replay(fuzzCase.bytes)
      case .plan: _ = try SweepPlan(json: rehashed(plan: fuzzCase.bytes), path: fuzzCase.path)
      case .shard: try await merge(fuzzCase)
      case .database: try readDatabase(fuzzCase.bytes)
      case .options: try readOptions(fuzzCase)
      }
      return true
    } catch let fault as FuzzFault {
      try? FileHandle.standardError.write(contentsOf: Data("\(fault.description)\n".utf8))
      preconditionFailure("a case went wrong")
    } catch {
      return false
    }
  }

  private func reader(_ fuzzCase: FuzzCase) -> FileReader {
    FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let bytes = fuzzCase.read(path) else { throw .missing }
      return bytes
    }
  }

  // MARK: Scenarios

  private func simulate(_ fuzzCase: FuzzCase) throws -> Bool {
    let files = reader(fuzzCase)
    var overrides: [String] = []
    var loaded: LoadedExperiment
    do {
      loaded = try ScenarioLoader.load(fuzzCase.path, files: files, overrides: overrides)
    } catch {
      // Rendering is a part of what can go wrong.
      _ = error.rendered()
      _ = error.rendered(width: 40)
      return false
    }
    guard fuzzCase.kind == .run else { return true }
    // Cut until it is short: what is valid has a horizon that can be shortened, or nothing is run.
    for _ in 0..<8 {
      let work = ExpectedWork(of: loaded.scenario)
      let excess = max(work.requests / Self.mostRequests, work.events / Self.mostEvents)
      guard excess > 1 else { break }
      let horizon = max(1, Double(loaded.scenario.run.horizon.nanoseconds) / (1.2 * excess))
      overrides = ["horizon=\(Int64(horizon))ns", "requests=all"]
      loaded = try ScenarioLoader.load(fuzzCase.path, files: files, overrides: overrides)
    }
    let work = ExpectedWork(of: loaded.scenario)
    guard work.requests <= Self.mostRequests, work.events <= Self.mostEvents else { return false }
    // How much time of high load there is shows only when the fleet runs.
    if case .sampled(let sample) = loaded.scenario.run.requests,
      Double(sample.certainRequests) > Self.mostRequests
    {
      overrides.append("requests.certain=\(Int(Self.mostRequests))")
      loaded = try ScenarioLoader.load(fuzzCase.path, files: files, overrides: overrides)
    }
    let record = try simulated(loaded.scenario)
    guard [record].flaw == nil else {
      throw FuzzFault("a run yields what cannot be: \([record].flaw ?? "")")
    }
    return true
  }

  private func simulated(_ scenario: Scenario) throws -> ReplicationRecord {
    do {
      return try FleetSimulation.run(scenario, seed: scenario.run.seed, replication: 0)
    } catch {
      throw FuzzFault("a law of conservation is broken: \(error)")
    }
  }

  // MARK: Files of our own

  private func replay(_ bytes: [UInt8]) throws {
    var replay = DecisionReplay()
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      _ = try replay.decide(Array(line))
    }
  }

  /// A plan whose hash fits again, so that what it says is read.
  private func rehashed(plan bytes: [UInt8]) -> [UInt8] {
    guard let plan = SweepPlan(rehashing: bytes), let text = try? plan.json() else { return bytes }
    return Array(text.utf8)
  }

  private func merge(_ fuzzCase: FuzzCase) async throws {
    let parts = fuzzCase.path.split(separator: "/").dropLast(2).joined(separator: "/")
    let path = (fuzzCase.path.hasPrefix("/") ? "/" : "") + parts + "/plan.json"
    guard let text = fuzzCase.read(path), let file = fuzzCase.path.split(separator: "/").last,
      let index = Int(file.dropLast(".jsonl".count))
    else { return }
    let plan = try SweepPlan(json: text, path: path)
    let bytes = SweepShard.rehashed(fuzzCase.bytes)
    let store = try ResultsStore.temporary()
    let folder = path.dropLast("/plan.json".count)
    _ = try await SweepMerge(plan).run(into: store, disk: reader(fuzzCase), jobs: 1) { _, _ in
    } read: { shard in
      let other = fuzzCase.read("\(folder)/shards/\(shard).jsonl") ?? []
      let one = shard == index ? bytes : other
      guard try SweepShard(plan, index: shard).check(one) == .whole else {
        throw PlanError("a shard is not whole")
      }
      return one
    }
  }

  private func readDatabase(_ bytes: [UInt8]) throws {
    let path = "\(folder)/case.sqlite"
    for ending in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + ending)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let store = try ResultsStore.reading(path: path)
    defer { try? store.close() }
    for run in try store.runs(limit: 10) {
      _ = try store.results(of: run.id)
      _ = try store.manifest(of: run.id)
      _ = try store.soundReplications(of: run.id)
    }
    try ask(["show", "--format", "json", "--db", path])
    try ask(["show", "--db", path])
    try ask(["show", "--format", "focus", "--db", path])
  }

  // MARK: The command line

  private func readOptions(_ fuzzCase: FuzzCase) throws {
    var isRight = true
    for line in String(decoding: fuzzCase.bytes, as: UTF8.self).split(separator: "\n") {
      let text = String(line)
      isRight = (try? Target(parsing: text)) != nil && isRight
      isRight = (try? Tolerance(parsing: text)) != nil && isRight
      isRight = LeverAnalysis.sizeProblem(text) == nil && isRight
      if let design = try? SweepDesign(vary: [text]) { _ = design.points(seed: 1) }
      if let design = try? SweepDesign(vary: [text], sample: "lhs:8") {
        _ = design.points(seed: 1)
      }
      _ = try? ScenarioLoader.load(
        fuzzCase.files.keys.sorted().first { $0.hasSuffix("smoke.yaml") } ?? "",
        files: reader(fuzzCase), overrides: [text])
    }
  }

  /// Asks the command, and finds a fault where it ends otherwise than it says that it may.
  private func ask(_ arguments: [String], _ fuzzCase: FuzzCase? = nil) throws {
    guard FileManager.default.isExecutableFile(atPath: command) else { return }
    var arguments = arguments
    if let fuzzCase {
      let path = "\(folder)/case.txt"
      try Data(fuzzCase.bytes).write(to: URL(fileURLWithPath: path))
      arguments.append(path)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let documented: [Int32] = [0, 64, 65, 66, 74, 75, 98, 99]
    guard process.terminationReason == .exit, documented.contains(process.terminationStatus) else {
      throw FuzzFault("plimsoll \(arguments.joined(separator: " ")): \(process.terminationStatus)")
    }
  }
}

/// What must not be, and ends no process by itself.
struct FuzzFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
