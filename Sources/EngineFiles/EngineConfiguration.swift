// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import TokenEngine

/// What an engine that is driven from a list of requests is told: the content of a `config.json`.
package enum EngineConfiguration: Sendable {
  /// vLLM's scheduler under an affine step law.
  case vllm(VLLM)
  /// SGLang's scheduler under an affine step law.
  case sglang(SGLang)
  /// TensorRT-LLM's scheduler under an affine step law.
  case tensorRT(TensorRT)
  /// A scheduler that takes blocks for whole prompts, under measured tables.
  case promptReserving(PromptReserving)

  /// vLLM's scheduler and its surroundings.
  package struct VLLM: Sendable {
    /// The scheduler's settings.
    package var settings = VLLMSettings()
    /// The time of a step.
    package var law: AffineStepLaw
    /// The most tokens of a prompt and its answer.
    package var maxModelLength: Int?
  }

  /// A scheduler that takes blocks for whole prompts, and its surroundings.
  package struct PromptReserving: Sendable {
    /// The scheduler's settings.
    package let settings: PromptReservingSettings
    /// How many replicas there are.
    package let replicas: Int
    /// The name of the router.
    package let router: String
    /// The folder of the tables, from the configuration's own.
    package let surface: String
    /// Layers of the model that the tables tell one of.
    package let layers: Int
    /// Whether times are whole nanoseconds, and not seconds in floating point.
    package let isInteger: Bool
  }

  /// Reads a configuration.
  ///
  /// - Throws: everything that is wrong with it, each with its place.
  package init(_ bytes: [UInt8]) throws(TraceErrors) {
    let file = try JSONFile(bytes)
    let root = file.roots[0]
    guard file.roots.count == 1, root.members != nil else {
      throw file.failure(root, allowed: "one object with the settings of an engine")
    }
    var reader = SettingsReader(file, root)
    let names = ["vllm", "sglang", "trtllm", "sarathi", "vllm-0"]
    let name = reader.choice("scheduler", of: names) ?? "vllm"
    switch name {
    case "vllm": self = .vllm(Self.vllm(&reader))
    case "sglang": self = .sglang(SGLang(&reader))
    case "trtllm": self = .tensorRT(TensorRT(&reader))
    default: self = .promptReserving(Self.promptReserving(&reader, name))
    }
    try reader.finish()
  }

  private static func vllm(_ reader: inout SettingsReader) -> VLLM {
    var settings = VLLMSettings()
    let policies = VLLMSettings.Policy.allCases
    settings.policy =
      reader.choice("policy", of: policies.map(\.rawValue)).flatMap { .init(rawValue: $0) } ?? .fcfs
    settings.maxBatchedTokens = reader.count("max_num_batched_tokens", isRequired: true) ?? 1
    settings.maxScheduledTokens = reader.count("max_num_scheduled_tokens")
    settings.maxSequences = reader.count("max_num_seqs", upTo: 1 << 20, isRequired: true) ?? 1
    settings.maxActiveSequences = reader.count("max_num_active_seqs", upTo: 1 << 20)
    settings.blockSize = reader.count("block_size", upTo: 1 << 20) ?? 16
    settings.cachesPrefixes = reader.flag("enable_prefix_caching", isRequired: true) ?? false
    settings.blocks =
      reader.count(
        "num_blocks", from: 2, upTo: settings.cachesPrefixes ? 1 << 22 : 1 << 40, isRequired: true)
      ?? 2
    settings.watermark = reader.share("watermark") ?? 0
    settings.reservesWholePrompt = reader.flag("scheduler_reserve_full_isl") ?? true
    settings.chunksPrompts = reader.flag("enable_chunked_prefill") ?? true
    settings.longPromptThreshold = reader.count("long_prefill_token_threshold", from: 0) ?? 0
    settings.adaptsLongPromptThreshold =
      reader.flag("long_prefill_token_threshold_adaptive") ?? false
    settings.prefillInterval = reader.count("prefill_schedule_interval", upTo: 1 << 40) ?? 1
    settings.isAsynchronous = reader.flag("async_scheduling", isRequired: true) ?? false
    let length = reader.count("max_model_len")
    reader.ignore("vllm_version")
    let law = reader.law("step_law_ns")
    return VLLM(settings: settings, law: law, maxModelLength: length)
  }

  private static func promptReserving(
    _ reader: inout SettingsReader, _ name: String
  ) -> PromptReserving {
    let kind: PromptReservingSettings.Kind
    // The other kind's size of a step may stand beside; it has no effect there and is only checked.
    let chunk = reader.count("chunk", isRequired: name == "sarathi") ?? 1
    let most = reader.count("max_num_batched_tokens", isRequired: name == "vllm-0") ?? 1
    kind = name == "sarathi" ? .sarathi(chunk: chunk) : .vllm0(maxBatchedTokens: most)
    let settings = PromptReservingSettings(
      kind: kind, maxSequences: reader.count("max_num_seqs", upTo: 1 << 20, isRequired: true) ?? 1,
      blockSize: reader.count("block_size", upTo: 1 << 20) ?? 16,
      blocks: reader.count("num_blocks", upTo: 1 << 40, isRequired: true) ?? 1,
      watermark: reader.share("watermark") ?? 0.01)
    let routers = ["round_robin", "lor"]
    return PromptReserving(
      settings: settings, replicas: reader.count("replicas", upTo: 10_000) ?? 1,
      router: reader.choice("router", of: routers) ?? routers[0],
      surface: reader.text("surface") ?? "", layers: reader.count("layers", upTo: 10_000) ?? 28,
      isInteger: reader.choice("arithmetic", of: ["double", "integer"]) == "integer")
  }
}
