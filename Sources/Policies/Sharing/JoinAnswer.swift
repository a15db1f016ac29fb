// SPDX-License-Identifier: Apache-2.0

/// What the de-duplication says to one request that the cache could not answer.
@frozen
public enum JoinAnswer: Equatable, Sendable {
  /// It makes the call, for itself and whoever joins.
  case lead(FlightID)
  /// It waits for a call that is under way.
  case joined(FlightID)
  /// It makes a call of its own, which nobody joins.
  case alone(Reason)

  /// Why a request makes a call of its own.
  @frozen
  public enum Reason: Equatable, Sendable {
    /// Its temperature is above 0: its answer is a sample of its own.
    case notDeterministic
    /// As many wait for that call as may.
    case full
    /// The last answer to such a request could not be cached.
    case uncacheable
  }
}
