// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Every code of `Documentation/ExitCodes.md`; 70 is among the tests of sweeps, whose shards may differ.
@Suite("The command's exit codes")
struct ExitCodeTests {
  private static let short = "requests={ from: 14h, for: 10s }"

  private func check(_ text: String, _ more: String...) throws -> Command.Answer {
    let path = try Command.scenario(text)
    return try Command.call(
      ["check", path, "--db", Command.temporary("sqlite"), "--quiet", "--set", Self.short] + more)
  }

  @Test("0 when every target holds or is assumed")
  func done() throws {
    let answer = try check("targets: [monthly_cost <= 900_000 USD, spot_discount(spot) >= 1%]")
    #expect(answer.status == 0, "\(answer.messages)")
  }

  @Test(
    "64 on wrong use",
    arguments: [
      ["run", "Scenarios/smoke.yaml", "--sede", "3"],
      ["run", "Scenarios/smoke.yaml", "--jobs", "0"],
      ["check"], ["check", "Scenarios/smoke.yaml", "--tolerance", "monthly_cost: +1%"],
      ["check", "Scenarios/smoke.yaml", "--baseline", "1", "--tolerance", "monthly_cost: -1%"],
      ["check", "Scenarios/smoke.yaml", "--baseline", "1", "--tolerance", "availability: +1%"],
      ["check", "Scenarios/smoke.yaml", "--baseline", "1", "--tolerance", "cost: +1%"],
    ])
  func usage(arguments: [String]) throws {
    #expect(try Command.call(arguments).status == 64)
  }

  @Test("65 on a target that cannot be read, with its place, when the others are judged")
  func badTarget() throws {
    let database = Command.temporary("sqlite")
    let path = try Command.scenario("targets:\n  - p99 latency < 200ms")
    let answer = try Command.call("check", "Scenarios/smoke.yaml", path, "--db", database)
    #expect(answer.status == 65)
    #expect(answer.messages.contains("\(path):3:5: targets[0]: found 'p99 latency < 200ms'"))
    #expect(answer.output.contains("Scenarios/smoke.yaml"))
  }

  @Test(
    "66 when a file or a run is missing",
    arguments: [
      ["run", "no-such.yaml"], ["check", "no-such.yaml"], ["show", "--db", "no-such.sqlite"],
      [
        "check", "Scenarios/gate/smoke.yaml", "--baseline", "no-such.json",
      ],
      ["check", "Scenarios/gate/smoke.yaml", "--baseline", "3", "--db", "no-such.sqlite"],
    ])
  func missing(arguments: [String]) throws {
    #expect(try Command.call(arguments).status == 66)
  }

  @Test("74 when the database cannot be opened")
  func database() throws {
    let answer = try Command.call("run", "Scenarios/smoke.yaml", "--db", "Package.swift/x.sqlite")
    #expect(answer.status == 74)
    #expect(answer.messages.contains("Package.swift"))
  }

  @Test("74 when a report cannot be written, after all verdicts are printed and the others written")
  func report() throws {
    let saved = Command.temporary("json")
    let answer = try check(
      "targets: [monthly_cost <= 1 USD]", "--junit", "Package.swift/junit.xml", "--save", saved)
    #expect(answer.status == 74)
    #expect(answer.output.contains("✗ fails  monthly_cost <= 1 USD"))
    #expect(answer.messages.contains("Package.swift/junit.xml cannot be written"))
    #expect(FileManager.default.fileExists(atPath: saved))
  }

  @Test(
    "74 when standard output cannot be written, whatever the verb, and nothing is said where its reader has gone",
    arguments: [
      ["validate", "Scenarios/smoke.yaml"], ["run", "--help"], ["--version"],
      ["show", "--define", "all"],
    ])
  func output(arguments: [String]) throws {
    let path = try Command.path(of: "plimsoll")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    func shell(_ redirection: String) throws -> Command.Answer {
      try Command.call(["-c", "'\(path)' \(words) \(redirection)"], of: "/bin/sh")
    }
    let full = try shell("> /dev/full")
    #expect(full.status == 74)
    #expect(
      full.messages.hasSuffix("standard output cannot be written: No space left on device\n"))
    let closed = try shell(">&-")
    #expect(closed.status == 74)
    // Messages that cannot be told keep nothing from being done.
    #expect(try shell("2> /dev/full").status == 0)
    #expect(try shell("2>&-").status == 0)
  }

  private func isRunning(in database: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: database) else { return false }
    return try Command.call("runs", "--db", database, "--format", "csv").output
      .contains(",running,")
  }

  @Test("75 when it is interrupted, and what is stored is whole")
  func interrupted() throws {
    let database = Command.temporary("sqlite")
    let arguments = [
      "run", "Scenarios/oracles/mm1.yaml", "--db", database, "--replications", "1000", "--quiet",
    ]
    let answer = try Command.call(arguments) { process in
      // The run is listed once it is stored that it began.
      while process.isRunning, try !isRunning(in: database) { usleep(20_000) }
      process.interrupt()
    }
    #expect(answer.status == 75)
    #expect(try Command.call("runs", "--db", database).output.contains("stopped"))
    #expect(try Command.call("show", "1", "--db", database).status == 75)
  }

  @Test("98 when a target is undecided and none fails")
  func undecided() throws {
    #expect(try check("targets: [availability >= 99.99%]").status == 98)
  }

  @Test("99 when a target fails, whatever the others are")
  func fails() throws {
    let answer = try check("targets: [monthly_cost <= 1 USD, availability >= 99.99%]")
    #expect(answer.status == 99, "\(answer.messages)")
  }

  @Test("99 when there is no target, and it is said of which scenario")
  func noTargets() throws {
    let answer = try check("targets: []")
    #expect(answer.status == 99)
    #expect(answer.messages.contains(".yaml: the scenario has no targets"))
  }

  @Test(
    "99 when no request arrives, even where the target needs none",
    arguments: ["p99(latency) < 200ms", "monthly_cost <= 900_000 USD"])
  func noSamples(target: String) throws {
    let answer = try check("targets: [\(target)]", "--set", "workload.arrivals.peak=0.0001/s")
    #expect(answer.status == 99)
    #expect(answer.messages.contains(".yaml: no request arrived in the measured windows"))
  }

  @Test("64 for a verb that there is not, with the one that was meant")
  func verb() throws {
    let answer = try Command.call("chekc", "Scenarios/smoke.yaml")
    #expect(answer.status == 64)
    #expect(
      answer.messages.hasPrefix(
        "plimsoll: there is no 'plimsoll chekc'; did you mean check? (allowed: init, run,"))
    let inner = try Command.call("sweep", "plna", "x")
    #expect(inner.status == 64)
    #expect(
      inner.messages.hasPrefix("plimsoll: there is no 'plimsoll sweep plna'; did you mean plan?"))
  }

  @Test("0 for help, that of sweep with the options of its usual form")
  func help() throws {
    for arguments in [["sweep", "--help"], ["help", "sweep"]] {
      let answer = try Command.call(arguments)
      #expect(answer.status == 0)
      #expect(answer.output.contains("--vary <vary>"))
      #expect(answer.output.contains("run-shard"))
    }
  }

  @Test("each code has its row in the documentation")
  func documented() throws {
    let page = try String(
      contentsOf: Command.root.appendingPathComponent("Documentation/ExitCodes.md"), encoding: .utf8
    )
    for code in [0, 64, 65, 66, 70, 74, 75, 98, 99] {
      #expect(page.contains("\n| \(code) |"), "\(code)")
    }
  }
}
