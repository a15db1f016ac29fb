// SPDX-License-Identifier: GPL-3.0-or-later

/// A count of a replication that belongs to one part of the fleet or the workload.
package struct Tally: Sendable, Equatable {
  /// What is counted, such as ``Name/answered``.
  package let name: Name
  /// The part that it belongs to, such as `70b-int4/simple`; empty when it is for all.
  package let label: String
  /// The count.
  package let value: Int128

  /// A count of those values.
  package init(_ name: Name, label: String = "", value: Int128) {
    self.name = name
    self.label = label
    self.value = value
  }
}

extension Tally {
  /// What is counted; in results under its raw value.
  ///
  /// Engines that know tokens have names of their own beside these.
  package struct Name: RawRepresentable, Hashable, Sendable {
    /// The name in a database and in files.
    package let rawValue: String

    /// The name that is written so.
    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// Answers by model and class, by weight.
    package static let answered = Name(rawValue: "answered")
    /// Tokens of all answers, by weight.
    package static let answeredTokens = Name(rawValue: "answered_tokens")
    /// Requests that kept limits, by weight.
    package static let goodput = Name(rawValue: "goodput")
    /// For how long places of a pool were up, in nanoseconds.
    package static let placeUp = Name(rawValue: "place_up_ns")
    /// For how long machines of a pool were rented, in nanoseconds.
    package static let rented = Name(rawValue: "rented_ns")
    /// For how long machines of a pool served, in nanoseconds.
    package static let serving = Name(rawValue: "serving_ns")
    /// For how long no spot machine served, in nanoseconds.
    package static let withoutSpot = Name(rawValue: "without_spot_ns")
    /// How often the cloud took the last spot machine that served.
    package static let allSpotLost = Name(rawValue: "all_spot_lost")
    /// For how long so many machines served, in nanoseconds.
    package static let servingCount = Name(rawValue: "serving_count_ns")
    /// A digest of when places of a pool came up and went down.
    package static let capacityDigest = Name(rawValue: "capacity_digest")
    /// A digest of what requests are drawn over the horizon.
    package static let streamDigest = Name(rawValue: "stream_digest")
    /// Requests that a budget refused.
    package static let budgetRefusals = Name(rawValue: "budget_refusals")
    /// What budgets were charged, in nanodollars.
    package static let charged = Name(rawValue: "charged")
    /// Entries that the cache pushed out.
    package static let cacheEvictions = Name(rawValue: "cache_evictions")
    /// How often the autoscaler wanted more than its budget has room for.
    package static let budgetDenials = Name(rawValue: "budget_denials")
    /// The most that was ever given up for the budget.
    package static let highestDegradation = Name(rawValue: "highest_degradation")
    /// Whether batches were let grow beyond what they should be.
    package static let largerBatches = Name(rawValue: "larger_batches")
    /// Requests that no replica can ever answer.
    package static let tooLong = Name(rawValue: "too_long")
    /// Turns of conversations that came after the answer before.
    package static let turnsFollowed = Name(rawValue: "turns_followed")
    /// Turns of conversations that came before the answer to the turn before.
    package static let turnsOvertaken = Name(rawValue: "turns_overtaken")
    /// How many events of a kind a replication had of which not all are kept.
    package static let fleetEvents = Name(rawValue: "fleet_events")
    /// How many points a series had of which not all are kept.
    package static let seriesPoints = Name(rawValue: "series_points")
    /// What was drawn at random.
    package static let draws = Name(rawValue: "draws")
    /// An order statistic of a time, in nanoseconds.
    package static let orderStatistic = Name(rawValue: "order_statistic_ns")
    /// What work on a model cost, in nanodollars.
    package static let costWorkload = Name(rawValue: "cost_workload")
    /// What idle machines cost, in nanodollars.
    package static let costIdle = Name(rawValue: "cost_idle")
    /// What machines cost that did not serve, in nanodollars.
    package static let costOverhead = Name(rawValue: "cost_overhead")
    /// What was promised and not used, in nanodollars.
    package static let costUnusedCommitment = Name(rawValue: "cost_unused_commitment")
    /// What is no machine, in nanodollars.
    package static let costOther = Name(rawValue: "cost_other")

    /// What is about the results and none of them.
    package static let aboutResults = [draws, fleetEvents, seriesPoints]
    /// What the parts of the invoice were paid for.
    package static let costs = [
      costWorkload, costIdle, costOverhead, costUnusedCommitment, costOther,
    ]
  }
}
