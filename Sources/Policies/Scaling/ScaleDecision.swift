// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the autoscaler decided at one look at the fleet, and why.
public struct ScaleDecision: Equatable, Sendable {
  /// Why so many machines are wanted.
  public enum Reason: String, Sendable, CaseIterable {
    /// As many as the forecast of the demand needs.
    case demand
    /// The demand of the last seconds is twice what the fleet is for.
    case panic
    /// Requests wait longer than they may.
    case queue
    /// The latency target has been missed for two looks.
    case latency
    /// The fewest that are always kept.
    case minimum
    /// As many as before: a metric is missing.
    case hold
    /// The reference design's band of latencies.
    case reference
  }

  /// What stood in the way of what was wanted.
  public enum Denial: String, Sendable {
    /// The hourly budget.
    case budget
    /// What the monthly budget leaves for an hour.
    case pace
    /// The most machines that the fleet may have.
    case maximum
  }

  /// When it was decided.
  public let time: Instant
  /// How many machines are wanted.
  public let desired: Int
  /// How many the fleet is told to have.
  public let granted: Int
  /// Why.
  public let reason: Reason
  /// What stood in the way; `nil` for nothing.
  public let denial: Denial?

  /// A decision of those values.
  public init(time: Instant, desired: Int, granted: Int, reason: Reason, denial: Denial?) {
    self.time = time
    self.desired = desired
    self.granted = granted
    self.reason = reason
    self.denial = denial
  }
}

/// What is given up while there is no money for more machines, the mildest first.
public enum DegradationStep: Int, Comparable, Codable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// Work that can wait is put off.
  case shedBatchClass
  /// Answers are cut to a length.
  case capOutput
  /// Requests that allow it go down a tier.
  case routeDown
  /// Requests are refused with a time to come back.
  case reject

  /// True when the left step is milder.
  public static func < (left: DegradationStep, right: DegradationStep) -> Bool {
    left.rawValue < right.rawValue
  }
}
