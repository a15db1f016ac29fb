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
  /// The most tokens of a prompt and its answer that the model takes; `nil` for any.
  package let context: Int?
  /// What a replica comes to with requests of the scenario.
  package let capacity: TokenCapacity

  /// A model of those values, on which a sample of requests is tried.
  ///
  /// - Parameters:
  ///   - requests: with their lengths as the scenario has them, in tokens, at least one each way.
  ///   - prompts: what prompts share.
  ///   - context: the most tokens of a prompt and its answer; `nil` for any.
  /// - Complexity: O(steps of a run of six times as many requests as run at once, or so).
  package init(
    name: String, rules: Rules, law: EngineStepLaw, host: HostTime,
    requests: [(number: UInt64, prompt: Int, output: Int)], prompts: PromptBlocks = PromptBlocks(),
    context: Int? = nil
  ) {
    self.name = name
    self.context = context
    self.rules = rules
    self.law = law
    self.host = host
    let stream = RandomStream(seed: 0, replication: 0, purpose: .systemPrompts, entity: 0)
    let sample = requests.prefix(Self.sampleSize(rules)).enumerated().map { place, request in
      let (number, prompt, output) = request
      var blocks = BlockChain()
      if rules.cachesPrefixes {
        blocks = prompts.chain(
          of: number, prompt: prompt, tokens: prompt + output, blockSize: rules.blockSize,
          from: stream)
      }
      return TokenRequest(
        id: place, arrival: 0, promptTokens: prompt, outputTokens: output, blocks: blocks)
    }
    let able = sample.filter {
      Self.refusal(
        rules, context, promptTokens: $0.promptTokens, outputTokens: $0.outputTokens) == nil
    }
    capacity = TokenCapacity(
      of: rules, law: law, host: host, sample: able, refused: sample.count - able.count)
  }

  /// The same with requests of lengths that come again and again.
  package init(
    name: String, rules: Rules, law: EngineStepLaw, host: HostTime,
    lengths: [(prompt: Int, output: Int)]
  ) {
    let count = lengths.isEmpty ? 0 : Self.sampleSize(rules)
    self.init(
      name: name, rules: rules, law: law, host: host,
      requests: (0..<count).map { number in
        let (prompt, output) = lengths[number % lengths.count]
        return (UInt64(number), prompt, output)
      })
  }

  /// The same engine, as it does with other requests.
  package func measured(
    with requests: [(number: UInt64, prompt: Int, output: Int)], prompts: PromptBlocks
  ) -> TokenModel {
    TokenModel(
      name: name, rules: rules, law: law, host: host, requests: requests, prompts: prompts,
      context: context)
  }

  /// How many requests tell what an engine comes to.
  package static func sampleSize(_ rules: Rules) -> Int {
    min(8_192, max(1_024, 6 * rules.mostRunning))
  }

  /// Why a replica can never answer a request; `nil` where it can.
  package func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    Self.refusal(rules, context, promptTokens: promptTokens, outputTokens: outputTokens)
  }

  private static func refusal(
    _ rules: Rules, _ context: Int?, promptTokens: Int, outputTokens: Int
  ) -> String? {
    if let context, promptTokens + outputTokens > context {
      return
        "\(promptTokens) tokens of prompt and \(outputTokens) of answer are more than the model's context of \(context)"
    }
    return rules.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
  }

  /// Models of one scenario are the same where they have one name.
  package static func == (left: TokenModel, right: TokenModel) -> Bool {
    left.name == right.name && left.rules == right.rules && left.host == right.host
      && left.context == right.context && left.capacity == right.capacity
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

  /// Whether a request goes first by its priority.
  package var goesByPriority: Bool {
    if case .vllm(let settings) = self { settings.policy == .priority } else { false }
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
