// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// The keys of `models.MODEL.on.TYPE.engine`, under the names of the engines' own arguments.
extension KeyTable {
  static let engine: [KeyDefinition] = common + vllm + sglang + tensorRT + older

  private static let common: [KeyDefinition] = [
    .may(
      "scheduler", .words(schedulers), or: "`vllm`",
      "whose rules choose requests and tokens of a step"),
    .may(
      "step",
      .mapping([
        .may("affine", .mapping(affine), "a sum of times for what a step has in it"),
        .may(
          "roofline", .mapping(roofline), "what the sheet of a device and a model's card make of it"
        ),
        .may(
          "surface", .file,
          "a folder with measured tables of one layer ([their format](Engines.md#step-laws))",
          as: "h100-llama-3.1-8b"),
        .may(
          "layers", .count(1...10_000), or: "required with `surface`", "how many layers there are",
          as: "32"),
      ]), or: "[the catalogue](Catalogue.md)",
      "how long a step takes: one law; required where the catalogue does not have model and machine",
      as:
        "{ affine: { fixed: 14ms, sequence: 25us, context_token: 61.1ns, prefill_token: 25.5us } }"),
    .may(
      "tensor_parallel", .count(1...1_024), or: "devices ÷ replicas of the machine",
      "without `step`: devices that share a replica", as: "4"),
    .may(
      "version", .text, or: "the newest known",
      "with `vllm` and `sglang` on a machine of the catalogue: whose defaults hold", as: "0.10.0"),
    .may(
      "host",
      .mapping([
        .must(
          "step", .quantity(.stepTime("60s")), "the scheduler's own time before each step",
          as: "2ms"),
        .may(
          "sequence", .quantity(.stepTime("1s")), or: "0s", "the same for each request that runs"),
      ]), "the time of the engine's host"),
    .may(
      "num_blocks", .count(1...1 << 30),
      or: "required unless `kv_memory` or the catalogue says it",
      "KV blocks, as the engine prints them at its start; not with `sglang`", as: "20_000"),
    .may(
      "kv_memory",
      .mapping([
        .must(
          "utilisation", .quantity(.share),
          "the share of a device's memory that the engine may use", as: "90%"),
        .must(
          "overhead", .quantity(.bytes), "what else a device holds: activations, graphs, context",
          as: "4GB"),
      ]), "in place of `num_blocks`, with a roofline: what the memory leaves for blocks"),
  ]

  /// The schedulers.
  static let schedulers = ["vllm", "sglang", "trtllm", "sarathi", "vllm-0"]

  // MARK: Step laws

  private static func time(_ name: String, _ most: String, _ meaning: String) -> KeyDefinition {
    .must(name, .quantity(.stepTime(most)), meaning)
  }

  private static let affine: [KeyDefinition] = [
    time("fixed", "60s", "for each step; above 0"),
    time("sequence", "1s", "for each request in it"),
    time("context_token", "1ms", "for each token whose keys and values are read"),
    time("prefill_token", "1s", "for each token of a prompt"),
  ]

  private static func size(_ name: String, from low: Int = 1, _ example: String) -> KeyDefinition {
    .must(name, .count(low...1_000_000), "as the model's card gives it", as: example)
  }

  private static let roofline: [KeyDefinition] = [
    .must("device", .mapping(device), "the device's sheet"),
    .must("model", .mapping(card), "the sizes of the model"),
    .may("tensor_parallel", .count(1...1_024), or: "1", "devices that share every matrix"),
    .must(
      "efficiency",
      .mapping([
        .must(
          "memory", .quantity(.share), "what is reached of the sheet's memory bandwidth", as: "85%"),
        .must("matrix", .quantity(.share), "what is reached of its operations a second", as: "70%"),
        .must("link", .quantity(.share), "what is reached of its links", as: "70%"),
      ]), "what is reached of the sheet's rates"),
    .may("layer", .quantity(.stepTime("1s")), or: "0s", "a fixed time of each layer", as: "12us"),
    .may("fixed", .quantity(.stepTime("60s")), or: "0s", "a fixed time of each step", as: "1ms"),
  ]

  private static let device: [KeyDefinition] = [
    .must("memory", .quantity(.bytes), "memory of one device", as: "80GB"),
    .must("memory_bandwidth", .quantity(.bandwidth), "from and to memory", as: "3350GB/s"),
    .must(
      "matrix_tflops", .number(0.001...1_000_000),
      "10^12 operations a second for the precision in use, without sparsity", as: "989"),
    .must(
      "link_bandwidth", .quantity(.bandwidth), "to the other devices, in one direction",
      as: "450GB/s"),
    .may(
      "link_latency", .quantity(.stepTime("1s")), or: "0s", "of an all-reduce that carries nothing",
      as: "5us"),
  ]

  private static let card: [KeyDefinition] = [
    size("layers", "32"), size("hidden", "4_096"), size("heads", "32"), size("kv_heads", "8"),
    size("head_width", "128"), size("feed_forward", from: 0, "14_336"),
    size("vocabulary", "128_256"),
    .must("weight_bytes", .number(0.125...8), "bytes of a weight: 2, 1 or 0.5", as: "2"),
    .may("kv_bytes", .number(0.125...8), or: "2", "bytes of a number of a key or value", as: "1"),
    .may("tied_embeddings", .flag, or: "false", "the head uses the matrix of the embedding"),
    .may(
      "experts",
      .mapping([
        .must("total", .count(1...1_000_000), "how many a layer has", as: "8"),
        .must("active", .count(1...1_000_000), "how many a token goes through", as: "2"),
        .must("width", .count(1...1_000_000), "their inner width", as: "14_336"),
      ]), "the experts of a layer"),
  ]

  // MARK: Schedulers

  private static let vllm: [KeyDefinition] = [
    .may(
      "policy", .words(VLLMSettings.Policy.allCases.map(\.rawValue)), or: "`fcfs`",
      "who goes first: the first to come, or the lowest of [`workload.priorities`](#workload) or of a trace's column "
        + "`priority`", in: "vllm"),
    .may(
      "max_num_seqs", .count(1...1 << 16), or: "required, or vLLM's on a machine of the catalogue",
      "the most requests that run", as: "256", in: "vllm"),
    .may(
      "max_num_batched_tokens", .count(1...1 << 30),
      or: "required, or vLLM's on a machine of the catalogue", "the most tokens of a step",
      as: "8_192", in: "vllm"),
    .may(
      "max_num_scheduled_tokens", .count(1...1 << 30), or: "`max_num_batched_tokens`",
      "the most tokens that are scheduled in a step", as: "4_096", in: "vllm"),
    .may(
      "max_num_active_seqs", .count(1...1 << 16), or: "`max_num_seqs`",
      "the most requests that run, where it differs", as: "128", in: "vllm"),
    .may(
      "block_size", .count(1...1 << 16), or: "16", "tokens of a KV block", as: "16", in: "vllm"),
    .may(
      "enable_prefix_caching", .flag, or: "true", "equal beginnings of prompts share their blocks",
      in: "vllm"),
    .may(
      "async_scheduling", .flag, or: "true", "a step is scheduled while the one before it runs",
      in: "vllm"),
    .may(
      "scheduler_reserve_full_isl", .flag, or: "true",
      "a request is admitted when all of its known tokens fit", in: "vllm"),
    .may(
      "enable_chunked_prefill", .flag, or: "true; required with `trtllm`",
      "a prompt may be computed in several steps", in: "vllm"),
    .may(
      "long_prefill_token_threshold", .count(0...1 << 30), or: "0",
      "the most tokens of one prompt in a step while others are there; 0: no bound", as: "2_048",
      in: "vllm"),
    .may(
      "long_prefill_token_threshold_adaptive", .flag, or: "false",
      "that bound grows where few requests are there", in: "vllm"),
    .may(
      "prefill_schedule_interval", .count(1...1 << 30), or: "1",
      "steps from one with prefill to the next while requests decode", in: "vllm"),
    .may(
      "watermark", .quantity(.share), or: "0%; 1% with `sarathi` and `vllm-0`",
      "blocks that an admission leaves free while others run", as: "1%", in: "vllm"),
  ]

  private static let sglang: [KeyDefinition] = [
    .may(
      "max_running_requests", .count(1...1 << 16), or: "required with `sglang`",
      "the most requests that run", as: "256", in: "sglang"),
    .may(
      "max_total_tokens", .count(1...1 << 24), or: "required with `sglang`",
      "tokens of the KV pool", as: "400_000", in: "sglang"),
    .may("page_size", .count(1...1 << 16), or: "1", "tokens of a page", in: "sglang"),
    .may(
      "max_prefill_tokens", .count(1...1 << 30), or: "16,384",
      "the most tokens of a prefill batch", as: "16_384", in: "sglang"),
    .may(
      "chunked_prefill_size", .count(1...1 << 30), or: "8,192", "where prompts are cut",
      as: "8_192", in: "sglang"),
    .may(
      "enable_mixed_chunk", .flag, or: "false", "a prefill batch takes decodes along", in: "sglang"),
    .may(
      "schedule_policy", .words(SGLangSettings.Policy.allCases.map(\.rawValue)), or: "`fcfs`",
      "the order of those who wait", in: "sglang"),
    .may(
      "schedule_conservativeness", .number(0...10), or: "1",
      "scales the share of future tokens that admission reserves", in: "sglang"),
    .may("disable_radix_cache", .flag, or: "false", "no shared beginnings", in: "sglang"),
  ]

  private static let tensorRT: [KeyDefinition] = [
    .may(
      "max_batch_size", .count(1...1 << 16), or: "required with `trtllm`",
      "the most requests of a step", as: "256", in: "trtllm"),
    .may(
      "max_num_tokens", .count(1...1 << 30), or: "required with `trtllm`",
      "the most tokens of a step", as: "8_192", in: "trtllm"),
    .may(
      "capacity_scheduler_policy", .words(TensorRTSettings.Capacity.allCases.map(\.rawValue)),
      or: "`GUARANTEED_NO_EVICT`", "who may hold blocks", in: "trtllm"),
    .may(
      "context_chunking_policy", .words(TensorRTSettings.Chunking.allCases.map(\.rawValue)),
      or: "`FIRST_COME_FIRST_SERVED`", "how prompts share a step", in: "trtllm"),
    .may(
      "tokens_per_block", .count(1...1 << 16), or: "32", "tokens of a KV block", as: "32",
      in: "trtllm"),
    .may(
      "chunk_unit_size", .count(1...1 << 30), or: "`tokens_per_block`",
      "parts of prompts are multiples of it", as: "64", in: "trtllm"),
    .may(
      "two_step_lookahead", .flag, or: "false",
      "`MAX_UTILIZATION` asks for the blocks of two steps", in: "trtllm"),
  ]

  private static let older: [KeyDefinition] = [
    .may(
      "chunk", .count(1...1 << 30), or: "required with `sarathi`", "the most tokens of a step",
      as: "512", in: "sarathi")
  ]
}
