// SPDX-License-Identifier: Apache-2.0

/// A time of a request that is measured.
public enum RequestTime: String, CaseIterable, Sendable {
  /// From its arrival to its whole answer.
  case latency
  /// From its arrival to when a replica begins to work on it.
  case wait
  /// From its arrival to the first token of its answer: the time to first token.
  case ttft
  /// From the first token of its answer to the last, by the tokens after the first: the time per output token.
  case tpot
  /// Between a token of its answer and the next, each such gap for itself.
  case tokenGap = "token_gap"

  /// Whether only a replica that knows tokens tells it.
  public var needsTokens: Bool { self == .ttft || self == .tpot || self == .tokenGap }

  /// Whether only requests that a replica answered have it, and no store and no other's call.
  public var isOfReplicas: Bool { self == .wait || self == .tpot || self == .tokenGap }
}
