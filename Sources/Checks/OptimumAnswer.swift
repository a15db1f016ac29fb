// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import Statistics

/// Which point of a grid is the cheapest that holds all service targets, and how sure that is.
package struct OptimumAnswer: Sendable {
  /// What is known of a point.
  package enum Standing: String, Sendable {
    /// All its service targets hold.
    case holds
    /// A service target fails.
    case fails
    /// The most replications do not tell whether its targets hold.
    case unsettled
    /// It costs more than a point that holds; whether its own targets hold was not asked.
    case dearer
    /// Its scenario is refused.
    case refused
  }

  /// A point and what was found out about it.
  package struct Point: Sendable {
    /// Its number in the grid, from 0.
    package let number: Int
    /// The values of the keys that are varied.
    package let values: [String]
    /// What is known of it.
    package var standing: Standing
    /// The bill for a month; `nil` where its scenario is refused.
    package var bill: Interval?
    /// What is minimised or maximised, where that is another measure than the bill.
    package var objective: Interval?
    /// Whether requests have a part in the bill, and were left out of it here.
    package var lacksRequests: Bool
    /// How many replications were simulated with requests.
    package var replications: Int
    /// How it was judged.
    package var verdicts: [VerdictRow]
    /// What a run of it measures.
    package var measures: [MeasureRow]
    /// Why its scenario is refused; empty where it is not.
    package var refusal: String

    /// A point of which nothing is known.
    package init(number: Int, values: [String]) {
      self.number = number
      self.values = values
      standing = .dearer
      lacksRequests = false
      replications = 0
      verdicts = []
      measures = []
      refusal = ""
    }
  }

  /// How the search ended.
  package enum Outcome: Sendable, Equatable {
    /// One point is the cheapest by more than the indifference.
    case winner(Int)
    /// These cannot be told apart; the one with the smallest mean bill comes first.
    case inseparable([Int])
    /// No point is known to hold all service targets.
    case none
  }

  /// Another point beside the one with the smallest bill.
  package struct RunnerUp: Sendable, Equatable {
    /// Its number.
    package let point: Int
    /// What it costs more, a month, paired by replication.
    package let difference: Interval

    /// A point and what it costs more.
    package init(point: Int, difference: Interval) {
      self.point = point
      self.difference = difference
    }
  }

  /// The fleet as its scenario has it, without what is varied.
  package struct Operated: Sendable {
    /// Its number in the grid; `nil` where it is in none of its points.
    package let point: Int?
    /// The bill for a month.
    package let bill: Interval
    /// What is known of it.
    package let standing: Standing
    /// How it was judged.
    package let verdicts: [VerdictRow]

    /// A fleet of those values.
    package init(point: Int?, bill: Interval, standing: Standing, verdicts: [VerdictRow]) {
      self.point = point
      self.bill = bill
      self.standing = standing
      self.verdicts = verdicts
    }
  }

  /// What is searched for, and how.
  package struct Search: Sendable {
    /// What is minimised or maximised.
    package var objective = Objective.bill
    /// The path of the scenario.
    package let scenario: String
    /// The seed of all points.
    package let seed: UInt64
    /// The keys that are varied.
    package let keys: [String]
    /// How sure it is altogether.
    package let confidence: Double
    /// The smallest difference in the bill worth finding, as a share.
    package let delta: Double
    /// The most replications of a point.
    package let maximumReplications: Int

    /// A search of those values.
    package init(
      scenario: String, seed: UInt64, keys: [String], confidence: Double, delta: Double,
      maximumReplications: Int
    ) {
      self.scenario = scenario
      self.seed = seed
      self.keys = keys
      self.confidence = confidence
      self.delta = delta
      self.maximumReplications = maximumReplications
    }
  }

  /// What was simulated.
  package struct Effort: Sendable, Equatable {
    /// Requests, measured or not.
    package var requests: UInt64 = 0
    /// Replications with requests.
    package var replications = 0

    /// Nothing.
    package init() {}
  }

  /// What was searched for, and how.
  package var search: Search
  /// The points, in the order of the grid.
  package var points: [Point]
  /// How the search ended.
  package var outcome: Outcome
  /// Points that may be cheaper than the one found, and whose targets are not settled.
  package var unsettled: [Int]
  /// The next point by the bill; `nil` where there is none.
  package var runnerUp: RunnerUp?
  /// The targets that bound what the fleet costs.
  package var budgets: [String]
  /// The fleet as its scenario has it; `nil` where that needs a value for what is varied.
  package var operated: Operated?
  /// What the search simulated.
  package var spent: Effort
  /// What the whole grid would have taken, each point with the most replications that any got.
  package var grid: Effort

  /// An answer of those values.
  package init(
    search: Search, points: [Point], outcome: Outcome, unsettled: [Int], runnerUp: RunnerUp?,
    budgets: [String], spent: Effort, grid: Effort
  ) {
    self.search = search
    self.points = points
    self.outcome = outcome
    self.unsettled = unsettled
    self.runnerUp = runnerUp
    self.budgets = budgets
    self.spent = spent
    self.grid = grid
  }

  /// The point with the smallest mean bill of those that hold; where none does, the tested point
  /// with the
  /// fewest failed service targets, the dearest of these.
  package var best: Point? {
    switch outcome {
    case .winner(let number): points[number]
    case .inseparable(let numbers): numbers.first.map { points[$0] }
    case .none:
      points.filter { $0.replications > 0 }.min { one, other in
        let failed = [one, other].map { point in
          point.verdicts.count { $0.verdict == .fails && !budgets.contains($0.target) }
        }
        let bills = [one, other].map { -($0.bill?.estimate ?? .infinity) }
        return (failed[0], bills[0], one.number) < (failed[1], bills[1], other.number)
      }
    }
  }
}
