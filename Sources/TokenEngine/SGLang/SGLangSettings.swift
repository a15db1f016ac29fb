// SPDX-License-Identifier: Apache-2.0

/// The settings of SGLang's scheduler, under the names of its server arguments.
///
/// Not built:
/// - the waiting orders `dfs-weight`, `hrrn`, `random` and `routing-key`, priorities and preemption by priority;
/// - eviction other than least recently used, and eviction of several pages at once where they form one node of the tree;
/// - the overlap scheduler (the next batch is scheduled when the last one has its result), data and pipeline parallelism;
/// - `prefill_decode_interval`, `prefill_max_requests`, the prefill delayer, dynamic chunk sizes;
/// - `ignore_eos` without a radix cache, where SGLang simulates all ends (`add_one_req_ignore_eos`);
/// - hierarchical caches, sliding windows, state-space models, LoRA, speculation, grammars, sessions;
/// - shared beginnings shorter than a page: two requests share whole pages only, also when SGLang would compare tokens.
///
/// Source: the SGLang project, package `sglang` 0.5.23 (2026), `managers/scheduler.py`, `managers/schedule_policy.py`,
/// `managers/schedule_batch.py`, `mem_cache/prefill_budget.py`, `arg_groups/fields/schedule.py`.
public struct SGLangSettings: Equatable, Sendable {
  /// In which order waiting requests are tried (`schedule_policy`).
  public enum Policy: String, CaseIterable, Sendable {
    /// As they came; a retracted request comes again.
    case fcfs
    /// Longest cached beginning first; as they came while more than 128 wait or without a radix cache.
    case lpm
    /// Longest answer first.
    case lof
    /// Fewest uncached tokens first.
    case shortestPrefillFirst = "shortest-prefill-first"
  }

  /// In which order waiting requests are tried (`schedule_policy`).
  public var policy = Policy.fcfs
  /// The most requests that run (`max_running_requests`).
  public var maxRunningRequests = 256
  /// Tokens of the KV pool (`max_total_tokens`).
  public var maxTotalTokens = 320_000
  /// Tokens of a page of the pool (`page_size`).
  public var pageSize = 1
  /// The most tokens of a prefill batch (`max_prefill_tokens`).
  ///
  /// The last request that starts below the bound may exceed it.
  public var maxPrefillTokens = 16_384
  /// The most tokens of a prefill batch before a prompt is cut (`chunked_prefill_size`); `nil` for no cuts.
  public var chunkedPrefillSize: Int? = 8_192
  /// Whether a prefill batch takes the decodes along, where prompts are cut (`enable_mixed_chunk`).
  public var mixesChunks = false
  /// Scales the share of future tokens that admission reserves (`schedule_conservativeness`).
  public var conservativeness = 1.0
  /// Whether equal beginnings share pages (not `disable_radix_cache`).
  public var cachesPrefixes = true
  /// Whether requests are known to reach their last token (`ignore_eos`): admission reserves all of their tokens.
  public var ignoresEndOfAnswer = false

  /// The settings of an engine that was told nothing.
  public init() {}

  /// Whether a prefill batch takes the decodes along.
  var isMixed: Bool { mixesChunks && chunkedPrefillSize != nil }

  /// Pages of the KV pool.
  public var pages: Int { maxTotalTokens / pageSize }

  /// What SGLang takes by itself on a GPU.
  public struct Defaults: Equatable, Sendable {
    /// `chunked_prefill_size`.
    public let chunkedPrefillSize: Int
    /// The largest batch of decodes that is captured as a CUDA graph (`cuda_graph_max_bs`).
    public let maxGraphBatch: Int
  }

  /// What SGLang takes by itself on a GPU of that memory (`arg_groups/memory_hook.py:88–170`).
  ///
  /// - Parameters:
  ///   - mebibytes: memory of one GPU.
  ///   - tensorParallel: GPUs that share a model (`tp_size`).
  public static func defaults(mebibytes: Int, tensorParallel: Int = 1) -> Defaults {
    let isWide = tensorParallel >= 4
    return switch mebibytes / 1_024 {
    case ..<20: Defaults(chunkedPrefillSize: 2_048, maxGraphBatch: 8)
    case ..<35: Defaults(chunkedPrefillSize: 4_096, maxGraphBatch: isWide ? 160 : 48)
    case ..<60: Defaults(chunkedPrefillSize: 4_096, maxGraphBatch: isWide ? 160 : 32)
    case ..<160: Defaults(chunkedPrefillSize: 8_192, maxGraphBatch: isWide ? 512 : 256)
    default: Defaults(chunkedPrefillSize: 16_384, maxGraphBatch: 512)
    }
  }

  /// Why an engine of those settings cannot run at all; `nil` where it can.
  public var problem: String? {
    if maxRunningRequests < 1 || pageSize < 1 || pages < 1 || maxPrefillTokens < 1 {
      return "an engine has room for a token"
    }
    if let chunk = chunkedPrefillSize, chunk < 1 || chunk % pageSize != 0 {
      return "chunked_prefill_size \(chunk) is no multiple of page_size \(pageSize)"
    }
    if !(conservativeness >= 0 && conservativeness.isFinite) {
      return "schedule_conservativeness is negative"
    }
    if !cachesPrefixes && policy == .shortestPrefillFirst {
      return "shortest-prefill-first needs a radix cache"
    }
    if !cachesPrefixes && ignoresEndOfAnswer {
      return "ignore_eos without a radix cache is not modelled"
    }
    return nil
  }

  /// Why an engine of those settings can never answer a request; `nil` where it can.
  ///
  /// Admission wants room for prompt, answer and one more page, and more than that in total, also after a retraction.
  public func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    let needed = promptTokens + outputTokens + pageSize
    guard needed >= pages * pageSize else { return nil }
    return "\(promptTokens + outputTokens) tokens and a page of \(pageSize) need \(needed) tokens, "
      + "and the engine admits less than \(pages * pageSize)"
  }
}
