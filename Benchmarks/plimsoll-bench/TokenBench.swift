// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import FleetSimulation
import Foundation
import Numerics
import Policies
import Quantities
import ReplicaModel
import Scenario
import SimulationTesting
import TokenEngine
import Workload

/// A fleet of token engines with cache and de-duplication, beside a bare loop that makes every step of one engine.
///
/// Published for one engine alone: 9,800 requests and 1.78 million output tokens a second on a processor of 2.8 GHz
/// (the AISimulate project, ai-dynamo/aisimulate, replay benchmarks, 2026).
enum TokenBench {
  static func run(runs: Int) throws {
    for (name, requests, tokens, isAsynchronous) in [
      ("tokens, rows of steps", 2.0, 400.0, false), ("tokens, every step", 1.5, 0.0, true),
    ] {
      let scenario = try scenario(isAsynchronous: isAsynchronous)
      var times: [Double] = []
      var (arrived, output) = (0.0, 0.0)
      for replication in 0..<runs {
        let record = try Stopwatch.time(into: &times) {
          try FleetSimulation.run(scenario, seed: 1, replication: replication)
        }
        arrived += Double(record.simulatedRequests)
        output += Double(record.outputTokens.count)
      }
      let seconds = times.reduce(0, +)
      Bar.atLeast(
        requests, name, arrived / seconds / 1e6, "million requests/s", places: 2
      ).print()
      if tokens > 0 {
        Bar.atLeast(tokens, "  tokens of answers", output / seconds / 1e6, "million/s").print()
      } else {
        Bar.figure("  tokens of answers", output / seconds / 1e6, "million/s").print()
      }
      Bar.figure("  time of a request", seconds / arrived * 1e9, "ns").print()
    }
    var times: [Double] = []
    var loop = BareTokenLoop()
    for _ in 0..<runs { Stopwatch.time(into: &times) { loop.run(requests: 50_000) } }
    let seconds = times.reduce(0, +)
    Bar.figure(
      "bare loop, every step", Double(loop.ended) / seconds / 1e6, "million requests/s", places: 2
    ).print()
    Bar.figure("  tokens of answers", Double(loop.tokens) / seconds / 1e6, "million/s").print()
    Bar.figure("  time of a step", seconds / Double(loop.steps) * 1e9, "ns").print()
  }

  /// Four replicas at 65 % of their highest throughput, with prompts of 500 and answers of 211 tokens on average.
  ///
  /// The law is that of a model of 8 billion parameters in 16 bits on an H100: 16 GB of weights at 3.35 TB/s and 3.2 ms of
  /// launches a step; 128 KiB of keys and values a token, and 16 GFLOP a token of a prompt at half of 989 TFLOP/s
  /// (NVIDIA, H100 Tensor Core GPU Architecture, 2022; Dubey et al., The Llama 3 Herd of Models, 2024, arXiv:2407.21783).
  /// Up to 1,024 requests run, as vLLM allows on this device, and their blocks are what 54 GB hold.
  private static func scenario(isAsynchronous: Bool) throws -> Scenario {
    var settings = VLLMSettings()
    settings.maxSequences = 1_024
    settings.maxBatchedTokens = 8_192
    settings.blocks = 25_700
    settings.isAsynchronous = isAsynchronous
    let engine = TokenModel(
      name: "m", rules: .vllm(settings),
      law: .affine(
        AffineStepLaw(
          perStep: 8_000_000_000_000, perSequence: 5_000_000_000, perContextToken: 39_000_000,
          perPrefillToken: 32_000_000_000)), host: .none,
      lengths: [(500, 211)])
    var builder = ScenarioBuilder()
    builder.horizon = .hours(1)
    let load = 0.65 * 4 * engine.capacity.throughput
    builder.arrivals = .poisson(.constant(try Rate(parsing: String(format: "%.1f/s", load))))
    builder.promptTokens = try Distribution.gamma(mean: 500, cv: 0.9)
    builder.outputTokens = try Distribution.gamma(mean: 211, cv: 0.9)
    builder.content = RequestMix.Content(
      catalogue: 20_000, zipfExponent: 0.9, unique: Share(billionths: 900_000_000))
    builder.cache = RequestPolicies.Cache(
      configuration: ResponseCache.Configuration(ttl: .minutes(10), capacity: 100_000),
      latency: .milliseconds(2))
    builder.deduplication = Deduplicator.Configuration()
    builder.timeout = .seconds(120)
    builder.pools[0].wanted = 4
    builder.pools[0].engine = engine
    return try builder.build()
  }
}

/// One engine in a few lines: requests come as fast as they go, each step gives everyone a token.
struct BareTokenLoop {
  private(set) var ended = 0
  private(set) var tokens = 0
  private(set) var steps = 0
  private var time: Int64 = 0
  private var state: UInt64 = 1

  /// Makes every step until so many requests have ended, of 48 that run at a time.
  mutating func run(requests: Int) {
    var left = [Int32](repeating: 0, count: 48)
    var contexts = [Int32](repeating: 0, count: 48)
    let end = ended + requests
    while ended < end {
      var (context, prefill) = (0, 0)
      for slot in 0..<48 {
        if left[slot] == 0 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          left[slot] = Int32(1 + state >> 33 % 421)
          contexts[slot] = Int32(1 + state >> 43 % 999)
          prefill += Int(contexts[slot])
        }
        context += Int(contexts[slot])
        contexts[slot] += 1
        left[slot] -= 1
        if left[slot] == 0 { ended += 1 }
      }
      time += 14_000_000 + 20_000 * 48 + Int64(context) * 12 + Int64(prefill) * 25_000
      tokens += 48
      steps += 1
    }
  }
}
