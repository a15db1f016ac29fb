// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Statistics

extension [ReplicationRecord] {
  /// Why these are no replications of one run: what a file or database that other hands changed may hold.
  ///
  /// `nil` where every number is one that a replication can yield, and all sums over them fit their types.
  ///
  /// - Complexity: O(all that they hold).
  package var flaw: String? {
    for record in self {
      if let flaw = record.flaw(among: count) {
        return "replication \(record.replication): \(flaw)"
      }
    }
    guard let first else { return nil }
    let isSame = allSatisfy { record in
      record.times.map(\.edges) == first.times.map(\.edges)
        && record.weightUnit == first.weightUnit
    }
    return isSame ? nil : "its replications are not of one scenario"
  }
}

extension ReplicationRecord {
  /// What is wrong with one of so many replications.
  fileprivate func flaw(among count: Int) -> String? {
    let limits = RecordLimits(replications: count)
    if replication < 0 { return "its number is below 0" }
    if weightUnit == 0 || weightUnit > 1_000_000 { return "its weights have no unit" }
    for (name, part) in [("requests", requests), ("weighted requests", weighted)]
    where !limits.hold(part) {
      return "the numbers of its \(name) do not add up"
    }
    for (time, histogram) in times.all
    where !limits.hold(histogram, among: time.most(of: weighted)) {
      return "its times do not add up: \(time.rawValue)"
    }
    let isWhole = sections.allSatisfy { section in
      // Who ends in a section may have arrived in one before.
      limits.holdSum(of: section.counts.ended) && limits.hold(section.counts.arrived)
        && (section.times.tokens == nil) == (times.tokens == nil)
        && section.times.all.allSatisfy { time, stretch in
          limits.hold(stretch, edges: latency.edges.count)
            && stretch.count <= time.most(of: section.allEnded)
        }
    }
    if !isWhole { return "its sections do not add up" }
    if billedTime <= .zero || billedTime > .longestStretch || measuredTime < .zero
      || measuredTime > .longestStretch
    {
      return "its times are none"
    }
    let counts = [sampledMinutes, minutes, minutesAvailable, simulatedRequests, migrations]
    guard counts.allSatisfy(limits.hold), minutesAvailable <= minutes else {
      return "its counts are out of range"
    }
    let amounts = [
      promptTokens.count, outputTokens.count, batches, batchedRequests, batchesOutsideMeasurements,
    ]
    guard amounts.allSatisfy(limits.hold), limits.hold(busyTime.nanoseconds),
      limits.hold(idleTime.nanoseconds)
    else { return "its tokens, batches or lane times are out of range" }
    let amountsOfTallies = tallies.filter { Tally.Name.costs.contains($0.name) }
      .map { Int64(clamping: $0.value) }
    guard limits.holdSum(of: tallies.map(\.value)), limits.holdSum(of: amountsOfTallies) else {
      return "its tallies are out of range"
    }
    guard limits.holdSum(of: invoice.map(\.amount.nanodollars)),
      invoice.allSatisfy({ limits.hold($0.usage?.nanoseconds ?? 0) })
    else { return "its invoice is out of range" }
    guard fitsInAMonth(amountsOfTallies), fitsInAMonth(invoice.map(\.amount.nanodollars)) else {
      return "its amounts are out of range for a month"
    }
    return sample.flatMap { limits.flaw(of: $0) }
  }

  /// Whether amounts are still amounts when they are scaled to a month of 730 hours, as bills are compared.
  private func fitsInAMonth(_ amounts: [Int64]) -> Bool {
    let sum = amounts.reduce(Int128(0)) { $0 + Int128($1.magnitude) }
    let month = Int128(TimeSpan.billingMonth.nanoseconds)
    return sum * month / Int128(billedTime.nanoseconds) < Int128(Int64.max)
  }
}

/// What numbers of one among several replications may be, so that no sum over all leaves its type.
private struct RecordLimits {
  let replications: Int128

  init(replications: Int) { self.replications = Int128(Swift.max(1, replications)) }

  /// A quarter of what the type holds, shared among the replications.
  private func most<Number: FixedWidthInteger>(_: Number.Type) -> Int128 {
    Int128(clamping: Number.max) / 4 / replications
  }

  /// Whether a number that is never negative is in its range.
  func hold<Number: FixedWidthInteger>(_ number: Number) -> Bool {
    number >= 0 && Int128(clamping: number) <= most(Number.self)
  }

  /// Whether the magnitudes of numbers add up to what is in their range.
  func holdSum<Number: FixedWidthInteger>(of numbers: [Number]) -> Bool {
    let most = most(Number.self)
    var sum: Int128 = 0
    for number in numbers {
      let number = Int128(clamping: number)
      guard number > Int128.min, abs(number) <= most, sum <= most else { return false }
      sum += abs(number)
    }
    return sum <= most
  }

  func hold(_ counts: RequestCounts) -> Bool {
    let ended = counts.ended.reduce(Int128(0)) { $0 + Int128($1) }
    return hold(counts.arrived) && ended <= Int128(counts.arrived)
  }

  func hold(_ histogram: LatencyHistogram, among most: UInt64) -> Bool {
    histogram.count <= most && hold(histogram.count)
      && histogram.sum <= Int128(histogram.count) * Int128(histogram.maximum)
  }

  func hold(_ stretch: SparseHistogram, edges: Int) -> Bool {
    stretch.countsAboveEdges.count == edges && hold(stretch.count)
      && stretch.sum <= Int128(stretch.count) * Int128(Int64.max)
  }

  /// What is wrong with what was sampled.
  func flaw(of sample: SampleRecord) -> String? {
    let groups = sample.groups.indices
    let isSound =
      sample.certain >= .zero && sample.unseen >= .zero
      && sample.certain <= .longestStretch && sample.unseen <= .longestStretch
      && sample.groups.allSatisfy {
        $0.lowest.isFinite && $0.highest.isFinite && $0.time >= .zero && $0.simulated >= .zero
          && $0.time <= .longestStretch && $0.simulated <= .longestStretch
      }
      && sample.windows.allSatisfy {
        groups.contains($0.group) && $0.load.isFinite && hold($0.weight) && hold($0.totals.ended)
          && $0.totals.answered <= $0.totals.ended
      }
    return isSound ? nil : "its windows are none that were sampled"
  }
}
