// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// An engine for a list of requests with arrivals in nanoseconds: what it wants to know of a request.
package protocol EngineOfRequests: Sendable {
  /// Whether requests have a priority.
  var knowsPriorities: Bool { get }
  /// Tokens of a block of the prefix cache; `nil` without one.
  var prefixBlockSize: Int? { get }
  /// The most tokens of a prompt and its answer.
  var maxModelLength: Int? { get }

  /// Why the engine can never answer a request; `nil` where it can.
  func refusal(promptTokens: Int, outputTokens: Int) -> String?
}

extension EngineConfiguration.VLLM: EngineOfRequests {
  /// Whether requests have a priority.
  package var knowsPriorities: Bool { settings.policy == .priority }
  /// Tokens of a block of the prefix cache; `nil` without one.
  package var prefixBlockSize: Int? { settings.cachesPrefixes ? settings.blockSize : nil }

  /// Why the engine can never answer a request; `nil` where it can.
  package func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
  }
}

extension EngineConfiguration.SGLang: EngineOfRequests {
  /// Whether requests have a priority.
  package var knowsPriorities: Bool { false }
  /// Tokens of a block of the prefix cache; `nil` without one.
  package var prefixBlockSize: Int? { settings.cachesPrefixes ? settings.pageSize : nil }

  /// Why the engine can never answer a request; `nil` where it can.
  package func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
  }
}

extension EngineConfiguration.TensorRT: EngineOfRequests {
  /// Whether requests have a priority.
  package var knowsPriorities: Bool { false }
  /// Tokens of a block of the prefix cache; `nil` without one.
  package var prefixBlockSize: Int? { nil }

  /// Why the engine can never answer a request; `nil` where it can.
  package func refusal(promptTokens: Int, outputTokens: Int) -> String? {
    settings.refusal(promptTokens: promptTokens, outputTokens: outputTokens)
  }
}
