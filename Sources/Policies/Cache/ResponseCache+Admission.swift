// SPDX-License-Identifier: Apache-2.0

extension ResponseCache {
  /// Whether a response may be kept, and if not, the first reason against it.
  public enum Admission: Equatable, Sendable {
    /// It may be kept.
    case admitted
    /// It must not be kept.
    case refused(Refusal)
  }

  /// Why a response must not be kept; in the order in which they are looked for.
  public enum Refusal: Equatable, Sendable {
    /// The request forbids it.
    case noStore
    /// The temperature is above 0, so another answer would be as good.
    case notDeterministic
    /// The request asks for several answers.
    case severalChoices
    /// The status is not 2xx.
    case status
    /// The stream was cut.
    case incomplete
    /// The answer was cut off, filtered or ended in an unknown way.
    case finishReason
    /// The arguments of a tool call are no JSON.
    case invalidToolCalls
  }

  /// Says whether a response may be kept under a rule.
  ///
  /// In production: a complete 2xx answer to one deterministic choice, which ended by itself or in
  /// valid tool calls, and whose request does not forbid it. The gates and their order follow the
  /// response cache of vLLM's semantic-router (vllm-project/semantic-router). The reference keeps
  /// whatever it was given at temperature 0.
  @inlinable
  @inline(__always)
  public static func admission(of response: StoredResponse, under rule: Rule) -> Admission {
    if rule == .reference {
      return response.isDeterministic ? .admitted : .refused(.notDeterministic)
    }
    if response.isNoStore { return .refused(.noStore) }
    guard response.isDeterministic else { return .refused(.notDeterministic) }
    guard response.choices == 1 else { return .refused(.severalChoices) }
    guard (200..<300).contains(response.status) else { return .refused(.status) }
    guard response.isComplete else { return .refused(.incomplete) }
    switch response.finishReason {
    case .stop, .toolCalls(areValid: true): return .admitted
    case .toolCalls(areValid: false): return .refused(.invalidToolCalls)
    case .length, .contentFilter, .other: return .refused(.finishReason)
    }
  }
}
