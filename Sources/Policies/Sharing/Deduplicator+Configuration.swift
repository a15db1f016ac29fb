// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Deduplicator {
  /// By which rules requests share calls.
  @frozen
  public enum Rule: String, Sendable, CaseIterable {
    /// The rules of the type's own description.
    case production
    /// The reference design's: requests join at any temperature and without bound, and those who wait
    /// for a lead that fails or goes away are forgotten.
    case reference
  }

  /// What a de-duplication is told at its start.
  public struct Configuration: Sendable {
    /// How many may wait for one call, besides the one that makes it.
    public let maximumWaiters: Int
    /// For how long requests go alone after one whose answer could not be cached.
    public let uncoalescedFor: TimeSpan
    /// How many such requests are remembered at most; the one used longest ago is forgotten first.
    public let remembered: Int
    /// By which rules requests share calls.
    public let rule: Rule

    /// Production rules with those bounds; the defaults are choices of ours, from no measurement.
    ///
    /// - Precondition: all are positive, the counts below 2^31 - 1, the span below 146 years.
    public init(
      maximumWaiters: Int = 1_000, uncoalescedFor: TimeSpan = .minutes(1), remembered: Int = 65_536
    ) {
      self.init(
        maximumWaiters: maximumWaiters, uncoalescedFor: uncoalescedFor, remembered: remembered,
        rule: .production)
    }

    /// The reference design's rules, which have no bounds.
    ///
    /// Source: the reference design's `RequestDeduplicator`. Its future is never failed, and its entry
    /// is deleted, when the lead's call raises.
    public static var reference: Configuration {
      Configuration(
        maximumWaiters: Int(Int32.max) - 1, uncoalescedFor: .minutes(1), remembered: 1,
        rule: .reference)
    }

    private init(maximumWaiters: Int, uncoalescedFor: TimeSpan, remembered: Int, rule: Rule) {
      precondition(
        maximumWaiters >= 1 && maximumWaiters < Int(Int32.max),
        "1 to 2^31 - 2 requests may wait for one call")
      self.maximumWaiters = maximumWaiters
      self.uncoalescedFor = uncoalescedFor
      self.remembered = remembered
      self.rule = rule
    }
  }
}
