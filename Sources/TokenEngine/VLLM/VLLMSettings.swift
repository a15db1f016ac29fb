// SPDX-License-Identifier: Apache-2.0

/// The settings of vLLM's scheduler, under the names of its engine arguments.
///
/// Source: the vLLM project, package `vllm` 0.33.0 (2026), `v1/core/sched/scheduler.py`, `config/scheduler.py`.
public struct VLLMSettings: Equatable, Sendable {
  /// Who goes first.
  public enum Policy: String, CaseIterable, Sendable {
    /// Requests in the order of their arrival.
    case fcfs
    /// Requests of a lower priority number first, then in the order of their arrival.
    case priority
  }

  /// Who goes first.
  public var policy = Policy.fcfs
  /// The most tokens of one step.
  public var maxBatchedTokens = 2_048
  /// The most tokens that are scheduled in one step; `nil` as many as may be batched.
  public var maxScheduledTokens: Int?
  /// The most requests that run.
  public var maxSequences = 128
  /// The most requests that run where it differs from `maxSequences`.
  public var maxActiveSequences: Int?
  /// Tokens of a KV block.
  public var blockSize = 16
  /// KV blocks; one of them is never used, as in vLLM.
  public var blocks = 20_000
  /// The share of blocks that an admission leaves free while others run.
  public var watermark = 0.0
  /// Whether all known tokens of a request have to fit before it is admitted.
  public var reservesWholePrompt = true
  /// Whether a prompt may be computed in several steps.
  public var chunksPrompts = true
  /// The most tokens of one prompt in one step while others are there; 0 for no such bound.
  public var longPromptThreshold = 0
  /// Whether that bound grows to an even part of the step where few requests are there.
  public var adaptsLongPromptThreshold = false
  /// Steps from one with prefill to the next while requests decode; 1 for no such pause.
  public var prefillInterval = 1
  /// Whether equal beginnings of prompts share their KV blocks.
  public var cachesPrefixes = false
  /// Whether a step is scheduled while the one before it runs.
  public var isAsynchronous = false

  /// The settings of an engine that was told nothing.
  public init() {}

  /// The blocks that requests can hold.
  public var usableBlocks: Int { blocks - 1 }

  /// The most requests that run.
  @inlinable var runningLimit: Int { maxActiveSequences ?? maxSequences }

  /// The most tokens of one step.
  var tokenBudget: Int { maxScheduledTokens ?? maxBatchedTokens }

  /// Blocks that an admission leaves free.
  var watermarkBlocks: Int { Int((watermark * Double(blocks)).rounded(.down)) }

  /// Why an engine of those settings can never answer a request; `nil` where it can.
  ///
  /// The last token of an answer needs no block: nobody reads its keys and values.
  public func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    if promptTokens + outputTokens > Int(Int32.max) {
      return
        "\(promptTokens + outputTokens) tokens are more than the scheduler counts, \(Int32.max)"
    }
    let needed = (promptTokens + outputTokens - 1 + blockSize - 1) / blockSize
    if needed > usableBlocks {
      return "\(promptTokens + outputTokens) tokens need \(needed) blocks of \(blockSize) tokens, "
        + "and the engine has \(usableBlocks)"
    }
    if !chunksPrompts && promptTokens > tokenBudget {
      return
        "\(promptTokens) tokens of prompt do not fit in a step of \(tokenBudget) tokens, and prompts are not "
        + "chunked"
    }
    return nil
  }
}
