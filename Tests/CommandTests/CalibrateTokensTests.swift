// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `plimsoll calibrate steps` and `lengths` as a user calls them.
@Suite("plimsoll calibrate steps and lengths")
struct CalibrateTokensTests {
  private static let scenario = Command.root.appending(path: "Scenarios/tokens/chat.yaml").path

  private func file(_ text: String, _ ending: String = "yaml") throws -> String {
    let path = Command.temporary(ending)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test(
    "A fitted law of a step is included in an engine as it stands, and the scenario runs with it")
  func steps() throws {
    let fragment = Command.temporary("yaml")
    let answer = try Command.call(
      "calibrate", "steps", "Scenarios/samples/steps.csv", "-o", fragment)
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains("300 steps, 4 parameters fitted"))
    #expect(try Command.call("validate", fragment).status == 0)
    let scenario = try file(
      """
      extends: \(Self.scenario)
      requests: { from: 30min, for: 1min, warmup: 1min }
      models: { llama-70b-fp8: { on: { p5.48xlarge: { engine: { include: \(fragment) } } } } }

      """)
    func run(_ path: String) throws -> Command.Answer {
      try Command.call(
        "run", path, "--replications", "1", "--quiet", "--db", Command.temporary("sqlite"))
    }
    let ran = try run(scenario)
    #expect(ran.status == 0, "\(ran.messages)")
    // It has an effect: twice the time of a step is another answer.
    let text = try String(contentsOfFile: fragment, encoding: .utf8)
    try text.replacing("fixed: 1", with: "fixed: 3")
      .write(toFile: fragment, atomically: true, encoding: .utf8)
    #expect(try run(scenario).output != ran.output)
  }

  @Test("Fitted lengths are included in a workload as they stand")
  func lengths() throws {
    let fragment = Command.temporary("yaml")
    let answer = try Command.call(
      "calibrate", "lengths", "Scenarios/traces/synthetic.csv", "-o", fragment)
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains("paired at random"))
    let parent = try file(
      "extends: \(Self.scenario)\nworkload: { prompt_tokens: ~, output_tokens: ~ }\n")
    let child = try file("extends: \(parent)\nworkload: { include: \(fragment) }\n")
    let valid = try Command.call("validate", child)
    #expect(valid.status == 0, "\(valid.messages)")
  }

  @Test("Rows of a benchmark are predicted by a law that is given, and none is fitted")
  func given() throws {
    let rows = try file(
      "concurrency,isl,osl,mean_ttft_ms,mean_tpot_ms\n1,100,11,16.1,15.0161\n", "csv")
    let answer = try Command.call(
      "calibrate", "steps", rows, "--given", "fixed=15ms", "--given", "sequence=10us", "--given",
      "context_token=50ns", "--given", "prefill_token=10us")
    #expect(answer.status == 0, "\(answer.messages)")
    // Alone: 15 + 0.01 + 100 · 0.01 ms for the prompt; then 15.01 ms and 50 ns for each of 100 to 109 tokens.
    #expect(answer.output.contains("16.01ms") && answer.output.contains("15.02ms"))
    #expect(answer.output.contains("0 parameters fitted"))
  }

  @Test(
    "What is not understood, and options without effect, are errors",
    arguments: [
      (["Scenarios/samples/arrivals.csv"], Int32(65), "no column of sequences"),
      (["Scenarios/samples/steps.csv", "--scheduler", "sglang"], 64, "are for benchmarks"),
      (["Scenarios/samples/steps.csv", "--given", "matrix=50%"], 64, "--given"),
      (["Scenarios/samples/steps.csv", "--device", "memory=80GB"], 64, "--card"),
      (["Scenarios/samples/steps.csv", "--column", "steps=x"], 64, "ROLE=NAME"),
      (["nowhere.csv"], 66, "no such file"),
    ])
  func refusals(arguments: [String], status: Int32, text: String) throws {
    let answer = try Command.call(["calibrate", "steps"] + arguments) { _ in }
    #expect(answer.status == status && answer.messages.contains(text), "\(answer)")
  }
}
