// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

/// What requests bring for token engines: blocks, priorities, conversations.
@Suite("Inputs of token engines")
struct EngineInputsTests {
  private static let scenario = """
    plimsoll: 1
    start: 2024-12-09T00:00:00Z
    horizon: 1h
    requests: all
    replications: 2
    cloud: ideal
    prices: prices.yaml
    workload: { arrivals: { trace: t.csv, end: zero } }
    client: { timeout: 20s, retries: 0 }
    models:
      m:
        on:
          p4d:
            engine:
              max_num_seqs: 4
              max_num_batched_tokens: 256
              num_blocks: 400
              step: { affine: { fixed: 10ms, sequence: 1ms, context_token: 1us, prefill_token: 50us } }
    fleet:
      base: { type: p4d, zone: us-east-1a, market: onDemand, machines: 1, serves: { m: 1 } }
    policies: { queue: { limit: 10 } }
    """
  private static let prices =
    "plimsoll_prices: 1\nname: book\nsource: made up\nread: 2024-12-10\nmachines: { p4d: { onDemand: 9 USD/h } }\n"
  private static let trace = """
    time,prompt_tokens,output_tokens,priority,blocks
    0,40,8,1,0-2
    1,40,8,0,0-1
    2,40,8,0,
    """

  private func load(_ changes: [String], trace: String = Self.trace) throws(ScenarioErrors)
    -> Scenario
  {
    let files = [("a.yaml", Self.scenario), ("prices.yaml", Self.prices), ("t.csv", trace)]
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let file = files.first(where: { $0.0 == path }) else { throw .missing }
      return Array(file.1.utf8)
    }
    return try ScenarioLoader.load("a.yaml", files: reader, overrides: changes).scenario
  }

  private func messages(_ changes: String..., trace: String = Self.trace) -> [String] {
    do {
      _ = try load(changes, trace: trace)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  private static let engine = "models.m.on.p4d.engine"
  private static let drawn =
    "workload={ arrivals: { rate: 2/s }, prompt_tokens: 40, output_tokens: 8, classes: { a: 50%, b: 50% } }"

  @Test(
    "are taken over from a trace, of prompts or of prompts and answers, in blocks of the engine")
  func taken() throws {
    let scenario = try load(["\(Self.engine).policy=priority"])
    #expect(scenario.promptBlocks.recorded.map(\.count) == [3, 2, 0])
    #expect(scenario.priorities.recorded == [1, 0, 0])
    #expect(!scenario.origin.warnings.contains { $0.contains("no effect") })
  }

  @Test("have a place in the file where they are not the blocks of the request")
  func places() {
    let found = messages(trace: Self.trace.replacing("1,40,8,0,0-1", with: "1,40,8,0,0-5"))
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("t.csv:3:10: workload.arrivals.trace: found 6 blocks"))
    #expect(found[0].contains("2 (of the prompt) or 3 (of prompt and answer)"))
    #expect(messages("\(Self.engine).block_size=8").count == 2)
  }

  @Test("are said to have no effect where nothing asks for them")
  func unused() throws {
    let plain = try load(["\(Self.engine).enable_prefix_caching=false"]).origin.warnings
    #expect(plain.contains { $0.contains("no effect of the blocks of t.csv: no engine") })
    #expect(plain.contains { $0.contains("no effect of the priorities of t.csv") })
    let batches = try load([
      "\(Self.engine)=~", "models.m.on.p4d.batch={ max: 2, latency: { 1: 10ms } }",
    ]).origin.warnings
    #expect(batches.contains { $0.contains("the fleet serves by batches") })
    let drawn = try load([Self.drawn, "workload.priorities={ a: 1 }"]).origin.warnings
    #expect(drawn.contains { $0.contains("workload.priorities: has no effect") })
    let alike = try load([Self.drawn, "\(Self.engine).policy=priority"]).origin.warnings
    #expect(alike.contains { $0.contains("all requests have the same") })
  }

  @Test("are refused beside a trace that brings them, and with names that are none")
  func refused() {
    #expect(messages("workload.priorities={ all: 1 }").count == 1)
    #expect(messages("workload.system_prompts={ count: 1, tokens: 16 }").count == 1)
    #expect(messages(Self.drawn, "workload.priorities={ c: 1 }").count == 1)
    #expect(
      messages("workload.sessions={ turns: 3, interval: 10s }")[0].contains("turns are drawn"))
  }

  @Test("of conversations are laws with bounds, and go without a catalogue of contents")
  func conversations() throws {
    let scenario = try load([
      Self.drawn, "workload.sessions={ turns: { uniform: { low: 1, high: 4 } }, interval: 10s }",
      "workload.system_prompts={ count: 2, tokens: 32 }",
    ])
    let conversations = try #require(scenario.workload.conversations)
    #expect(conversations.prefix == 32 && conversations.mostTurns == 4)
    #expect(scenario.origin.warnings.contains { $0.contains("shorter than a conversation") })
    #expect(messages(Self.drawn, "workload.sessions={ turns: 300, interval: 10s }").count == 1)
    #expect(messages(Self.drawn, "workload.sessions={ turns: 3, interval: 30h }").count == 1)
    #expect(messages(Self.drawn, "workload.sessions={ turns: 90, interval: 24h }").count == 1)
    #expect(messages(Self.drawn, "workload.sessions={ turns: 3 }").count == 1)
    #expect(
      messages(
        Self.drawn, "workload.sessions={ turns: 3, interval: 10s }",
        "workload.content={ catalogue: 10, zipf: 1, unique: 0% }"
      ).count == 1)
  }

  @Test("are those of each model where a router chooses: one of a small context gets short prompts")
  func ownRequests() throws {
    let texts =
      "class,text\n"
      + (0..<60).map { number in
        "simple,Hi number \(number)\n"
          + "complex,\"Prove step by step why this theorem \(number) follows, and compare the trade-offs\"\n"
      }.joined()
    let engine =
      "{ max_num_seqs: 4, max_num_batched_tokens: 256, num_blocks: 400, step: { affine: "
      + "{ fixed: 10ms, sequence: 1ms, context_token: 1us, prefill_token: 500us } } }"
    let scenario = try load(
      [
        "workload={ arrivals: { rate: 2/s }, prompt_tokens: { uniform: { low: 20, high: 1_000 } }, output_tokens: 20 }",
        "workload.classes={ simple: 50%, complex: 50% }", "workload.texts=t.csv",
        "models.m.quality={ table: 0.9, matrix: { simple: 0.95, complex: 0.85 } }",
        "models.weak={ context: 200, quality: { table: 0.8, matrix: { simple: 0.92, complex: 0.68 } } }",
        "models.weak.on.p4d.engine=\(engine)", "\(Self.engine)=\(engine)",
        "fleet.base.serves.weak=1", "policies.router={ kind: difficulty, quality_floor: 0.9 }",
      ], trace: texts)
    let throughputs = scenario.fleet.pools[0].replicas.map(\.service.maximumThroughput)
    // Prompts of 20 to 180 tokens at the one, of 20 to 1,000 and mostly long at the other.
    #expect(throughputs.count == 2 && throughputs[1] > 2 * throughputs[0], "\(throughputs)")
  }

  private static let roofline =
    "{ roofline: { device: { memory: 80GB, memory_bandwidth: 3350GB/s, matrix_tflops: 1_979, link_bandwidth: 450GB/s }, "
    + "model: { layers: 80, hidden: 8_192, heads: 64, kv_heads: 8, head_width: 128, feed_forward: 28_672, "
    + "vocabulary: 128_256, weight_bytes: WEIGHT }, tensor_parallel: 2, "
    + "efficiency: { memory: 80%, matrix: 60%, link: 80% } } }"

  @Test("are errors with their place where an engine could not be as it is written")
  func impossible() {
    let engine = Self.engine
    let cases: [(changes: [String], key: String, part: String)] = [
      (["models.m.context=40"], "\(engine).num_blocks", "more than the model's context of 40"),
      (["\(engine).num_blocks=2"], "\(engine).num_blocks", "need 3 blocks of 16 tokens"),
      (["\(engine).max_model_len=40"], "\(engine).max_model_len", "unknown key"),
      (
        ["\(engine).step=\(Self.roofline.replacing("WEIGHT", with: "4"))"], "\(engine).step",
        "the weights do not fit"
      ),
      (
        [
          "\(engine).step=\(Self.roofline.replacing("WEIGHT", with: "1"))",
          "\(engine).num_blocks=40_000",
        ], "\(engine).num_blocks", "as many as the memory"
      ),
      (
        ["models.m.on.p4d.batch={ max: 2, latency: { 1: 10ms } }"], "models.m.on.p4d.batch",
        "give one of them"
      ),
      (
        ["workload={ arrivals: { rate: 2/s }, prompt_tokens: 40 }"], "workload.output_tokens",
        "required where an engine serves"
      ),
      (["targets=[ goodput(wait <= 1s) >= 1/s ]"], "targets[0]", "goodput with limits of ttft"),
    ]
    for (changes, key, part) in cases {
      do {
        _ = try load(changes)
        Issue.record("\(key): it was read")
      } catch {
        let found = error.errors.map(\.description)
        #expect(found.contains { $0.contains(": \(key): ") && $0.contains(part) }, "\(found)")
      }
    }
  }

  @Test("that are too long for some requests are told with their share and the reason")
  func tooLong() throws {
    let warnings = try load(
      ["models.m.context=48"], trace: "time,prompt_tokens,output_tokens\n0,40,8\n1,40,9\n"
    )
    .origin.warnings
    #expect(
      warnings.contains {
        $0.contains("50.00 % of the requests can never be answered") && $0.contains("context of 48")
      }, "\(warnings)")
  }
}
