// SPDX-License-Identifier: GPL-3.0-or-later

import Recording
import Statistics

/// What the points of a sweep came to.
package struct SweepAnswer: Sendable {
  /// A point that has results.
  package struct Finished: Sendable {
    /// The number of its run in the database.
    package let run: Int64
    /// Its results.
    package let results: RunResults
    /// The bill of each replication for a month, in dollars.
    package let costs: [Double]
    /// The 99th percentile of latency of each replication in seconds; `nil` where nothing was offered.
    package let latencies: [Double?]

    /// What a run came to, with what pairs of points are compared by.
    package init(run: Int64, results: RunResults, records: [ReplicationRecord]) {
      self.run = run
      self.results = results
      costs = records.map { $0.total.monthly(over: $0.billedTime).inDollars }
      latencies = records.map { record in
        record.latency.quantile(billionths: 990_000_000, population: record.weighted.arrived)
          .map { $0.estimate / 1e9 }
      }
    }

    /// What a run came to, by values.
    package init(run: Int64, results: RunResults, costs: [Double], latencies: [Double?]) {
      self.run = run
      self.results = results
      self.costs = costs
      self.latencies = latencies
    }

    /// The bill of a month in dollars.
    package var cost: Double { estimate("monthly_cost") ?? .nan }

    /// The 99th percentile of latency in seconds; `nil` where there is none to rely on.
    package var latency: Double? { estimate("p99(latency)") }

    /// The measure of that name.
    package func measure(_ name: String) -> MeasureRow? {
      results.measures.first { $0.name == name }
    }

    private func estimate(_ name: String) -> Double? {
      guard let row = measure(name), row.state == .estimated else { return nil }
      return row.interval?.estimate
    }
  }

  /// What became of a point.
  package enum Outcome: Sendable {
    /// It has results.
    case finished(Finished)
    /// It has none, for that reason.
    case failed(String)
  }

  /// A point and what became of it.
  package struct Point: Sendable {
    /// Its number, from 0.
    package let number: Int
    /// The values of the keys that are varied.
    package let values: [String]
    /// What became of it.
    package let outcome: Outcome

    /// A point of those values.
    package init(number: Int, values: [String], outcome: Outcome) {
      self.number = number
      self.values = values
      self.outcome = outcome
    }

    /// Its results; `nil` where it failed.
    package var finished: Finished? {
      if case .finished(let finished) = outcome { finished } else { nil }
    }
  }

  /// The path of the scenario.
  package let scenario: String
  /// A digest of all that the results depend on.
  package let identity: String
  /// The seed of all points.
  package let seed: UInt64
  /// The keys that are varied.
  package let keys: [String]
  /// The confidence with which all statements about order hold together.
  package let confidence: Double
  /// The points, in order.
  package let points: [Point]
  /// The numbers of the points that no other point beats in cost and 99th percentile at once, cheapest first.
  package let front: [Int]
  /// Neighbours in cost or on the front whose order chance may have made.
  package let unsettled: [UnsettledPair]
  /// How many pairs were looked at.
  package let comparisons: Int

  /// The answer of those points.
  package init(
    scenario: String, identity: String, seed: UInt64, keys: [String], confidence: Double,
    points: [Point]
  ) {
    self.scenario = scenario
    self.identity = identity
    self.seed = seed
    self.keys = keys
    self.confidence = confidence
    self.points = points
    let finished = points.filter { $0.finished != nil }
    let pairs = finished.map { point in
      (first: point.finished?.cost ?? .nan, second: point.finished?.latency ?? .nan)
    }
    front = ParetoFront.positions(of: pairs).map { finished[$0].number }
    let order = NeighbourOrder(points: points, front: front, confidence: confidence)
    unsettled = order.unsettled
    comparisons = order.comparisons
  }
}
