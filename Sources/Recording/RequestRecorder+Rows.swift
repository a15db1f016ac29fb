// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving
import Statistics

/// What is counted of requests, a row for each kind.
extension RequestRecorder {
  /// What is counted of the requests of one stratum.
  package struct Stratum: Sendable {
    /// How requests ended.
    package let counts: RequestCounts
    /// The times of answered requests.
    package let times: PerTime<LatencyHistogram>
    /// Tokens of all answers.
    package let answeredTokens: Int64
    /// How many requests kept each of the limits that are counted.
    package let good: [UInt64]
    /// Answers by who gave them, model × class.
    package let answeredBy: [UInt64]
  }

  /// The plain sums of one stratum, in one row.
  @usableFromInline
  struct Sums: BitwiseCopyable, Sendable {
    @usableFromInline var arrived: UInt64 = 0
    @usableFromInline var answeredTokens: Int64 = 0
  }

  /// What is counted of the requests that arrived in one minute, in one row.
  @usableFromInline
  struct Minute: BitwiseCopyable, Sendable {
    /// Which minute it is, from the first that may be measured.
    @usableFromInline let number: Int32
    @usableFromInline var offered: UInt32 = 0
    @usableFromInline var answered: UInt32 = 0
    /// Nanoseconds, of all that were answered: more than 64 bits hold where a queue grows for months.
    @usableFromInline var latency: Int128 = 0
    /// Requests in the system when the minute was entered.
    @usableFromInline let backlog: Int32
    /// The stratum of the whole minute.
    @usableFromInline let stratum: Int32

    init(number: Int32, backlog: Int32, stratum: Int32) {
      self.number = number
      self.backlog = backlog
      self.stratum = stratum
    }
  }

  /// Completed requests of one place that are counted together and in no row yet.
  ///
  /// Batches answer one minute's requests after the other: what each would add to a row in memory is added up here,
  /// and goes into the rows when another place has its turn or somebody reads.
  @usableFromInline
  struct Open: BitwiseCopyable, Sendable {
    @usableFromInline var place = MeasuredPlace.none
    /// Where the stratum of the place begins among cells.
    @usableFromInline var firstCell = 0
    @usableFromInline var completed: UInt32 = 0
    @usableFromInline var promptTokens: Int64 = 0
    @usableFromInline var outputTokens: Int64 = 0
    @usableFromInline var latency = TimeCounts.Sum()
    @usableFromInline var wait = TimeCounts.Sum()
  }

  /// Requests that arrived at one place, counted together in the same way.
  @usableFromInline
  struct Arrivals: BitwiseCopyable, Sendable {
    @usableFromInline var place = MeasuredPlace.none
    @usableFromInline var count: UInt32 = 0
  }

  /// What an answer was.
  @frozen
  @usableFromInline
  package struct Answer: BitwiseCopyable, Sendable {
    @usableFromInline let latency: Int64
    @usableFromInline let tokens: UInt32
    @usableFromInline let model: Int32
    @usableFromInline let classIndex: UInt8

    /// An answer of those values.
    @inlinable
    package init(latency: TimeSpan, tokens: UInt32, model: ModelID, classIndex: UInt8) {
      self.latency = latency.nanoseconds
      self.tokens = tokens
      self.model = Int32(truncatingIfNeeded: model.index)
      self.classIndex = classIndex
    }
  }

  /// Tokens of completed requests.
  @usableFromInline
  struct Tokens: BitwiseCopyable, Sendable {
    @usableFromInline var prompt: Int64 = 0
    @usableFromInline var output: Int64 = 0
  }

  /// When tokens came, of no stratum where replicas know none.
  @usableFromInline
  struct TokenTimes: ~Copyable {
    /// Whether replicas know tokens.
    @usableFromInline let areKnown: Bool
    @usableFromInline var ttft: TimeCounts
    @usableFromInline var tpot: TimeCounts
    var gap: TimeCounts

    init(edges: [Int64], strata: Int, collects: Bool, areKnown: Bool) {
      self.areKnown = areKnown
      let strata = areKnown ? strata : 0
      ttft = TimeCounts(edges: edges, strata: strata, collects: collects && areKnown)
      tpot = TimeCounts(edges: edges, strata: strata, collects: collects && areKnown)
      gap = TimeCounts(edges: edges, strata: strata, collects: false)
    }
  }

  /// How many requests kept limits, by stratum and limits.
  struct GoodCounts: ~Copyable {
    private var counts: Column<UInt64>
    private let limits: Int

    init(strata: Int, limits: Int) {
      self.limits = limits
      counts = Column(repeating: 0, count: strata * limits)
    }

    /// Counts a request that kept limits.
    mutating func add(_ number: Int, in stratum: Int) { counts[stratum * limits + number] += 1 }

    /// How many of a stratum kept each of the limits.
    func counts(of stratum: Int) -> [UInt64] {
      (0..<limits).map { counts[stratum * limits + $0] }
    }
  }
}
