// SPDX-License-Identifier: Apache-2.0

/// Why a cloud did not launch a machine.
public enum LaunchFailure: String, Sendable, CaseIterable {
  /// The pool has no machine to sell at this moment.
  case insufficientCapacity
  /// The account may have no more machines of the kind.
  case quotaExceeded
  /// The cloud's interface is asked too often; that says nothing about the pool.
  case throttled
  /// It was withdrawn before it was answered.
  case withdrawn
}
