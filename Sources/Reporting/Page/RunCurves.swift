// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Foundation
import Recording
import Serving
import Statistics

/// What the replications of a stored run show over time and over requests, for its page.
package struct RunCurves: Sendable {
  /// The share of requests by their time.
  struct Distribution: Sendable {
    let time: RequestTime
    /// Seconds, and the share of requests that took at most so long; those without an answer are in none.
    let points: [(seconds: Double, share: Double)]
  }

  /// By time of requests.
  let distributions: [Distribution]
  /// Machines that were ready, by pool, in the first replication: hours since the start and how many.
  let machines: [(pool: String, points: [(hour: Double, value: Double)])]
  /// Hours since the start at which the cloud took a machine, in the first replication.
  let interruptions: [Double]
  /// The length of the horizon, in hours.
  let hours: Double

  /// What replications show.
  package init(_ records: [ReplicationRecord]) {
    distributions = [RequestTime.ttft, .latency].compactMap { time in
      Self.distribution(of: time, records)
    }
    let first = records.first
    var machines: [(pool: String, points: [(hour: Double, value: Double)])] = []
    for point in first?.series ?? [] where point.name == "machines_ready" {
      let value = (hour: point.time.sinceStart.inSeconds / 3_600, value: point.value)
      if let index = machines.firstIndex(where: { $0.pool == point.pool }) {
        machines[index].points.append(value)
      } else {
        machines.append((point.pool, [value]))
      }
    }
    self.machines = machines
    interruptions =
      first?.fleetEvents.filter { $0.kind == .interrupted }
      .map { $0.time.sinceStart.inSeconds / 3_600 } ?? []
    hours = first.map { $0.billedTime.inSeconds / 3_600 } ?? 0
  }

  /// The mean of the replications' distributions at times that rise by an equal factor.
  private static func distribution(
    of time: RequestTime, _ records: [ReplicationRecord]
  ) -> Distribution? {
    let all = records.compactMap { record -> (points: [(Int64, UInt64)], of: Double)? in
      guard let histogram = record.times[time], histogram.count > 0 else { return nil }
      let population = record.weighted.population(of: histogram.count)
      return (
        histogram.cumulativePoints.map { ($0.nanoseconds, $0.count) }, Double(population)
      )
    }
    let times = all.flatMap { $0.points.map(\.0) }
    guard let low = times.min(), let high = times.max(), !all.isEmpty else { return nil }
    let count = 160
    let factor = pow(Double(max(high, low + 1)) / Double(max(1, low)), 1 / Double(count))
    var points: [(seconds: Double, share: Double)] = []
    var next = [Int](repeating: 0, count: all.count)
    for step in 0...count {
      let at = step == count ? Double(high) : Double(max(1, low)) * pow(factor, Double(step))
      var share = 0.0
      for (number, one) in all.enumerated() {
        while next[number] < one.points.count, Double(one.points[next[number]].0) <= at + 0.5 {
          next[number] += 1
        }
        if next[number] > 0 { share += Double(one.points[next[number] - 1].1) / one.of }
      }
      points.append((at / 1e9, share / Double(all.count)))
    }
    return Distribution(time: time, points: points)
  }
}
