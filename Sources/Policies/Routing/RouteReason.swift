// SPDX-License-Identifier: Apache-2.0

/// Why a request goes to the model that it goes to.
@frozen
public enum RouteReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// It is the cheapest model that is predicted to reach the quality floor.
  case cheapestAtFloor
  /// The score is so close below a stronger model's scores that the stronger one is taken.
  case uncertain
  /// No model is predicted to reach the floor; this one comes closest.
  case belowFloor
  /// The rule names one model for all.
  case fixed
  /// The reference design's classifier said so.
  case reference
  /// The request's session has been sent to this stronger model before.
  case session
  /// The intended model cannot take it now; this stronger one can.
  case stronger
  /// Neither the intended model nor a stronger one can take it now; this weaker one can.
  case weaker
  /// No model keeps within the longest wait; this is the first that would take it at all.
  case late
  /// No model with a window large enough has a replica that accepts requests.
  case noReplicaReady
  /// No model's context window holds the prompt and the answer.
  case windowExceeded
}
