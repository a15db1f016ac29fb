// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Every verb ends with 75 and a sentence on Ctrl-C and on a polite kill, at any moment.
@Suite("The command, interrupted")
struct InterruptionTests {
  /// A fleet that takes minutes, so that no verb is done before it is stopped.
  private static let long = SmallFleet.file(
    SmallFleet.text.replacing("for: 20s", with: "for: 49min")
      .replacing("rate: 100/s", with: "rate: 140/s")
      .replacing("replications: 4", with: "replications: 900"))

  private static func study(_ text: String) -> String {
    SmallFleet.file(text.replacing("SCENARIO", with: long))
  }

  private static let verbs: [[String]] = [
    ["run", long, "--db", Command.temporary("sqlite")],
    ["sweep", long, "--vary", "fleet.one.machines=3..6", "--db", Command.temporary("sqlite")],
    ["sweep", long, "--vary", "fleet.one.machines=1..50000", "--db", Command.temporary("sqlite")],
    [
      "sweep", "plan", long, "--vary", "fleet.one.machines=1..50000", "--out",
      Command.temporary("folder"),
    ],
    ["optimize", long, "--over", "fleet.one.machines=1..50000"],
    [
      "explain",
      study(
        """
        plimsoll_levers: 1
        scenario: SCENARIO
        replications: 500
        over: [ "fleet.one.machines=3..6" ]
        levers: [ { lever: price, off: [ fleet.one.price=11 USD/h ] } ]
        """),
    ],
    [
      "sensitivity",
      study(
        """
        plimsoll_sensitivity: 1
        about: a price
        scenario: SCENARIO
        replications: 500
        measures: [ monthly_cost ]
        inputs:
          - { input: price, from: 9, to: 11, set: [ 'fleet.one.price={x} USD/h' ], source: made up }
        """),
    ],
  ]

  @Test(
    "ends with 75 and says what is left, whatever it does", arguments: 0..<7, [SIGINT, SIGTERM])
  func stopped(verb: Int, signal: Int32) throws {
    let answer = try Command.call(Self.verbs[verb]) { process in
      try Command.waitUntilItListens(process)
      try Command.waitUntilItHasWorked(process, milliseconds: 200)
      kill(process.processIdentifier, signal)
    }
    #expect(answer.status == 75, "\(Self.verbs[verb][0]): \(answer.messages)")
    #expect(answer.messages.contains("plimsoll: interrupted; "))
  }

  @Test("a verb that waits for standard input ends so too")
  func waiting() throws {
    let pipe = Command.temporary("fifo")
    let status = unsafe mkfifo(pipe, 0o600)
    #expect(status == 0)
    // A writer that never writes keeps the readers waiting.
    let writer = unsafe open(pipe, O_RDWR)
    defer { close(writer) }
    for verb in [["route", "-"], ["replay", "-"]] {
      var byte = UInt8(ascii: "{")
      #expect(unsafe write(writer, &byte, 1) == 1)
      let answer = try Command.call(verb, input: pipe) { process in
        try Command.waitUntilItListens(process)
        // What was written is read: the verb waits for more.
        var pipe = pollfd(fd: writer, events: Int16(POLLIN), revents: 0)
        while process.isRunning, unsafe poll(&pipe, 1, 0) == 1 { usleep(1_000) }
        kill(process.processIdentifier, SIGTERM)
      }
      #expect(answer.status == 75 && answer.messages.contains("interrupted; nothing is stored"))
    }
  }

  private func list(_ database: String) throws -> String {
    guard FileManager.default.fileExists(atPath: database) else { return "" }
    return try Command.call("runs", "--db", database, "--format", "csv").output
  }

  @Test("the run that was stopped, or killed, is listed as stopped and not as running")
  func listed() throws {
    for signal in [SIGTERM, SIGKILL] {
      let database = Command.temporary("sqlite")
      _ = try Command.call(["run", Self.long, "--db", database, "--quiet"]) { process in
        // The run is listed once it is stored that it began.
        while process.isRunning, try !list(database).contains(",running,") { usleep(20_000) }
        kill(process.processIdentifier, signal)
      }
      let rows = try list(database)
      #expect(rows.contains(",stopped,"), "\(rows)")
    }
  }

  @Test("three at once that go on with one sweep take turns, and each prints all of it")
  func turns() throws {
    let database = Command.temporary("sqlite")
    let scenario = SmallFleet.file(SmallFleet.text)
    let arguments = [
      "sweep", scenario, "--vary", "fleet.one.machines=3..8", "--resume", "--db", database,
      "--format", "csv",
    ]
    let path = try Command.path(of: "plimsoll")
    let processes = try (0..<3).map { _ in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
      let output = Command.temporary("csv")
      _ = FileManager.default.createFile(atPath: output, contents: nil)
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
      process.standardError = FileHandle.nullDevice
      try process.run()
      return (process, output)
    }
    let outputs = try processes.map { process, output in
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try String(contentsOfFile: output, encoding: .utf8)
    }
    #expect(outputs[0].split(separator: "\n").count == 7)
    #expect(outputs.allSatisfy { $0 == outputs[0] })
    let runs = try Command.call("runs", "--db", database, "--format", "csv").output
    #expect(runs.split(separator: "\n").count == 7)
  }

  @Test(
    "what a killed merge wrote aside goes with the next one, and what a running one writes stays")
  func parts() throws {
    let folder = Command.temporary("folder")
    let scenario = SmallFleet.file(SmallFleet.text)
    #expect(
      try Command.call(
        "sweep", "plan", scenario, "--vary", "fleet.one.machines=3,4", "--shards", "1", "--out",
        folder, "--quiet"
      ).status == 0)
    #expect(
      try Command.call("sweep", "run-shard", "\(folder)/plan.json", "--index", "0").status == 0)
    let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
      .filter { $0.isLetter || $0.isNumber || $0 == "-" }
    // Of a process that nobody is, and of this one's machine's first, which began at another time.
    let stale = [
      ".sweep.sqlite.\(host)~2147483647~5~A.part", ".sweep.sqlite.\(host)~1~0~B.part-wal",
    ]
    let kept = [".sweep.sqlite.elsewhere-\(host)~1~0~C.part", ".other.\(host)~1~0~D.part"]
    for name in stale + kept { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    #expect(try Command.call("sweep", "merge", "\(folder)/plan.json", "--quiet").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(stale.allSatisfy { !names.contains($0) } && kept.allSatisfy { names.contains($0) })
  }

  @Test("says how many points there are and how long they take before it runs them")
  func ahead() throws {
    let answer = try Command.call(
      "sweep", SmallFleet.file(SmallFleet.text), "--vary", "fleet.one.machines=3..8", "--db",
      Command.temporary("sqlite"))
    let lines = answer.messages.split(separator: "\n")
    #expect(lines[0].hasSuffix(": 6 points"), "\(lines)")
    // 20 s of 100 requests a second, four replications of six points: 48,000.
    #expect(lines[1].hasSuffix(": 24 replications, about 48000 requests"), "\(lines)")
    #expect(lines[2].contains("in all, estimated from the first replication"), "\(lines)")
  }
}
