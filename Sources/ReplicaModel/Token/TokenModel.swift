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

  /// An engine without requests.
  func makeEngine() -> any TokenServing { rules.makeEngine(law, host, tellsGaps: true) }
}

extension TokenModel.Rules {
  /// An engine without requests.
  func makeEngine(
    _ law: EngineStepLaw, _ host: HostTime, tellsGaps: Bool = false
  ) -> any TokenServing {
    switch self {
    case .vllm(let settings):
      TokenReplica(
        scheduler: VLLMScheduler(settings: settings), law: law, host: host, tellsGaps: tellsGaps)
    case .sglang(let settings):
      TokenReplica(
        scheduler: SGLangScheduler(settings: settings), law: law, host: host, tellsGaps: tellsGaps)
    case .tensorRT(let settings):
      TokenReplica(
        scheduler: TensorRTScheduler(settings: settings), law: law, host: host, tellsGaps: tellsGaps
      )
    case .promptReserving(let settings):
      TokenReplica(
        scheduler: PromptReservingScheduler(settings: settings), law: law, host: host,
        tellsGaps: tellsGaps)
    }
  }

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

/// A replica of a token engine, whichever its scheduler is.
protocol TokenServing {
  /// What happened since it was taken out last.
  var outcomes: ContiguousArray<TokenOutcome> { get set }
  /// Gaps between tokens since they were taken out last.
  var gaps: ContiguousArray<GapRow> { get set }
  /// When something happens next, in nanoseconds; `.max` where nothing does.
  var nextTime: Int64 { get }
  /// Whether nothing can be scheduled although requests are there.
  var isStuck: Bool { get }
  /// Requests that run.
  var runningCount: Int { get }
  /// Requests that wait.
  var waitingCount: Int { get }
  /// KV blocks that can be had.
  var freeBlocks: Int { get }
  /// What does not add up; `nil` where all does.
  var conservation: String? { get }
  /// Steps that were made, and those of them for which the law has no measurement.
  var steps: Int { get }
  var stepsOutsideMeasurements: Int { get }

  /// Adds a request.
  mutating func add(_ request: TokenRequest, at instant: Int64) -> Int
  /// Ends a request before it is completed.
  mutating func cancel(_ slot: Int, at instant: Int64) -> RequestProgress
  /// Does what happens next.
  mutating func step()
  /// How far a request is.
  func progress(of slot: Int) -> RequestProgress
}

extension TokenReplica: TokenServing {
  var runningCount: Int { scheduler.runningCount }
  var waitingCount: Int { scheduler.waitingCount }
  var freeBlocks: Int { scheduler.freeBlocks }
  var conservation: String? { scheduler.conservation }
  func progress(of slot: Int) -> RequestProgress { scheduler.progress(of: slot) }
}
