// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import TokenEngine

/// How a replica serves by continuous batching: a scheduler, the time of its steps, and what that comes to.
package struct TokenModel: Sendable, Equatable {
  /// Which engine's rules decide who gets how many tokens in a step.
  package enum Rules: Sendable, Equatable {
    /// vLLM's.
    case vllm(VLLMSettings)
    /// SGLang's.
    case sglang(SGLangSettings)
    /// TensorRT-LLM's.
    case tensorRT(TensorRTSettings)
    /// Those of Sarathi or of the first vLLM.
    case promptReserving(PromptReservingSettings)
  }

  /// What its author calls it; models of one name in a scenario are the same.
  package let name: String
  /// The rules of its scheduler.
  package let rules: Rules
  /// How long a step takes.
  package let law: EngineStepLaw
  /// The time of the host between steps.
  package let host: HostTime
  /// What a replica comes to with requests of the scenario.
  package let capacity: TokenCapacity

  /// A model of those values, on which a sample of requests is tried.
  ///
  /// - Parameters:
  ///   - lengths: those of prompts and answers as the scenario has them, in tokens, at least one each way.
  ///   - systemPrompts: what prompts begin with; `nil` where they share nothing.
  /// - Complexity: O(steps of a run of six times as many requests as run at once, or so).
  package init(
    name: String, rules: Rules, law: EngineStepLaw, host: HostTime,
    lengths: [(prompt: Int, output: Int)], systemPrompts: SystemPrompts? = nil
  ) {
    self.name = name
    self.rules = rules
    self.law = law
    self.host = host
    let stream = RandomStream(seed: 0, replication: 0, purpose: .systemPrompts, entity: 0)
    let count = lengths.isEmpty ? 0 : min(8_192, max(1_024, 6 * rules.mostRunning))
    let sample = (0..<count).map { number in
      let (prompt, output) = lengths[number % lengths.count]
      var blocks = BlockChain()
      if rules.cachesPrefixes {
        blocks = (systemPrompts ?? .none).blocks(
          of: UInt64(number), prompt: prompt, tokens: prompt + output, blockSize: rules.blockSize,
          from: stream)
      }
      return TokenRequest(
        id: number, arrival: 0, promptTokens: prompt, outputTokens: output, blocks: blocks)
    }
    capacity = TokenCapacity(of: rules, law: law, host: host, sample: sample)
  }

  /// Models of one scenario are the same where they have one name.
  package static func == (left: TokenModel, right: TokenModel) -> Bool {
    left.name == right.name && left.rules == right.rules && left.host == right.host
      && left.capacity == right.capacity
  }
}

extension TokenModel.Rules {
  /// Why an engine of those rules can never answer a request; `nil` where it can.
  package func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    switch self {
    case .vllm(let settings):
      settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
    case .sglang(let settings):
      settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
    case .tensorRT(let settings):
      settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
    case .promptReserving(let settings):
      settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
    }
  }

  /// The most tokens each way with which no request is refused by an engine of those rules.
  ///
  /// - Complexity: O(1): a bisection over the numbers of a machine word of half the width.
  var safeTokens: Int {
    var (most, refused) = (0, Int(Int32.max))
    while refused - most > 1 {
      let middle = (most + refused) / 2
      if refusal(promptTokens: middle, outputTokens: middle) == nil {
        most = middle
      } else {
        refused = middle
      }
    }
    return most
  }

  /// KV blocks that requests can hold.
  package var blocks: Int {
    switch self {
    case .vllm(let settings): settings.usableBlocks
    case .sglang(let settings): settings.pages
    case .tensorRT(let settings): settings.blocks
    case .promptReserving(let settings): settings.blocks
    }
  }

  /// Tokens of a KV block.
  package var blockSize: Int {
    switch self {
    case .vllm(let settings): settings.blockSize
    case .sglang(let settings): settings.pageSize
    case .tensorRT(let settings): settings.blockSize
    case .promptReserving(let settings): settings.blockSize
    }
  }

  /// Whether equal beginnings of prompts share their blocks.
  package var cachesPrefixes: Bool {
    switch self {
    case .vllm(let settings): settings.cachesPrefixes
    case .sglang(let settings): settings.cachesPrefixes
    case .tensorRT, .promptReserving: false
    }
  }

  /// The most requests that run at once.
  package var mostRunning: Int {
    switch self {
    case .vllm(let settings): settings.maxActiveSequences ?? settings.maxSequences
    case .sglang(let settings): settings.maxRunningRequests
    case .tensorRT(let settings): settings.maxBatchSize
    case .promptReserving(let settings): settings.maxSequences
    }
  }
}
