// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving
import Statistics

/// What was counted, to be read.
extension RequestRecorder {
  /// All times of answered requests in order; `nil` where they are not collected.
  ///
  /// - Complexity: O(n log n) for n requests.
  package func inOrder(_ time: RequestTime) -> [Int64]? {
    switch time {
    case .latency: latency.collects ? latency.inOrder : nil
    case .wait: wait.collects ? wait.inOrder : nil
    case .ttft: tokenTimes.ttft.collects ? tokenTimes.ttft.inOrder : nil
    case .tpot: tokenTimes.tpot.collects ? tokenTimes.tpot.inOrder : nil
    case .tokenGap: nil
    }
  }

  /// The requests of a stratum.
  ///
  /// - Complexity: O(buckets).
  package mutating func stratum(_ number: Int) -> Stratum {
    closePlaces()
    return Stratum(
      counts: counts(of: number),
      times: PerTime(
        latency: latency.histogram(of: number), wait: wait.histogram(of: number),
        tokens: tokenTimes.areKnown
          ? (
            tokenTimes.ttft.histogram(of: number), tokenTimes.tpot.histogram(of: number),
            tokenTimes.gap.histogram(of: number)
          ) : nil),
      answeredTokens: sums[number].answeredTokens,
      good: good.counts(of: number),
      answeredBy: (0..<cells).map { answeredBy[number * cells + $0] })
  }

  /// What was counted of each stratum since this was asked last.
  ///
  /// - Complexity: O(buckets up to the longest time).
  mutating func cut() -> [Section] { (0..<strata).map { cut($0) } }

  private mutating func cut(_ stratum: Int) -> Section {
    let counts = counts(of: stratum)
    var since = counts
    since.subtract(countsAtCut[stratum])
    countsAtCut[stratum] = counts
    return Section(
      counts: since,
      times: PerTime(
        latency: latency.cut(stratum), wait: wait.cut(stratum),
        tokens: tokenTimes.areKnown
          ? (
            tokenTimes.ttft.cut(stratum), tokenTimes.tpot.cut(stratum), tokenTimes.gap.cut(stratum)
          ) : nil))
  }

  /// How requests of all strata ended, each once.
  package var counts: RequestCounts {
    mutating get {
      var sum = RequestCounts()
      for stratum in 0..<strata { sum.add(counts(of: stratum), times: 1) }
      return sum
    }
  }

  /// What ended of a stratum so far, for the windows that it is made of.
  ///
  /// - Complexity: O(outcomes + edges).
  package mutating func totals(of stratum: Int) -> WindowTotals {
    let counts = counts(of: stratum)
    let answered = counts.answered
    return WindowTotals(
      ended: counts.ended.reduce(0, +), answered: answered,
      latency: latency.sum(of: stratum),
      above: PerTime(
        latency: latency.above(of: stratum), wait: wait.above(of: stratum),
        tokens: tokenTimes.areKnown
          ? (
            tokenTimes.ttft.above(of: stratum), tokenTimes.tpot.above(of: stratum),
            tokenTimes.gap.above(of: stratum)
          ) : nil))
  }

  /// The minutes of a stratum in which anything arrived, and those in which 99 % were answered.
  ///
  /// - Complexity: O(minutes).
  package mutating func minutes(of stratum: Int) -> (offered: UInt64, available: UInt64) {
    closePlaces()
    var result: (offered: UInt64, available: UInt64) = (0, 0)
    for index in 0..<minutes.count {
      let minute = minutes[index]
      guard minute.offered > 0, minute.stratum == stratum else { continue }
      result.offered += 1
      if UInt64(minute.answered) * 100 >= UInt64(minute.offered) * 99 { result.available += 1 }
    }
    return result
  }

  /// Of each measured minute: the requests that arrived and those of them that were answered, their
  /// mean latency in seconds, and the requests in the system when it began.
  ///
  /// - Complexity: O(minutes).
  package mutating func series(from start: Instant) -> [SeriesPoint] {
    closePlaces()
    return (0..<minutes.count).flatMap { row -> [SeriesPoint] in
      let minute = minutes[row]
      guard minute.offered > 0 else { return [] }
      let time = start + .minutes(Int64(minute.number))
      var values = [("offered", Double(minute.offered)), ("answered", Double(minute.answered))]
      if minute.answered > 0 {
        values.append(("mean_latency", Double(minute.latency) / Double(minute.answered) / 1e9))
      }
      values.append(("backlog", Double(minute.backlog)))
      return values.map { SeriesPoint(time: time, name: $0.0, pool: "", value: $0.1) }
    }
  }
}
