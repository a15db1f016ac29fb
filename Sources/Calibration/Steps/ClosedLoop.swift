// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import TokenEngine

/// An engine under a benchmark: so many clients ask, and each asks again when it has its answer.
///
/// All clients ask at the beginning, as load testers do, so that the first prompts wait for each other: with few
/// requests a client they are a good part of the mean time to the first token.
package struct ClosedLoop: Sendable {
  /// Whose rules choose requests and tokens of a step.
  package enum Scheduler: String, CaseIterable, Sendable {
    /// vLLM's: parts of prompts beside decodes.
    case vllm
    /// SGLang's: prompts first.
    case sglang
    /// TensorRT-LLM's, without eviction.
    case trtllm
  }

  /// Whose rules choose requests and tokens of a step.
  package var scheduler = Scheduler.vllm
  /// The most tokens of a step; with SGLang where prompts are cut.
  package var tokensPerStep = 8_192
  /// The most requests that run; `nil` for no bound.
  package var mostRunning: Int?
  /// Tokens of the KV cache; `nil` for as many as are asked for.
  package var cacheTokens: Int?
  /// Whether a step is scheduled while the one before it runs; vLLM only.
  package var isAsynchronous = false
  /// The time of the host before a step.
  package var host = HostTime.none
  /// Requests of a client where the benchmark does not say how many there were in all.
  package var requestsPerClient = 10
  /// How far lengths lie from their mean, either way, as a share of it; all lengths between are as likely.
  package var spread = 0.0

  /// An engine of usual settings.
  package init() {}

  /// What the clients see.
  package struct Times: Sendable, Equatable {
    /// The mean time to the first token, in seconds.
    package let firstToken: Double
    /// The mean time of a token after the first, in seconds; 0 where answers have one token.
    package let perToken: Double
    /// Tokens of answers a second.
    package let outputRate: Double
  }

  /// What the clients of a row see under a law; `nil` where the engine can never answer them.
  ///
  /// - Complexity: O(steps in which a request begins or ends).
  package func times(of point: BenchmarkPoint, under law: EngineStepLaw) -> Times? {
    let running = mostRunning ?? 1 << 20
    switch scheduler {
    case .vllm:
      var settings = VLLMSettings()
      settings.maxBatchedTokens = tokensPerStep
      settings.maxSequences = running
      settings.blocks = (cacheTokens ?? 1 << 36) / settings.blockSize + 1
      settings.isAsynchronous = isAsynchronous
      return run(VLLMScheduler(settings: settings), law, point, settings.refusal)
    case .sglang:
      var settings = SGLangSettings()
      settings.chunkedPrefillSize = tokensPerStep
      settings.maxPrefillTokens = max(tokensPerStep, settings.maxPrefillTokens)
      settings.maxRunningRequests = running
      settings.maxTotalTokens = cacheTokens ?? 1 << 40
      settings.cachesPrefixes = false
      return run(SGLangScheduler(settings: settings), law, point, settings.refusal)
    case .trtllm:
      var settings = TensorRTSettings()
      settings.maxTokens = tokensPerStep
      settings.maxBatchSize = running
      settings.blocks = (cacheTokens ?? 1 << 36) / settings.blockSize
      return run(TensorRTScheduler(settings: settings), law, point, settings.refusal)
    }
  }

  private func run(
    _ scheduler: some TokenScheduler, _ law: EngineStepLaw, _ point: BenchmarkPoint,
    _ refusal: (_ promptTokens: Int, _ outputTokens: Int) -> String?
  ) -> Times? {
    let count = max(point.clients, point.requests ?? point.clients * requestsPerClient)
    var replica = TokenReplica(scheduler: scheduler, law: law, host: host)
    let lengths = RandomStream(seed: 0, replication: 0, purpose: .requestLengths, entity: 0)
    var began = [Int64](repeating: 0, count: count)
    var first = began
    // The scheduler gives numbers anew, so that each has the request that holds it now.
    var holder: [Int] = []
    var outputs = [Int](repeating: 1, count: count)
    var (asked, done, end, answered) = (0, 0, Int64(0), 0)
    var (firstSum, tokenSum, gapped) = (0.0, 0.0, 0)
    func ask(_ time: Int64) -> Bool {
      var draw = lengths.draws(of: UInt64(asked))
      let sizes = [point.prompt, point.output].map { mean in
        let factor = spread > 0 ? 1 + spread * (2 * draw.nextUniform() - 1) : 1
        return max(1, Int((mean * factor).rounded()))
      }
      guard refusal(sizes[0], sizes[1]) == nil else { return false }
      let slot = replica.add(
        TokenRequest(id: asked, arrival: time, promptTokens: sizes[0], outputTokens: sizes[1]),
        at: time)
      while holder.count <= slot { holder.append(0) }
      holder[slot] = asked
      began[asked] = time
      outputs[asked] = sizes[1]
      asked += 1
      return true
    }
    while asked < min(point.clients, count) { guard ask(0) else { return nil } }
    while done < count {
      guard !replica.isStuck, replica.nextTime < .max else { return nil }
      replica.step()
      let news = replica.outcomes
      replica.outcomes.removeAll(keepingCapacity: true)
      var free = 0
      for outcome in news {
        let request = holder[outcome.slot]
        if outcome.kind == .firstToken {
          first[request] = outcome.time
          firstSum += Double(outcome.time - began[request]) / 1e9
        } else if outcome.kind == .completed {
          done += 1
          end = outcome.time
          answered += outputs[request]
          if outputs[request] > 1 {
            gapped += 1
            tokenSum += Double(end - first[request]) / 1e9 / Double(outputs[request] - 1)
          }
          free += 1
        }
      }
      while free > 0, asked < count {
        guard ask(end) else { return nil }
        free -= 1
      }
    }
    return Times(
      firstToken: firstSum / Double(count), perToken: gapped > 0 ? tokenSum / Double(gapped) : 0,
      outputRate: end > 0 ? Double(answered) / (Double(end) / 1e9) : 0)
  }
}
