// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, looking for the cheapest fleet")
struct OptimizeCommandTests {
  /// Where the fleet lies: one path for all tests, because results name it.
  private static let scenario = SmallFleet.file(SmallFleet.text)
  private static let sizes = "fleet.one.machines=1..6"

  private func optimize(_ more: String...) throws -> Command.Answer {
    try Command.call(["optimize", Self.scenario] + more)
  }

  // 100 requests a second of 20 ms each keep two machines busy all the time, so two cannot hold and
  // three can: at load ⅔ of M/D/3, one request in a hundred waits for 40 ms. 3 · 10 USD/h · 730 h = 21,900.
  @Test("names three machines where two are busy all the time, as arithmetic does")
  func winner() throws {
    let answer = try optimize("--over", Self.sizes, "--format", "csv")
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.messages.contains("6 points, at most 40 replications each"))
    #expect(answer.messages.contains("in all, estimated from the first point"))
    #expect(try optimize("--over", Self.sizes, "--quiet").messages.isEmpty)
    let rows = answer.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(
      rows.dropFirst().map { $0[2] } == ["fails", "fails", "holds", "dearer", "dearer", "dearer"])
    #expect(rows.dropFirst().map { Double($0[3]) } == (1...6).map { Double($0) * 7_300 })
    #expect(rows.filter { $0[8] == "1" }.map { $0[1] } == ["3"])
    let table = try optimize("--over", Self.sizes).output
    #expect(
      table.contains("holding all service targets is point 2 (fleet.one.machines=3): 21,900.00 USD")
    )
    #expect(table.contains("point 3 (fleet.one.machines=4): 7,300.00 USD more"))
    #expect(table.contains("; the whole grid: about "))
  }

  @Test("names no winner of two fleets whose bills are closer than what is worth finding")
  func inseparable() throws {
    let over = "fleet.one.price=10.05 USD/h,10 USD/h"
    let close = try optimize("--over", over)
    #expect(close.output.contains("No winner") && !close.output.contains("The cheapest point"))
    let apart = try optimize("--over", over, "--delta", "0.1%")
    #expect(apart.output.contains("The cheapest point holding all service targets is point 1"))
  }

  // At most 30,000 USD buys four machines, and the more there are the fewer requests wait; of those that hold 200 ms
  // three have the longest times.
  @Test("makes another measure as small or as large as targets let it, budgets among them")
  func objective() throws {
    let quick = try optimize(
      "--over", Self.sizes, "--minimize", "p99(latency)", "--set",
      "targets=[monthly_cost <= 30_000 USD]", "--format", "csv")
    #expect(quick.status == 0, "\(quick.messages)")
    let rows = quick.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(
      rows.dropFirst().map { $0[2] } == ["holds", "holds", "holds", "holds", "fails", "fails"])
    #expect(rows.filter { $0[8] == "1" }.map { $0[1] } == ["4"])
    let slow = try optimize("--over", Self.sizes, "--maximize", "mean(latency)")
    #expect(
      slow.output.contains(
        "The point with the highest mean(latency) holding all targets is point 2 (fleet.one.machines=3)"
      ),
      "\(slow.output)")
  }

  @Test("prints the same on one job, on two and once more, in every format")
  func same() throws {
    for format in ["table", "csv", "json", "markdown"] {
      let answers = try ["1", "2", "2"].map {
        try optimize("--over", Self.sizes, "--format", format, "--jobs", $0)
      }
      #expect(answers.allSatisfy { $0.status == 0 && $0.output == answers[0].output })
      #expect(!answers[0].output.isEmpty)
    }
  }

  @Test("ends with 0 and tells what is lacking where no point holds")
  func none() throws {
    let answer = try optimize("--over", "fleet.one.machines=1..2")
    #expect(answer.status == 0)
    #expect(
      answer.output.contains("No point is known to hold all service targets. Nearest is point 1"))
    #expect(answer.output.contains("lacks p99(latency) <= 200ms (fails)"))
  }

  @Test(
    "tells what is wrong, with the code for it",
    arguments: [
      (["--over", sizes, "--set", "targets=[]"], 65, "targets: required: at least one"),
      (
        ["--over", "fleet.won.machines=1..2"], 65,
        "fleet.won: there is no pool 'won'; did you mean 'one'?"
      ),
      (["--over", sizes, "--set", "fleet.one.prize=1"], 65, "did you mean 'price'"),
      ([], 64, "--over: required: at least one key"),
      (["--over", "fleet.one.machines=2..1"], 64, "does not run upwards"),
      (["--over", "fleet.one.price=1.5 USD/h..2 USD/h"], 64, "a step"),
      (["--over", sizes, "--minimize", "p99(speed)"], 65, "allowed: a measure that a run of"),
      (["--over", sizes, "--minimize", "p99(latency)", "--maximize", "throughput"], 64, "one of"),
      (["--over", sizes, "--delta", "0%"], 64, "allowed: 0.01% to 50%"),
      (["--over", sizes, "--max-replications", "1"], 64, "allowed: 2 to 10000"),
    ])
  func mistakes(options: [String], code: Int32, part: String) throws {
    let answer = try Command.call(["optimize", Self.scenario] + options)
    #expect(answer.status == code)
    #expect(answer.messages.contains(part), "\(answer.messages)")
    #expect(answer.output.isEmpty)
  }

  @Test("ends with 66 where there is no such file, and with 75 on a polite kill, printing nothing")
  func ends() throws {
    #expect(try Command.call("optimize", "no-such.yaml", "--over", Self.sizes).status == 66)
    let stopped = try Command.call([
      "optimize", Self.scenario, "--over", "policies.queue.limit=100..500", "--set",
      "requests={ from: 10min, for: 40min }", "--set", "workload.arrivals.rate=140/s",
      "--max-replications", "10000",
    ]) { process in
      try Command.waitUntilItListens(process)
      try Command.waitUntilItHasWorked(process, milliseconds: 500)
      process.terminate()
    }
    #expect(stopped.status == 75)
    #expect(stopped.output.isEmpty)
    #expect(stopped.messages.contains("plimsoll: interrupted; "))
  }
}

/// A fleet that is read and simulated in milliseconds, in which requests need one server for 20 ms.
enum SmallFleet {
  static let text = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 1h
    requests: { from: 10min, for: 20s }
    replications: 4
    seed: 7
    cloud: ideal
    prices: \(Command.root.path)/Scenarios/prices/reference-design.yaml
    workload: { arrivals: { rate: 100/s } }
    client: { timeout: 2s, retries: 0 }
    models: { m: { on: { p4d.24xlarge: { batch: { max: 1, latency: { 1: 20ms } } } } } }
    fleet:
      one: { type: p4d.24xlarge, zone: us-east-1a, market: onDemand, price: 10 USD/h, machines: 3, serves: { m: 1 } }
    policies: { queue: { limit: 100 } }
    targets: [ p99(latency) <= 200ms ]
    """

  /// A new file with that text.
  static func file(_ text: String) -> String {
    let path = Command.temporary("yaml")
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    return path
  }
}
