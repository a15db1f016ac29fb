// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, sweeping")
struct SweepCommandTests {
  /// A fleet that is read and simulated in milliseconds, with chance in it.
  private static let fleet = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 20h
    requests: { from: 2h, for: 40s }
    replications: 3
    seed: 7
    cloud: { answer: 5s, boot: 90s, load: 60s }
    prices: \(Command.root.path)/Scenarios/prices/reference-design.yaml
    workload: { arrivals: { rate: 20/s } }
    client: { timeout: 2s, retries: 0 }
    models: { m: { on: { p4d.24xlarge: { batch: { max: 1, latency: { 1: 20ms }, noise: { gamma: { cv: 1 } } } } } } }
    fleet:
      one: { type: p4d.24xlarge, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } }
      two:
        type: p4d.24xlarge
        zone: us-east-1a
        market: spot
        machines: 2
        serves: { m: 1 }
        lifetime: { weibull: { scale: 3h, shape: 0.8 } }
        down: { gamma: { mean: 1h, cv: 1 } }
        notice: 120s
    policies: { queue: { limit: 100 } }
    targets: [ monthly_cost <= 40_000 USD, p99(latency) <= 200ms ]
    """

  /// Where it lies: one path for all tests, because results name it.
  private static let scenario: String = {
    let path = Command.temporary("yaml")
    _ = FileManager.default.createFile(atPath: path, contents: Data(fleet.utf8))
    return path
  }()

  private static let sweep = [
    scenario, "--vary", "fleet.two.machines=0..3", "--vary", "policies.queue.limit=50,100",
    "--replications", "12",
  ]

  private func call(_ arguments: [String], _ more: String...) throws -> Command.Answer {
    try Command.call(arguments + more)
  }

  private func contents(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test("writes the same table, CSV and JSON on one job and on two, and prints what it writes")
  func jobs() throws {
    let folders = try ["1", "2"].map { jobs in
      let folder = Command.temporary("folder")
      let answer = try call(
        ["sweep"] + Self.sweep, "--jobs", jobs, "--out", folder, "--format", "csv", "--db",
        Command.temporary("sqlite"))
      #expect(answer.status == 0, "\(answer.messages)")
      #expect(try Data(answer.output.utf8) == contents("\(folder)/sweep.csv"))
      #expect(!answer.messages.contains("\r") && answer.output.split(separator: "\n").count == 9)
      return folder
    }
    for name in ["sweep.csv", "sweep.json", "sweep.txt"] {
      #expect(try contents("\(folders[0])/\(name)") == contents("\(folders[1])/\(name)"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folders[0])
    #expect(names.sorted() == ["sweep.csv", "sweep.json", "sweep.txt"])
  }

  private func finished(_ database: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: database) else { return [] }
    return try Command.call(
      "runs", "--db", database, "--limit", "100", "--format", "csv"
    ).output
      .split(separator: "\n").dropFirst().map(String.init).sorted()
  }

  @Test("goes on after kill -9 and redoes no point that was stored")
  func resume() throws {
    let (database, whole) = (Command.temporary("sqlite"), Command.temporary("sqlite"))
    let arguments = ["sweep"] + Self.sweep + ["--replications", "24", "--format", "csv"]
    _ = try Command.call(arguments + ["--jobs", "1", "--db", database]) { process in
      while try finished(database).count < 2, process.isRunning { usleep(20_000) }
      #expect(kill(process.processIdentifier, SIGKILL) == 0)
    }
    let before = try finished(database)
    #expect(before.count >= 2 && before.count < 8)
    #expect(before.allSatisfy { $0.contains(",finished,") })
    // In another second every run that were made again would carry another time.
    func second() -> Int { Int(Date().timeIntervalSince1970) }
    let stored = second()
    while second() == stored { usleep(1_000) }
    let resumed = try call(arguments, "--resume", "--db", database)
    #expect(resumed.status == 0)
    #expect(resumed.messages.contains("\(before.count) of 8 points were stored before"))
    let after = try finished(database)
    #expect(after.count == 8 && before.allSatisfy(after.contains))
    #expect(try call(arguments, "--db", whole).output == resumed.output)
  }

  @Test("exits with 75 on Ctrl-C, 64 on bad grammar, 65 on an unknown key, 66 on a missing file")
  func exitCodes() throws {
    let arguments = ["sweep"] + Self.sweep + ["--replications", "500"]
    let database = Command.temporary("sqlite")
    let answer = try Command.call(arguments + ["--db", database]) { process in
      while process.isRunning, !FileManager.default.fileExists(atPath: database) { usleep(1_000) }
      try Command.waitUntilItHasWorked(process, milliseconds: 200)
      process.interrupt()
    }
    #expect(answer.status == 75 && answer.messages.contains("--resume"))
    let none = Command.temporary("sqlite")
    let grammar = try Command.call("sweep", Self.scenario, "--vary", "a", "--db", none)
    #expect(grammar.status == 64 && grammar.messages.contains("--vary a: allowed"))
    let unknown = try Command.call(
      "sweep", Self.scenario, "--vary", "fleet.two.machins=0..3", "--db", none)
    #expect(unknown.status == 65 && unknown.messages.contains("did you mean 'machines'?"))
    #expect(unknown.messages.contains("for the same reason"))
    #expect(try Command.call("sweep", "none.yaml", "--vary", "a=1", "--db", none).status == 66)
    #expect(!FileManager.default.fileExists(atPath: none))
  }

  @Test("reports a point that fails, and the others go on")
  func failing() throws {
    let answer = try Command.call(
      "sweep", Self.scenario, "--replications", "1", "--vary", "fleet.two.machines=-1,1", "--db",
      Command.temporary("sqlite"))
    #expect(answer.status == 0 && answer.messages.contains("1 of 2 points failed"))
    #expect(answer.output.contains("point 0 failed: ") && answer.output.contains("out of range"))
  }

  // MARK: Shards

  private func plan(shards: Int) throws -> String {
    let folder = Command.temporary("folder")
    let answer = try call(
      ["sweep", "plan"] + Self.sweep, "--shards", "\(shards)", "--out", folder)
    #expect(answer.status == 0, "\(answer.messages)")
    return "\(folder)/plan.json"
  }

  private func shard(_ index: Int, of plan: String) -> String {
    URL(fileURLWithPath: plan).deletingLastPathComponent()
      .appendingPathComponent("shards/\(index).jsonl").path
  }

  private func run(_ index: Int, of plan: String, out: String? = nil) throws -> Int32 {
    try Command.call(
      ["sweep", "run-shard", plan, "--index", "\(index)", "--quiet"]
        + (out.map { ["--out", $0] } ?? [])
    ).status
  }

  /// Starts run-shard without waiting for it.
  private func start(_ index: Int, of plan: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Command.path(of: "plimsoll"))
    process.arguments = ["sweep", "run-shard", plan, "--index", "\(index)", "--jobs", "1"]
    process.currentDirectoryURL = Command.root
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Runs all shards with so many processes at a time, and kills some of them at odd moments.
  private func runKilling(_ plan: String, shards: Int, processes: Int) throws -> Int {
    var waiting = Array(0..<shards)
    var running: [(index: Int, process: Process)] = []
    var kills = 0
    var step = processes
    while !waiting.isEmpty || !running.isEmpty {
      while running.count < processes, !waiting.isEmpty {
        let index = waiting.removeFirst()
        running.append((index, try start(index, of: plan)))
      }
      step += 1
      usleep(UInt32(step * 37_199 % 15_000))
      if kills < 4, step % 3 == 0, let victim = running.last, victim.process.isRunning {
        kill(victim.process.processIdentifier, SIGKILL)
        kills += 1
      }
      for (index, process) in running where !process.isRunning {
        if process.terminationStatus != 0 { waiting.append(index) }
      }
      running.removeAll { !$0.process.isRunning }
    }
    return kills
  }

  @Test("1, 2 and 4 processes that are killed at random give one database, byte for byte")
  func killed() throws {
    let whole = try call(
      ["sweep"] + Self.sweep, "--format", "csv", "--db", Command.temporary("sqlite"))
    let databases = try [1, 2, 4].map { processes in
      let plan = try plan(shards: 6)
      let kills = try runKilling(plan, shards: 6, processes: processes)
      #expect(kills >= 2)
      let merged = try call(["sweep", "merge", plan], "--quiet", "--format", "csv")
      #expect(merged.status == 0, "\(merged.messages)")
      #expect(merged.output == whole.output)
      return try contents(
        URL(fileURLWithPath: plan).deletingLastPathComponent()
          .appendingPathComponent("sweep.sqlite").path)
    }
    #expect(databases[0] == databases[1] && databases[0] == databases[2])
    #expect(databases[0].count > 100_000)
  }

  @Test("a shard that is cut short is found, not merged, and made again; one that is whole is kept")
  func damaged() throws {
    let plan = try plan(shards: 2)
    #expect(try call(["sweep", "merge", plan]).status == 75)
    for index in 0..<2 { #expect(try run(index, of: plan) == 0) }
    let whole = try contents(shard(1, of: plan))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: shard(1, of: plan)))
    let status = try call(["sweep", "status", plan], "--format", "json")
    #expect(status.status == 75)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
    #expect(document["damaged"] as? [Int] == [1] && document["done"] as? Int == 1)
    let merge = try call(["sweep", "merge", plan])
    #expect(merge.status == 75 && merge.messages.contains("damaged: 1"))
    #expect(try run(1, of: plan) == 0)
    #expect(try contents(shard(1, of: plan)) == whole)
    let kept = try FileManager.default.attributesOfItem(atPath: shard(1, of: plan))
    #expect(try run(1, of: plan) == 0)
    let again = try FileManager.default.attributesOfItem(atPath: shard(1, of: plan))
    #expect(kept[.systemFileNumber] as? UInt64 == again[.systemFileNumber] as? UInt64)
    #expect(try call(["sweep", "status", plan]).status == 0)
    #expect(try call(["sweep", "merge", plan], "--quiet").status == 0)
    // Merging once more finds the same database, and leaves another one alone.
    #expect(try call(["sweep", "merge", plan], "--quiet").status == 0)
    let other = Command.temporary("sqlite")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: other))
    #expect(try call(["sweep", "merge", plan], "--quiet", "--db", other).status == 74)
    #expect(try contents(other) == Data("mine".utf8))
  }

  @Test(
    "several processes that run one shard at the same time leave one whole file and nothing else")
  func race() throws {
    let plan = try plan(shards: 8)
    for _ in 0..<3 {
      let processes = try (0..<4).map { _ in try start(0, of: plan) }
      for process in processes {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
      let folder = URL(fileURLWithPath: shard(0, of: plan)).deletingLastPathComponent().path
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["0.jsonl"])
      try FileManager.default.removeItem(atPath: shard(0, of: plan))
    }
  }

  @Test("copies of a shard that are alike are merged, and copies that differ are a bug: 70")
  func copies() throws {
    let plan = try plan(shards: 1)
    let copies = Command.temporary("folder")
    #expect(try run(0, of: plan) == 0)
    #expect(try run(0, of: plan, out: copies) == 0)
    let folders = [
      "--from", URL(fileURLWithPath: shard(0, of: plan)).deletingLastPathComponent().path,
      "--from", copies, "--quiet",
    ]
    #expect(try Command.call(["sweep", "merge", plan] + folders).status == 0)
    // Whole by its hash, and not what the plan makes.
    let text = try String(contentsOfFile: "\(copies)/0.jsonl", encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    var changed = lines.dropLast().joined(separator: "\n") + "\n"
    changed = changed.replacing("\"replication\":1", with: "\"replication\":0")
    try Data(changed.utf8).write(to: URL(fileURLWithPath: "\(copies)/text"))
    let sum = Process()
    sum.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    sum.arguments = ["\(copies)/text"]
    let pipe = Pipe()
    sum.standardOutput = pipe
    try sum.run()
    let hash = String(
      decoding: pipe.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
    try Data((changed + "{\"sha256\":\"\(hash)\"}\n").utf8)
      .write(to: URL(fileURLWithPath: "\(copies)/0.jsonl"))
    let answer = try Command.call(["sweep", "merge", plan] + folders)
    #expect(answer.status == 70 && answer.messages.contains("differ"), "\(answer.messages)")
  }

  @Test("a plan that was changed is refused with 65, and so are shards of another plan")
  func otherPlan() throws {
    let (plan, other) = (try plan(shards: 8), try self.plan(shards: 16))
    #expect(try run(0, of: other) == 0)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: shard(0, of: plan)).deletingLastPathComponent(),
      withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: shard(0, of: other), toPath: shard(0, of: plan))
    #expect(try run(0, of: plan) == 65)
    #expect(try call(["sweep", "merge", plan]).status == 65)
    let text = try String(contentsOfFile: plan, encoding: .utf8)
    try text.replacing("\"seed\" : 7", with: "\"seed\" : 8")
      .write(toFile: plan, atomically: true, encoding: .utf8)
    for verb in [["run-shard", plan, "--index", "1"], ["merge", plan], ["status", plan]] {
      #expect(try Command.call(["sweep"] + verb).status == 65)
    }
    #expect(try Command.call("sweep", "status", "none.json").status == 66)
    #expect(try run(16, of: other) == 64)
  }

  @Test(
    "reads the index that Slurm, AWS Batch and Kubernetes give, and exits with 75 where it cannot write",
    arguments: ["SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX"])
  func index(variable: String) throws {
    let plan = try plan(shards: 16)
    func status(_ index: String?, _ more: String...) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try Command.path(of: "plimsoll"))
      process.arguments = ["sweep", "run-shard", plan] + more
      process.environment = index.map { [variable: $0] } ?? [:]
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try status("3") == 0)
    #expect(FileManager.default.fileExists(atPath: shard(3, of: plan)))
    #expect(try status("x") == 64 && status(nil) == 64)
    // A file stands where the folder should be.
    #expect(try status("3", "--out", "\(plan)/shards") == 75)
  }
}
