// SPDX-License-Identifier: Apache-2.0

/// How a call that several requests wait for ended.
@frozen
public enum FlightOutcome: Equatable, Sendable {
  /// There is an answer; whether the cache may keep it decides whether the next ones wait together.
  case success(isCacheable: Bool)
  /// It failed in a way that may pass: its replica was lost, or was too busy.
  case retryableFailure
  /// It failed in a way that each of the requests would.
  case failure
}
