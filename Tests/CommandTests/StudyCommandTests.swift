// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, going by rounds")
struct StudyCommandTests {
  private static let scenario = SmallFleet.file(SmallFleet.text)
  private static let levers = SmallFleet.file(
    """
    plimsoll_levers: 1
    scenario: \(scenario)
    replications: 4
    over: [ "fleet.one.machines=2,3,4,6" ]
    levers:
      - { lever: discount, off: [ fleet.one.price=15.01 USD/h ] }
      - { lever: speed, off: [ 'models.m.on."p4d.24xlarge".batch.latency={ 1: 40ms }' ] }
    """)
  private static let inputs = SmallFleet.file(
    """
    plimsoll_sensitivity: 1
    scenario: \(scenario)
    replications: 2
    measures: [ monthly_cost, p99(latency) ]
    inputs:
      - { input: price, from: 8, to: 12, unit: USD/h, set: [ 'fleet.one.price={x} USD/h' ], source: made up }
      - { input: rate, from: 60, to: 120, unit: 1/s, set: [ 'workload.arrivals.rate={x}/s' ], source: made up }
    """)
  private static let optimize = ["optimize", scenario, "--over", "fleet.one.machines=1..6"]
  private static let studies = [
    optimize + ["--ahead", "2"], ["explain", levers],
    ["sensitivity", inputs, "--trajectories", "2", "--rows", "4"],
  ]

  private struct Step: Decodable {
    let round: Int?
    let shards: Int?
    let done: Bool?
  }

  private func contents(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func step(_ answer: Command.Answer) throws -> Step {
    #expect(answer.status == 0, "\(answer.messages)")
    let line = try #require(answer.output.split(separator: "\n").last)
    return try JSONDecoder().decode(Step.self, from: Data(line.utf8))
  }

  private func run(_ round: Int, in folder: String, shards: Int) throws {
    for index in 0..<shards {
      let answer = try Command.call(
        "sweep", "run-shard", "\(folder)/round-\(round)/plan.json", "--index", "\(index)",
        "--quiet")
      #expect(answer.status == 0, "\(answer.messages)")
    }
  }

  @Test(
    "prints the answer and stores the database of one process, to the byte", arguments: studies)
  func same(_ study: [String]) throws {
    let (folder, database) = (Command.temporary("folder"), Command.temporary("sqlite"))
    let whole = try Command.call(study + ["--quiet", "--db", database])
    #expect(whole.status == 0, "\(whole.messages)")
    var answer = try Command.call(study + ["--quiet", "--plan", folder, "--shards", "3"])
    var steps = [try step(answer)]
    while let round = steps[steps.count - 1].round, let shards = steps[steps.count - 1].shards {
      #expect(round == steps.count && (1...3).contains(shards))
      #expect(try Command.call("next", folder).status == 75)
      try run(round, in: folder, shards: shards)
      answer = try Command.call("next", folder)
      steps.append(try step(answer))
      try #require(steps.count < 40)
    }
    #expect(steps.last?.done == true && steps.count > 2)
    #expect(answer.output == whole.output + "{\"done\":true}\n")
    #expect(try contents("\(folder)/study.sqlite") == contents(database))
    #expect(try contents(database).count > 100_000)
    // Again, and in another form.
    #expect(try Command.call("next", folder).output == answer.output)
    let json = try Command.call("next", folder, "--format", "json").output
    #expect(
      json == (try Command.call(study + ["--quiet", "--format", "json"]).output)
        + "{\"done\":true}\n")
  }

  @Test("stores one database on one job and on two", arguments: studies)
  func jobs(_ study: [String]) throws {
    let databases = try ["1", "2"].map { jobs in
      let database = Command.temporary("sqlite")
      #expect(try Command.call(study + ["--jobs", jobs, "--db", database]).status == 0)
      return try contents(database)
    }
    #expect(databases[0] == databases[1])
    let runs = Command.temporary("sqlite")
    try databases[0].write(to: URL(fileURLWithPath: runs))
    let list = try Command.call("runs", "--db", runs, "--limit", "1000", "--format", "csv")
    #expect(list.output.split(separator: "\n").count > 3)
  }

  @Test("goes on with what was read when it began, wherever the scenario is now")
  func moved() throws {
    let folder = Command.temporary("folder")
    let scenario = SmallFleet.file(SmallFleet.text)
    let first = try step(
      Command.call("optimize", scenario, "--over", "fleet.one.machines=1..4", "--plan", folder))
    try Data("plimsoll: 1\n".utf8).write(to: URL(fileURLWithPath: scenario))
    try run(1, in: folder, shards: try #require(first.shards))
    #expect(try step(Command.call("next", folder)).round == 2)
  }

  @Test("tells what is wrong with a folder, with the code for it")
  func folders() throws {
    let none = Command.temporary("folder")
    #expect(try Command.call("next", none).status == 66)
    let folder = Command.temporary("folder")
    let first = try step(Command.call(Self.optimize + ["--plan", folder]))
    // The same once more goes on, another does not.
    #expect(try Command.call(Self.optimize + ["--plan", folder]).status == 75)
    let other = try Command.call("explain", Self.levers, "--plan", folder)
    #expect(other.status == 65 && other.messages.contains("holds another study"))
    let merge = try Command.call("sweep", "merge", "\(folder)/round-1/plan.json")
    #expect(merge.status == 75)
    try run(1, in: folder, shards: try #require(first.shards))
    let merged = try Command.call("sweep", "merge", "\(folder)/round-1/plan.json")
    #expect(merged.status == 65 && merged.messages.contains("a round of a study"))
    let shard = "\(folder)/round-1/shards/0.jsonl"
    let whole = try contents(shard)
    try whole.dropLast(9).write(to: URL(fileURLWithPath: shard))
    #expect(try Command.call("next", folder).status == 75)
    try whole.write(to: URL(fileURLWithPath: shard))
    let study = try String(contentsOfFile: "\(folder)/study.json", encoding: .utf8)
    for changed in [
      "{}", study.replacing("0.1.0", with: "0.0.1"), study.replacing("optimize", with: "runs"),
    ] {
      try Data(changed.utf8).write(to: URL(fileURLWithPath: "\(folder)/study.json"))
      #expect(try Command.call("next", folder).status == 65)
    }
    for wrong in [["--shards", "2"], ["--plan", none, "--db", "x"], ["--ahead", "0"]] {
      #expect(try Command.call(Self.optimize + wrong).status == 64)
    }
  }

  // MARK: Parents

  private func shardPlan() throws -> String {
    let folder = Command.temporary("folder")
    let plan = try Command.call([
      "sweep", "plan", Self.scenario, "--vary", "fleet.one.machines=3", "--set",
      "requests={ from: 10min, for: 40min }", "--set", "workload.arrivals.rate=140/s",
      "--replications", "1000", "--shards", "1", "--out", folder,
    ])
    #expect(plan.status == 0, "\(plan.messages)")
    return "\(folder)/plan.json"
  }

  /// Whether a process is there and no zombie.
  private func isRunning(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    return text.split(separator: ")").last?.split(separator: " ").first != "Z"
  }

  @Test("a shard ends with the process that started it, killed or not", arguments: [true, false])
  func parent(isTold: Bool) throws {
    let plan = try shardPlan()
    let command = try Command.path(of: "plimsoll")
    let number = Command.temporary("pid")
    let script =
      "\(command) sweep run-shard \(plan) --jobs 1 --index 0 --quiet --die-with-parent "
      + "\(isTold ? "--parent $$" : "") & echo $! > \(number); wait"
    var child: Int32 = 0
    _ = try Command.call(["-c", script], of: "/bin/sh") { shell in
      let aside = URL(fileURLWithPath: plan).deletingLastPathComponent()
        .appendingPathComponent("shards").path
      // It has written something once its file is there.
      while shell.isRunning,
        ((try? FileManager.default.contentsOfDirectory(atPath: aside)) ?? []).isEmpty
      {
        usleep(10_000)
      }
      child = try #require(
        Int32(
          try String(contentsOfFile: number, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(isRunning(child))
      kill(shell.processIdentifier, SIGKILL)
    }
    for _ in 0..<500 where isRunning(child) { usleep(10_000) }
    #expect(!isRunning(child))
  }

  @Test("a shard whose parent has ended before it could ask does nothing, and may be tried again")
  func orphan() throws {
    let plan = try shardPlan()
    let answer = try Command.call(
      "sweep", "run-shard", plan, "--index", "0", "--die-with-parent", "--parent", "1")
    #expect(answer.status == 75 && answer.messages.contains("has ended"))
    let alone = try Command.call("sweep", "run-shard", plan, "--index", "0", "--parent", "1")
    #expect(alone.status == 64)
  }
}
