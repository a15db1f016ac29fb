// SPDX-License-Identifier: Apache-2.0

/// What it means for a flight that one of its requests went away.
@frozen
public enum LeaveAnswer: Equatable, Sendable {
  /// The call goes on: others wait for it.
  case goesOn
  /// The flight is over: cancel the call.
  case cancelled
  /// Nothing: the flight is over or the request is not in it.
  case ignored
}
