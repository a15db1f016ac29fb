// SPDX-License-Identifier: Apache-2.0

import Quantities

extension ResponseCache {
  /// By which rules a cache goes.
  @frozen
  public enum Rule: String, Sendable, CaseIterable {
    /// The rules of caches in production: see ``ResponseCache/admission(of:under:)``.
    case production
    /// The reference design's: every answer at temperature 0 is kept, and every request asks.
    case reference
  }

  /// What a cache is told at its start.
  public struct Configuration: Sendable {
    /// How long an entry is good from when it was stored.
    public let ttl: TimeSpan
    /// By what part of `ttl` lives differ, up and down.
    public let jitter: Share
    /// How many entries it holds at most.
    public let capacity: Int
    /// By which rules it goes.
    public let rule: Rule

    /// A production cache of those values.
    ///
    /// The default life is the reference design's hour. A jitter of 10 % and the capacity are choices
    /// of ours, from no measurement.
    ///
    /// - Precondition: `ttl` is positive and below 146 years, `jitter` lies in [0, 1), and `capacity`
    ///   in [1, 2^31 - 2].
    public init(
      ttl: TimeSpan = .hours(1), jitter: Share = Share(billionths: 100_000_000),
      capacity: Int = 2_000_000
    ) {
      self.init(ttl: ttl, jitter: jitter, capacity: capacity, rule: .production)
    }

    /// The reference design's cache: no jitter, and no bound but that of the numbers.
    ///
    /// Source: the reference design's `ResponseCache`, with a life of 3,600 s.
    ///
    /// - Precondition: `ttl` is positive and below 146 years.
    public static func reference(ttl: TimeSpan = .hours(1)) -> Configuration {
      Configuration(ttl: ttl, jitter: .zero, capacity: largestCapacity, rule: .reference)
    }

    private init(ttl: TimeSpan, jitter: Share, capacity: Int, rule: Rule) {
      precondition(
        ttl > .zero && ttl.nanoseconds < .max / 2, "a cached answer is good for a positive time")
      precondition(jitter >= .zero && jitter < .whole, "a jitter lies in [0, 1)")
      precondition(
        capacity >= 1 && capacity <= Self.largestCapacity, "a cache holds 1 to 2^31 - 2 entries")
      self.ttl = ttl
      self.jitter = jitter
      self.capacity = capacity
      self.rule = rule
    }

    private static let largestCapacity = Int(Int32.max) - 1
  }
}
