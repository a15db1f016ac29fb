// SPDX-License-Identifier: Apache-2.0

/// The settings of TensorRT-LLM's scheduler, under the names of its arguments.
///
/// Not built:
/// - reuse of blocks: every prompt is computed in full (`enable_block_reuse` false), so that nobody waits for a beginning
///   that another request computes, and reused tokens are never free;
/// - the policies `STATIC_BATCH` and `FORCE_CHUNK`;
/// - `gen_preemption`, `context_scheduling_policy` and `context_starvation_iterations` of 1.4.0;
/// - the waits `batch_wait_timeout_iters` and `batch_wait_max_tokens_ratio`;
/// - the overlap scheduler (a step is scheduled when the last one has its result), parallel ranks that agree;
/// - beams, draft tokens, LoRA, encoders, attention windows, disaggregated serving.
///
/// Source: the TensorRT-LLM project, NVIDIA/TensorRT-LLM commit 002f3cc (2026),
/// `tensorrt_llm/_torch/pyexecutor/scheduler/scheduler.py` (classes `GuaranteedNoEvictPolicy`, `MaxUtilizationPolicy`,
/// `PyMicroBatchScheduler`), `cpp/tensorrt_llm/batch_manager/kvCacheManager.cpp` (`getRemainingBlocksToCompletion`,
/// `getNeededBlocksOneStep`).
public struct TensorRTSettings: Equatable, Sendable {
  /// Which requests may hold blocks (`capacity_scheduler_policy`).
  public enum Capacity: String, CaseIterable, Sendable {
    /// A request starts when its blocks to completion are free; nobody is paused.
    case guaranteedNoEvict = "GUARANTEED_NO_EVICT"
    /// A request starts when its prompt fits; the last that started is paused when blocks run out.
    case maxUtilization = "MAX_UTILIZATION"
  }

  /// How prompts share the tokens of a step that are too few for them (`context_chunking_policy`).
  public enum Chunking: String, CaseIterable, Sendable {
    /// Each takes what is left, in order.
    case firstComeFirstServed = "FIRST_COME_FIRST_SERVED"
    /// Each takes one unit in turn.
    case equalProgress = "EQUAL_PROGRESS"
  }

  /// Which requests may hold blocks (`capacity_scheduler_policy`).
  public var capacity = Capacity.guaranteedNoEvict
  /// The most requests that the engine looks at, and the most of a step (`max_batch_size`).
  public var maxBatchSize = 2_048
  /// The most tokens of a step (`max_num_tokens`).
  public var maxTokens = 8_192
  /// How prompts are cut; `nil` where they are not (`enable_chunked_context` false).
  public var chunking: Chunking? = .firstComeFirstServed
  /// Cut prompts get multiples of this; by itself TensorRT-LLM takes the tokens of a block (`chunk_unit_size`).
  public var chunkUnit = 32
  /// Tokens of a KV block (`tokens_per_block`).
  public var blockSize = 32
  /// KV blocks (`num_blocks`).
  public var blocks = 5_000
  /// Whether `MAX_UTILIZATION` asks for the blocks of two steps of a request that decodes (`two_step_lookahead`).
  public var looksTwoStepsAhead = false

  /// The settings of an engine that was told nothing.
  public init() {}

  /// Why an engine of those settings cannot run at all; `nil` where it can.
  public var problem: String? {
    if min(maxBatchSize, maxTokens, blockSize, blocks) < 1 {
      return "an engine has room for a token"
    }
    if chunking != nil, chunkUnit < 1 || chunkUnit > maxTokens {
      return "a unit of \(chunkUnit) tokens does not fit in a step of \(maxTokens)"
    }
    return nil
  }

  /// Why an engine of those settings can never answer a request; `nil` where it can.
  ///
  /// The last token of an answer is counted: TensorRT-LLM reserves a place for it. Without chunks a paused request
  /// computes its prompt and its answer so far in one step.
  public func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    let all = promptTokens + outputTokens
    let needed = (all + blockSize - 1) / blockSize
    if needed > blocks {
      return
        "\(all) tokens need \(needed) blocks of \(blockSize) tokens, and the engine has \(blocks)"
    }
    let atOnce = capacity == .maxUtilization ? all - 1 : promptTokens
    if chunking == nil && atOnce > maxTokens {
      return
        "\(atOnce) tokens do not fit in a step of \(maxTokens) tokens, and prompts are not chunked"
    }
    return nil
  }
}
