// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Every verb on a fleet that serves by token engines.
@Suite("The command, on token engines")
struct TokenCommandTests {
  private static let fleet = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 1h
    requests: { from: 10min, for: 2min, warmup: 30s }
    replications: 3
    seed: 7
    cloud: { answer: 5s, boot: 90s, load: 60s }
    prices: \(Command.root.path)/Scenarios/prices/reference-design.yaml
    workload:
      arrivals: { rate: 6/s }
      system_prompts: { count: 3, tokens: 64 }
      prompt_tokens: { uniform: { low: 80, high: 400 } }
      output_tokens: { uniform: { low: 4, high: 40 } }
    client: { timeout: 20s, retries: 0 }
    models:
      m:
        on:
          p4d.24xlarge:
            engine:
              max_num_seqs: 16
              max_num_batched_tokens: 256
              num_blocks: 400
              step: { affine: { fixed: 10ms, sequence: 1ms, context_token: 1us, prefill_token: 50us } }
    fleet:
      one: { type: p4d.24xlarge, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } }
    policies: { queue: { limit: 100 } }
    targets:
      - monthly_cost <= 40_000 USD
      - p99(ttft) <= 2s
      - goodput(ttft <= 1s, tpot <= 60ms) >= 3/s
    """

  private static let scenario: String = {
    let path = Command.temporary("yaml")
    _ = FileManager.default.createFile(atPath: path, contents: Data(fleet.utf8))
    return path
  }()

  private static let engine = "models.m.on.\"p4d.24xlarge\".engine"

  private func call(_ arguments: String...) throws -> Command.Answer {
    let answer = try Command.call(arguments + ["--db", Command.temporary("sqlite")])
    #expect(answer.status == 0, "\(answer.messages)")
    return answer
  }

  @Test("run and check tell tokens beside the bill, and the overview the time to first token")
  func running() throws {
    let run = try call("run", Self.scenario).output
    for name in [
      "p99(ttft)", "mean(token_gap)", "kv_occupancy", "prefix_hit_ratio", "goodput(ttft",
    ] {
      #expect(run.contains(name), "\(name)")
    }
    let database = Command.temporary("sqlite")
    let check = try Command.call("check", Self.scenario, "--db", database)
    #expect(check.status == 0 && check.output.contains("✓ holds  p99(ttft) <= 2s"))
    #expect(check.output.contains("p99 ttft"))
    let shown = try Command.call("show", "1", "--db", database)
    #expect(shown.status == 0 && shown.output.contains("p99(ttft)"))
    #expect(try Command.call("validate", Self.scenario).status == 0)
  }

  @Test("compare says first what happens to the time to first token and to what targets bound")
  func comparing() throws {
    let answer = try call(
      "compare", Self.scenario, Self.scenario, "--set", "\(Self.engine).step.affine.fixed=30ms")
    let sentence = answer.output.prefix { $0 != "\n" }
    for part in ["p99 time to first token", "p99 time per output token", "goodput(ttft <= 1s"] {
      #expect(sentence.contains(part), "\(sentence)")
    }
    #expect(answer.output.contains("prefix_hit_ratio") && answer.output.contains("output_rate"))
  }

  @Test("sweep cuts into shards that come together to the same table")
  func sweeping() throws {
    let axes = ["--vary", "\(Self.engine).max_num_seqs=4,16", "--vary", "fleet.one.machines=1,2"]
    let whole = try Command.call(
      ["sweep", Self.scenario] + axes + ["--format", "csv", "--db", Command.temporary("sqlite")])
    #expect(whole.status == 0, "\(whole.messages)")
    let folder = Command.temporary("folder")
    let plan = try Command.call(
      ["sweep", "plan", Self.scenario] + axes + ["--shards", "2", "--out", folder])
    #expect(plan.status == 0, "\(plan.messages)")
    for shard in ["0", "1"] {
      let run = try Command.call("sweep", "run-shard", "\(folder)/plan.json", "--index", shard)
      #expect(run.status == 0, "\(run.messages)")
    }
    let merged = try call("sweep", "merge", "\(folder)/plan.json", "--format", "csv")
    #expect(merged.output == whole.output)
  }

  @Test("optimize finds the fewest machines, and explain what a lever of the engine is worth")
  func optimising() throws {
    let found = try Command.call(
      "optimize", Self.scenario, "--over", "fleet.one.machines=1..3", "--set",
      "workload.arrivals.rate=20/s", "--max-replications", "4")
    #expect(found.status == 0, "\(found.messages)")
    #expect(found.output.contains("p99(ttft) <= 2s"))
    let study = Command.temporary("yaml")
    try Data(
      """
      plimsoll_levers: 1
      scenario: \(Self.scenario)
      replications: 3
      over: [ "fleet.one.machines=1..4" ]
      set: [ "workload.arrivals.rate=12/s", "targets=[ p99(ttft) <= 2s ]" ]
      levers:
        - { lever: prefix cache, off: [ '\(Self.engine).enable_prefix_caching=false' ] }
        - { lever: larger batches, off: [ '\(Self.engine).max_num_seqs=4' ] }
      """.utf8
    ).write(to: URL(fileURLWithPath: study))
    let explained = try Command.call("explain", study)
    #expect(explained.status == 0, "\(explained.messages)")
    #expect(explained.output.contains("larger batches"))
  }

  @Test("sensitivity ranks inputs by a time of tokens, and names none where nothing moves")
  func sensitivity() throws {
    let study = Command.temporary("yaml")
    try Data(
      """
      plimsoll_sensitivity: 1
      scenario: \(Self.scenario)
      measures: [ monthly_cost, p99(ttft) ]
      inputs:
        - { input: fixed, from: 5, to: 20, unit: ms, set: [ '\(Self.engine).step.affine.fixed={x}ms' ] }
        - { input: timeout, from: 19, to: 20, unit: s, set: [ 'client.timeout={x}s' ] }
      """.utf8
    ).write(to: URL(fileURLWithPath: study))
    let answer = try Command.call("sensitivity", study, "--trajectories", "4", "--rows", "8")
    #expect(answer.status == 0, "\(answer.messages)")
    #expect(answer.output.contains("For p99(ttft), measure first: fixed"))
    #expect(answer.output.contains("For monthly_cost, no input changes anything."))
  }

  @Test("a break-even of a claim is found in a key of the engine")
  func breakEven() throws {
    let claims = Command.temporary("yaml")
    try Data(
      """
      plimsoll_claims: 1
      claims:
        - claim: the first token comes within two seconds
          scenario: \(Self.scenario)
          target: p99(ttft) <= 2s
          break_even: { vary: workload.arrivals.rate, from: 2/s, to: 60/s, until: p99(ttft) <= 2s }
      """.utf8
    ).write(to: URL(fileURLWithPath: claims))
    let answer = try Command.call("check", claims, "--db", Command.temporary("sqlite"))
    #expect(answer.status == 0, "\(answer.messages)")
    // A replica serves about 20 requests a second.
    let value = try #require(
      answer.output.firstMatch(of: /workload\.arrivals\.rate = (\d+\.\d+)\/s/)?.1)
    #expect((14...23).contains(try #require(Double(value))), "\(answer.output)")
  }

  @Test("decisions are written and made again")
  func decisions() throws {
    let path = Command.temporary("jsonl")
    _ = try call("run", Self.scenario, "--decisions", path, "--quiet")
    let answer = try Command.call("replay", path)
    #expect(answer.status == 0 && answer.output.contains("all as recorded"))
  }

  @Test("an engine that nothing can go on in ends with the key to change, and not as a bug")
  func stuck() throws {
    // Of two requests that are equal in priority and arrival the one that runs the longest gives up its blocks.
    let trace = Command.temporary("csv")
    try Data(
      "id,arrival_ns,prompt_tokens,output_tokens,priority\n0,0,15,32,0\n1,0,13,31,0\n".utf8
    ).write(to: URL(fileURLWithPath: trace))
    let changes = [
      "requests={ from: 0s, for: 2min }", "workload={ arrivals: { trace: \(trace), end: zero } }",
      "client.timeout=none", "targets=[ p99(ttft) <= 2s ]",
      "\(Self.engine)={ policy: priority, max_num_seqs: 16, max_num_batched_tokens: 16, num_blocks: 4, "
        + "long_prefill_token_threshold: 8, scheduler_reserve_full_isl: false, async_scheduling: false, "
        + "enable_prefix_caching: false, step: { affine: { fixed: 1us, sequence: 0s, context_token: 0s, "
        + "prefill_token: 0s } } }",
    ]
    let answer = try Command.call(
      ["run", Self.scenario, "--db", Command.temporary("sqlite"), "--replications", "1"]
        + changes.flatMap { ["--set", $0] })
    #expect(answer.status == 65, "\(answer.output) \(answer.messages)")
    #expect(answer.messages.contains("models.m.on.\"p4d.24xlarge\".engine"))
    #expect(answer.messages.contains("an engine of pool one stopped"))
  }
}
