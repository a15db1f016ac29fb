// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import CloudModel
import FleetSimulation
import Numerics
import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Statistics
import Testing
import TokenEngine
import Workload

@Suite("A fleet of token engines")
struct TokenFleetTests {
  private static func scenario(
    rate: Int64, machines: Int = 2, change: (inout ScenarioBuilder) throws -> Void = { _ in }
  ) throws -> Scenario {
    var settings = VLLMSettings()
    settings.maxSequences = 32
    settings.maxBatchedTokens = 512
    settings.blocks = 1_200
    settings.cachesPrefixes = true
    var builder = ScenarioBuilder()
    builder.horizon = .minutes(30)
    builder.warmUp = .minutes(2)
    builder.from = .start + .minutes(2)
    builder.length = .minutes(20)
    builder.arrivals = .poisson(.constant(Rate(nanoPerSecond: rate * 1_000_000)))
    builder.promptTokens = try .gamma(mean: 200, cv: 0.8)
    builder.outputTokens = try .gamma(mean: 60, cv: 0.8)
    builder.systemPrompts = SystemPrompts(tokens: 128, count: 4, zipfExponent: 1)
    builder.timeout = .seconds(60)
    let model = TokenModel(
      name: "m", rules: .vllm(settings),
      law: .affine(
        AffineStepLaw(
          perStep: 10_000_000_000_000, perSequence: 200_000_000_000,
          perContextToken: 200_000_000, perPrefillToken: 40_000_000_000)), host: .none,
      lengths: [(150, 40), (260, 80), (190, 60)])
    builder.pools[0].wanted = machines
    builder.pools[0].engine = model
    try change(&builder)
    return try builder.build()
  }

  @Test(
    "conserves requests, tokens and machine time while spot machines come and go and clients give up"
  )
  func interrupted() throws {
    let scenario = try Self.scenario(rate: 9_000) {
      $0.timeout = .seconds(8)
      var spot = ScenarioBuilder.Pool()
      spot.name = "spot"
      spot.market = .spot
      spot.wanted = 3
      spot.engine = $0.pools[0].engine
      spot.places = [CapacityLaw](
        repeating: .renewal(
          up: try Distribution(.exponential(mean: 90)),
          down: try Distribution(.exponential(mean: 30))), count: 3)
      $0.pools.append(spot)
    }
    for replication in 0..<3 {
      // A broken law of conservation is thrown.
      let record = try FleetSimulation.run(scenario, seed: 5, replication: replication)
      #expect(record.requests.arrived > 9_000 && record.migrations > 20)
      #expect(record.tally(ofEngine: "tokens_recomputed") > 0)
      let tokens = try #require(record.times.tokens)
      #expect(tokens.ttft.count == record.weighted.answered)
      #expect(tokens.tpot.count <= record.weighted[.completed])
      #expect(record == (try FleetSimulation.run(scenario, seed: 5, replication: replication)))
    }
  }

  @Test(
    "computes tokens of prompts, finds them in caches, and makes as many of answers as were asked for"
  )
  func tokens() throws {
    let scenario = try Self.scenario(rate: 5_000) { $0.warmUp = .zero }
    let record = try FleetSimulation.run(scenario, seed: 2, replication: 0)
    let times = try #require(record.times.tokens)
    #expect(record.requests[.completed] == record.requests.arrived)
    // The first requests and the last are partly outside of what is measured.
    let prompts = Double(
      record.tally(ofEngine: "tokens_prompt") + record.tally(ofEngine: "tokens_cached"))
    #expect(abs(prompts / Double(record.promptTokens.count) - 1) < 0.01)
    #expect(
      abs(Double(record.tally(ofEngine: "tokens_output")) / Double(record.outputTokens.count) - 1)
        < 0.01)
    #expect(record.tally(ofEngine: "tokens_cached") > record.tally(ofEngine: "tokens_prompt") / 4)
    // Each answer of n tokens has n - 1 gaps.
    let gaps = Double(record.outputTokens.count) - Double(record.requests[.completed])
    #expect(abs(Double(times.gap.count) / gaps - 1) < 0.01)
    // Mean time per token lies between a step of one and a step of all.
    let tpot = try #require(times.tpot.mean) / 1e6
    #expect(tpot > 10.2 && tpot < 18)
  }

  @Test(
    "says that it saturates: no percentile of a time where more is offered than it serves, and targets fail"
  )
  func saturated() throws {
    let scenario = try Self.scenario(rate: 40_000, machines: 1) {
      $0.timeout = nil
      $0.targets = ["p99(ttft) <= 1s", "p99(token_gap) <= 10s"]
    }
    let replica = try #require(scenario.fleet.pools[0].replicas[0].service.tokens)
    #expect(replica.capacity.throughput < 40)
    let records = try (0..<3).map { try FleetSimulation.run(scenario, seed: 1, replication: $0) }
    let measures = Measures(scenario, records: records)
    let verdicts = Judge(measures, references: [], confidence: 0.95).verdicts(on: scenario.targets)
    #expect(verdicts.allSatisfy { $0.verdict == .fails })
  }

  @Test("has the throughput that a saturated run of its requests shows, within three percent")
  func throughput() throws {
    let scenario = try Self.scenario(rate: 60_000, machines: 1) {
      $0.systemPrompts = nil
      $0.timeout = nil
      $0.promptTokens = try Distribution(.uniform(low: 100, high: 300))
      $0.outputTokens = try Distribution(.uniform(low: 20, high: 100))
    }
    let workload = scenario.workload.sample(count: 2_048).map { ($0.prompt, $0.output) }
    let given = try #require(scenario.fleet.pools[0].replicas[0].service.tokens)
    let model = TokenModel(
      name: "m", rules: given.rules, law: given.law, host: .none, lengths: workload)
    let record = try FleetSimulation.run(scenario, seed: 1, replication: 0)
    // Tokens of answers that ended in the 20 minutes, in which the line was never empty.
    let rate = Double(record.tally(ofEngine: "tokens_output")) / 1_200
    let mean = workload.reduce(0.0) { $0 + Double($1.1) } / Double(workload.count)
    #expect(abs(rate / (model.capacity.throughput * mean) - 1) < 0.03)
  }

  @Test("judges goodput by all limits at once")
  func goodput() throws {
    let scenario = try Self.scenario(rate: 6_000) {
      $0.targets = [
        "goodput(ttft <= 10s, tpot <= 10s) >= 5/s", "goodput(ttft <= 1ms) >= 1/s",
        "goodput(latency <= 60s) >= 0/s",
      ]
    }
    let record = try FleetSimulation.run(scenario, seed: 4, replication: 0)
    #expect(record.tally(.goodput, "ttft <= 10s, tpot <= 10s") == Int128(record.weighted.answered))
    #expect(record.tally(.goodput, "ttft <= 1ms") == 0)
  }

  // The k-th prompt of a conversation, from 1 on, has 64 k + 33 (k - 1) tokens. Of these all blocks of 16 tokens are
  // found that the prompt and the answer before filled, whose last token nobody computes: of 96 (k - 1) + k - 2
  // tokens. Five prompts have 1,290 tokens, and 0 + 96 + 192 + 288 + 384 = 960 of them are found.
  @Test("finds what was said before in the cache of the replica that answered it")
  func conversations() throws {
    let scenario = try Self.scenario(rate: 4_000, machines: 1) {
      $0.systemPrompts = nil
      $0.promptTokens = try Distribution(.constant(64))
      $0.outputTokens = try Distribution(.constant(33))
      $0.conversations = Conversations(
        turns: try Distribution(.constant(5)), interval: try Distribution(.constant(15)))
      guard case .vllm(var settings) = $0.pools[0].engine?.rules else { return }
      settings.blocks = 60_000
      settings.isAsynchronous = false
      $0.pools[0].engine = TokenModel(
        name: "m", rules: .vllm(settings),
        law: .affine(
          AffineStepLaw(
            perStep: 5_000_000_000_000, perSequence: 100_000_000_000, perContextToken: 0,
            perPrefillToken: 10_000_000_000)), host: .none, lengths: [(258, 33)])
    }
    let record = try FleetSimulation.run(scenario, seed: 3, replication: 0)
    let prompts = Double(
      record.tally(ofEngine: "tokens_cached") + record.tally(ofEngine: "tokens_prompt"))
    let found = Double(record.tally(ofEngine: "tokens_cached")) / prompts
    #expect(abs(found / (960.0 / 1_290) - 1) < 0.02)
    let arrived = Double(record.requests.arrived)
    #expect(abs(Double(record.promptTokens.count) / arrived / 258 - 1) < 0.02)
    #expect(abs(arrived / 1_200 / 4 - 1) < 0.1)
  }
}
