// SPDX-License-Identifier: Apache-2.0

/// Why a cloud did not launch a machine.
public enum LaunchFailure: String, Sendable {
  /// The pool has no machine to sell at this moment.
  case insufficientCapacity
  /// The account may have no more machines of the kind.
  case quotaExceeded
}
