// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import Statistics

/// What each lever of a fleet is worth.
///
/// Coalitions are sets of levers that are on, lever i as bit i. A coalition is worth the bill of
/// the cheapest
/// fleet that holds all service targets with just these levers; budgets are targets of the whole.
package struct LeverAnswer: Sendable {
  /// Levers that are on, and the fleet that was found for them.
  package struct Coalition: Sendable, Equatable {
    /// The levers that are on.
    package let members: Int
    /// The size of its fleet: the values of the keys that are searched.
    package let size: [String]
    /// The bill of that fleet for a month, by replication.
    package let bills: [Double]
    /// Whether no size is known to hold all service targets; then the size and its bill are those
    /// of the largest fleet.
    package let holdsNowhere: Bool
    /// What keeps the largest fleet from holding, or is not settled of it; empty where it holds.
    package let lacking: [String]

    /// Sizes of which the replications do not tell whether they hold, and that would be cheaper.
    package let undecided: [[String]]
    /// How its fleet was judged, by all targets in their order.
    package let verdicts: [VerdictRow]

    /// A coalition of those values.
    package init(
      members: Int, size: [String], bills: [Double], holdsNowhere: Bool, lacking: [String],
      undecided: [[String]], verdicts: [VerdictRow]
    ) {
      self.members = members
      self.size = size
      self.bills = bills
      self.holdsNowhere = holdsNowhere
      self.lacking = lacking
      self.undecided = undecided
      self.verdicts = verdicts
    }
  }

  /// A saving, and whether it rests on a coalition that holds at no size.
  package struct Worth: Sendable, Equatable {
    /// The saving a month, in dollars.
    package let saving: Interval
    /// Whether some coalition that it is made of holds at no size.
    package let isDoubtful: Bool
    /// Whether some coalition that it is made of may have a cheaper fleet, which is not settled.
    package let isUndecided: Bool

    /// A saving.
    package init(saving: Interval, isDoubtful: Bool, isUndecided: Bool) {
      self.saving = saving
      self.isDoubtful = isDoubtful
      self.isUndecided = isUndecided
    }
  }

  /// What a lever is worth.
  package struct Lever: Sendable, Equatable {
    /// What it is called.
    package let name: String
    /// What it saves when it is the only one.
    package let alone: Worth
    /// What is lost when it is taken from all.
    package let removed: Worth
    /// Its Shapley share of what all save together.
    package let share: Worth
    /// The share in cents, so rounded that all add up.
    package let cents: Int

    /// A lever of those values.
    package init(name: String, alone: Worth, removed: Worth, share: Worth, cents: Int) {
      self.name = name
      self.alone = alone
      self.removed = removed
      self.share = share
      self.cents = cents
    }
  }

  /// The fleet as its scenario has it.
  package struct Operated: Sendable, Equatable {
    /// Its bill for a month: the mean of its replications, as of every coalition.
    package let bill: Interval
    /// The bill as a run of the scenario states it, corrected by how long spot machines happened to be up.
    package let checkedBill: Interval?
    /// How it was judged.
    package let verdicts: [VerdictRow]

    /// The values of the keys that are searched, where it is in the grid.
    package let size: [String]?

    /// A fleet of those values.
    package init(
      bill: Interval, checkedBill: Interval?, verdicts: [VerdictRow], size: [String]?
    ) {
      self.bill = bill
      self.checkedBill = checkedBill
      self.verdicts = verdicts
      self.size = size
    }
  }

  /// What was asked, and how.
  package struct Study: Sendable {
    /// What the study asks.
    package let about: String
    /// The path of the scenario.
    package let scenario: String
    /// The seed of all fleets.
    package let seed: UInt64
    /// The keys that make a size.
    package let keys: [String]
    /// The largest value of each key; `nil` where its values are no numbers, or there is one only.
    package let largest: [String?]
    /// The confidence of each interval.
    package let confidence: Double
    /// How many replications each bill rests on.
    package let replications: Int
    /// How many orders were drawn; `nil` where every coalition was simulated.
    package let orders: Int?

    /// A study of those values.
    package init(
      about: String, scenario: String, seed: UInt64, keys: [String], largest: [String?],
      confidence: Double, replications: Int, orders: Int?
    ) {
      self.about = about
      self.scenario = scenario
      self.seed = seed
      self.keys = keys
      self.largest = largest
      self.confidence = confidence
      self.replications = replications
      self.orders = orders
    }
  }

  /// What was simulated.
  package struct Effort: Sendable {
    /// Fleets with requests.
    package let fleets: Int
    /// Requests.
    package let requests: UInt64

    /// So many fleets and requests.
    package init(fleets: Int, requests: UInt64) {
      self.fleets = fleets
      self.requests = requests
    }
  }

  /// What was asked, and how.
  package let study: Study
  /// The levers, in the order of the study.
  package let levers: [Lever]
  /// The coalitions that were simulated, by their members.
  package let coalitions: [Coalition]
  /// The bill with no lever on.
  package let baseline: Interval
  /// The bill with all levers on.
  package let optimised: Interval
  /// The fleet as it stands.
  package let operated: Operated
  /// The targets that bound what the fleet costs.
  package let budgets: [String]
  /// What was simulated.
  package let effort: Effort

  /// An answer of those values.
  package init(
    study: Study, levers: [Lever], coalitions: [Coalition], baseline: Interval,
    optimised: Interval, operated: Operated, budgets: [String], effort: Effort
  ) {
    self.study = study
    self.levers = levers
    self.coalitions = coalitions
    self.baseline = baseline
    self.optimised = optimised
    self.operated = operated
    self.budgets = budgets
    self.effort = effort
  }

  /// A number of dollars in cents, rounded half away from zero.
  package static func cents(_ dollars: Double) -> Int { Int((dollars * 100).rounded()) }
}
