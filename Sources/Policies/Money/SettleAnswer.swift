// SPDX-License-Identifier: Apache-2.0

/// What became of a report of a request's cost.
public enum SettleAnswer: Equatable, Sendable {
  /// It is charged, and the rest of the estimate is free again.
  case settled
  /// It is charged, though the reservation had expired and was free again.
  case settledLate
  /// Nothing: it was settled before, or too long ago, or never made.
  case ignored
}
