// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

extension EngineConfiguration {
  /// SGLang's scheduler and its surroundings.
  package struct SGLang: Sendable {
    /// The scheduler's settings.
    package let settings: SGLangSettings
    /// The time of a step.
    package let law: AffineStepLaw
    /// The most tokens of a prompt and its answer.
    package let maxModelLength: Int?

    /// Reads it.
    init(_ reader: inout SettingsReader) {
      var settings = SGLangSettings()
      let policies = SGLangSettings.Policy.allCases.map(\.rawValue)
      settings.policy =
        reader.choice("schedule_policy", of: policies).flatMap { .init(rawValue: $0) } ?? .fcfs
      settings.maxRunningRequests =
        reader.count("max_running_requests", upTo: 1 << 20, isRequired: true) ?? 1
      settings.cachesPrefixes = !(reader.flag("disable_radix_cache", isRequired: true) ?? true)
      settings.pageSize = reader.count("page_size", upTo: 1 << 18) ?? 1
      settings.maxTotalTokens =
        reader.count(
          "max_total_tokens", from: settings.pageSize,
          upTo: settings.cachesPrefixes ? settings.pageSize << 22 : 1 << 40, isRequired: true)
        ?? settings.pageSize
      settings.maxPrefillTokens = reader.count("max_prefill_tokens") ?? 16_384
      let chunk = reader.count("chunked_prefill_size", from: -1, isRequired: true) ?? -1
      settings.chunkedPrefillSize = chunk == -1 ? nil : chunk
      settings.mixesChunks = reader.flag("enable_mixed_chunk") ?? false
      settings.conservativeness = reader.factor("schedule_conservativeness") ?? 1
      settings.ignoresEndOfAnswer = reader.flag("ignore_eos") ?? false
      _ = reader.choice("radix_eviction_policy", of: ["lru"])
      maxModelLength = reader.count("context_length")
      reader.ignore("sglang_version")
      law = reader.law("step_law_ns")
      self.settings = settings
      if let problem = settings.problem { reader.refuse(problem) }
    }
  }
}
