// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import LongTests
import Numerics
import QueueingTheory
import RandomStreams
import SimulationTesting
import Statistics
import Testing

/// Remakes the table of `Documentation/Decisions/0005-insufficient.md`:
/// `PLIMSOLL_LONG=all swift test -c release --filter TailStudy`.
@Suite("How often a gated P99 interval misses", .study)
struct TailStudy {
  private static let experiments = 1_000
  private static let sections = 20

  private struct Sum: Sendable {
    var covered = 0
    /// By gate: τ from sections, τ from replications.
    var printed = [0, 0]
    var coveredOfPrinted = [0, 0]
  }

  @Test(
    "at loads and numbers of replications, by true effective exceedances of a replication",
    arguments: [(0.5, 9.0), (0.8, 70.0)])
  func table(load: Double, tau: Double) async throws {
    for replications in [5, 10, 20] {
      for exceedances in [1.0, 2, 4, 8] where exceedances < 8 || replications < 20 {
        let requests = Int(exceedances * tau * 100)
        let sum = try await withThrowingTaskGroup(of: Sum.self) { group in
          for experiment in 0..<Self.experiments {
            group.addTask {
              try Self.experiment(experiment, load, replications, requests)
            }
          }
          return try await group.reduce(into: Sum()) { sum, one in
            sum.covered += one.covered
            for gate in 0..<2 {
              sum.printed[gate] += one.printed[gate]
              sum.coveredOfPrinted[gate] += one.coveredOfPrinted[gate]
            }
          }
        }
        func percent(_ part: Int, _ whole: Int) -> String {
          whole == 0 ? "-" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
        }
        let all = Self.experiments
        let columns = (0..<2).flatMap { gate in
          [
            percent(sum.printed[gate], all), percent(sum.coveredOfPrinted[gate], sum.printed[gate]),
            percent(sum.printed[gate] - sum.coveredOfPrinted[gate], all),
          ]
        }
        print(
          "| \(load) | \(replications) | \(Int(exceedances)) | \(percent(sum.covered, all)) | "
            + columns.joined(separator: " | ") + " |")
        if exceedances >= 4 { #expect(sum.covered > 900) }
      }
    }
  }

  /// One experiment: replications of M/M/1 from equilibrium, by Lindley's recursion, in milliseconds.
  private static func experiment(
    _ number: Int, _ load: Double, _ replications: Int, _ requests: Int
  ) throws -> Sum {
    let truth = MM1(arrivalRate: load, serviceRate: 1).sojournTimeQuantile(0.99) * 1e9
    var pooled = LatencyHistogram()
    var cut: [[SparseHistogram]] = []
    var quantiles: [Double] = []
    for replication in 0..<replications {
      var draws = RandomStream(
        seed: UInt64(requests) << 20 | UInt64(number), replication: UInt32(replication),
        purpose: .testing, entity: UInt32(replications))
      var wait = draws.nextUniform() < load ? draws.nextExponential() / (1 - load) : 0
      var histogram = LatencyHistogram()
      var parts: [SparseHistogram] = []
      for section in 0..<sections {
        var part = LatencyHistogram()
        for _ in requests * section / sections..<requests * (section + 1) / sections {
          let sojourn = wait + draws.nextExponential()
          part.record(Int64(sojourn * 1e9))
          wait = max(0, sojourn - draws.nextExponential() / load)
        }
        histogram.merge(part)
        parts.append(SparseHistogram(part))
      }
      pooled.merge(histogram)
      cut.append(parts)
      quantiles.append(
        try #require(histogram.quantile(billionths: 990_000_000, population: histogram.count))
          .estimate)
    }
    let centre = try #require(
      pooled.quantile(billionths: 990_000_000, population: pooled.count)
    ).estimate
    let interval = try #require(
      Interval.sectioning(pooled: centre, sections: quantiles, confidence: 0.95))
    let isCovered = interval.low <= truth && truth <= interval.high
    let counts = cut.map { parts in
      parts.map {
        TailDependence.Count(requests: Double($0.count), beyond: $0.countAbove(centre))
      }
    }
    let whole = counts.map { parts in
      [
        TailDependence.Count(
          requests: parts.reduce(0) { $0 + $1.requests }, beyond: parts.reduce(0) { $0 + $1.beyond }
        )
      ]
    }
    var sum = Sum()
    sum.covered = isCovered ? 1 : 0
    // The threshold that came with a known τ, against τ from replications; ours, against τ from sections.
    for (gate, (seen, least)) in [(counts, TailDependence.fewest), (whole, 2.3)].enumerated() {
      guard let tail = TailDependence(seen), tail.exceedances >= least else { continue }
      sum.printed[gate] = 1
      sum.coveredOfPrinted[gate] = isCovered ? 1 : 0
    }
    return sum
  }
}
