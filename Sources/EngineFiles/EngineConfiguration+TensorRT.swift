// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

extension EngineConfiguration {
  /// TensorRT-LLM's scheduler and its surroundings.
  package struct TensorRT: Sendable {
    /// The scheduler's settings.
    package let settings: TensorRTSettings
    /// The time of a step.
    package let law: AffineStepLaw
    /// The most tokens of a prompt and its answer.
    package let maxModelLength: Int?

    /// Reads it.
    init(_ reader: inout SettingsReader) {
      var settings = TensorRTSettings()
      let capacities = TensorRTSettings.Capacity.allCases.map(\.rawValue)
      let chunkings = TensorRTSettings.Chunking.allCases.map(\.rawValue)
      settings.capacity =
        reader.choice("capacity_scheduler_policy", of: capacities)
        .flatMap { .init(rawValue: $0) } ?? .guaranteedNoEvict
      settings.maxBatchSize = reader.count("max_batch_size", upTo: 1 << 20, isRequired: true) ?? 1
      settings.maxTokens = reader.count("max_num_tokens", isRequired: true) ?? 1
      settings.blockSize = reader.count("tokens_per_block", upTo: 1 << 20) ?? 32
      settings.blocks = reader.count("num_blocks", upTo: 1 << 40, isRequired: true) ?? 1
      let chunking = reader.choice("context_chunking_policy", of: chunkings)
        .flatMap { TensorRTSettings.Chunking(rawValue: $0) }
      let isChunked = reader.flag("enable_chunked_prefill", isRequired: true) ?? false
      settings.chunking = isChunked ? chunking ?? .firstComeFirstServed : nil
      settings.chunkUnit = reader.count("chunk_unit_size") ?? settings.blockSize
      settings.looksTwoStepsAhead = reader.flag("two_step_lookahead") ?? false
      if reader.flag("enable_block_reuse", isRequired: true) == true {
        reader.refuse("enable_block_reuse true, which is not modelled")
      }
      maxModelLength = reader.count("max_seq_len")
      reader.ignore("tensorrt_llm_version")
      law = reader.law("step_law_ns")
      self.settings = settings
      if let problem = settings.problem { reader.refuse(problem) }
    }
  }
}
