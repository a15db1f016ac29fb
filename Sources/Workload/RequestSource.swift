// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Quantities
import RandomStreams

/// The requests of one stretch of time in order of arrival, drawn some hundreds at a time.
///
/// The n-th request's gap, class, lengths and content are functions of the stream names and n alone:
/// whatever the fleet does with a request, the next one is the same.
@usableFromInline
package struct RequestSource: ~Copyable {
  private static var columnLength: Int { 256 }

  private let model: WorkloadModel
  private let gaps: RandomStream
  private let details: RandomStream
  private var pace: Pace
  private var made: UInt64 = 0
  private var draws: Draws
  @usableFromInline var column: Column<Arrival>
  @usableFromInline var position: Int
  /// A digest of all requests drawn so far: equal streams have equal digests.
  package private(set) var digest: UInt64 = 0

  /// Where the clock of a Poisson process stands.
  private struct Pace {
    var stepStart: Instant
    var stepLength: Double = 0
    var offset: Double = 0
    /// Nanoseconds between arrivals at the rate of this step; infinite when nothing arrives.
    var meanGap: Double = .infinity
    var isOver = false
  }

  /// The draws of a column of requests before they are put together.
  private struct Draws: ~Copyable {
    var gap: Column<Double>
    var kind: Column<UInt64>
    /// Random bits, then prompt tokens in the low half and answer tokens in the high half.
    var lengths: Column<UInt64>
    /// Random bits, then content identities.
    var content: Column<UInt64>

    init(count: Int) {
      gap = Column(repeating: 0, count: count)
      kind = Column(repeating: 0, count: count)
      lengths = Column(repeating: 0, count: count)
      content = Column(repeating: 0, count: count)
    }
  }

  /// The requests from `start` on.
  ///
  /// - Parameters:
  ///   - window: the number of the stretch, which names its streams.
  package init(
    _ model: WorkloadModel, from start: Instant, seed: UInt64, replication: UInt32, window: UInt32
  ) {
    self.model = model
    gaps = RandomStream(seed: seed, replication: replication, purpose: .arrivals, entity: window)
    details = RandomStream(
      seed: seed, replication: replication, purpose: .requestContent, entity: window)
    pace = Pace(stepStart: start)
    column = Column(repeating: Arrival.none, count: Self.columnLength)
    draws = Draws(count: Self.columnLength)
    position = 0
    if case .poisson(let profile) = model.arrivals { enterStep(at: start, of: profile) }
    if case .replay(let trace) = model.arrivals { made = UInt64(trace.firstRequest(from: start)) }
    refill()
  }

  /// When the next request arrives; ``Instant/never`` when none does.
  @inlinable package var nextTime: Instant { column[position].time }

  /// The next request.
  @inlinable
  package mutating func take() -> Arrival {
    let arrival = column[position]
    position += 1
    if position == column.count { refill() }
    return arrival
  }

  @usableFromInline
  mutating func refill() {
    position = 0
    switch model.arrivals {
    case .poisson(let profile): drawColumn(profile)
    case .replay(let trace): replayColumn(trace)
    }
  }

  // MARK: Synthesis

  /// Draws a column of requests, one step for all of them after the other.
  ///
  /// The steps have no order among requests, so the processor overlaps their latencies: generator
  /// rounds, divisions and table look-ups that each would wait for.
  private mutating func drawColumn(_ profile: RateProfile) {
    let count = column.count
    // Four at a time; the length of a column is a multiple of four.
    for index in stride(from: 0, to: count, by: 4) {
      let blocks = gaps.fourBlocks(at: made + UInt64(index))
      draws.gap.setFour(Elementary.unitExponentials(blocks.low), at: index)
      draws.kind.setFour(blocks.high, at: index)
    }
    for index in stride(from: 0, to: count, by: 4) {
      let blocks = details.fourBlocks(at: made + UInt64(index))
      draws.lengths.setFour(blocks.low, at: index)
      draws.content.setFour(blocks.high, at: index)
    }
    model.mix.resolveContent(&draws.content, from: made)
    model.mix.resolveLengths(&draws.lengths)
    for index in 0..<count {
      let time = advance(by: draws.gap[index], profile)
      let arrival = arrival(
        number: made, time: time, lengths: draws.lengths[index], kind: draws.kind[index],
        contentID: draws.content[index])
      column[index] = time == .never ? .none : arrival
      guard time != .never else { continue }
      note(arrival)
      made += 1
    }
  }

  private func arrival(
    number: UInt64, time: Instant, lengths: UInt64, kind: UInt64, contentID: UInt64
  ) -> Arrival {
    Arrival(
      time: time, number: number, contentID: contentID,
      promptTokens: UInt32(truncatingIfNeeded: lengths),
      outputTokens: UInt32(truncatingIfNeeded: lengths >> 32),
      classIndex: model.mix.classIndex(for: UInt32(truncatingIfNeeded: kind)),
      isDeterministic: model.mix.isDeterministic(for: UInt32(truncatingIfNeeded: kind >> 32)))
  }

  /// Moves the clock so far that `amount` arrivals of a unit-rate process have been due.
  ///
  /// The time change of a unit-rate Poisson process by the inverse of its cumulative rate: Çinlar,
  /// Introduction to Stochastic Processes (1975), section 4.7.
  private mutating func advance(by amount: Double, _ profile: RateProfile) -> Instant {
    var left = amount
    while true {
      let reached = pace.offset + left * pace.meanGap
      if reached < pace.stepLength {
        pace.offset = reached
        return pace.stepStart + TimeSpan(nanoseconds: Int64(reached))
      }
      if pace.isOver { return .never }
      left -= max(0, pace.stepLength - pace.offset) / pace.meanGap
      left = max(0, left)
      enterStep(at: pace.stepStart + TimeSpan(nanoseconds: Int64(pace.stepLength)), of: profile)
    }
  }

  private mutating func enterStep(at start: Instant, of profile: RateProfile) {
    let (rate, until) = profile.rate(at: start)
    pace.stepStart = start
    pace.offset = 0
    pace.isOver = until == .never && rate == .zero
    // 2^62 nanoseconds are 146 years: a step without an end ends beyond any horizon.
    pace.stepLength = until == .never ? 0x1p62 : Double((until - start).nanoseconds)
    pace.meanGap = rate == .zero ? .infinity : 1e18 / Double(rate.nanoPerSecond)
  }

  // MARK: Replay

  private mutating func replayColumn(_ trace: ReplayTrace) {
    for index in 0..<column.count {
      guard made < UInt64(trace.requests.count) else {
        column[index] = .none
        continue
      }
      let request = trace.requests[Int(made)]
      let lengths = UInt64(request.outputTokens) << 32 | UInt64(request.promptTokens)
      let arrival = arrival(
        number: made, time: request.time, lengths: lengths, kind: gaps.block(at: made).high,
        contentID: model.mix.contentID(for: details.block(at: made).high, number: made))
      note(arrival)
      column[index] = arrival
      made += 1
    }
  }

  private mutating func note(_ arrival: Arrival) {
    let lengths = UInt64(arrival.promptTokens) << 32 | UInt64(arrival.outputTokens)
    let word = UInt64(bitPattern: arrival.time.nanoseconds) ^ lengths ^ arrival.contentID
    let kind = UInt64(arrival.classIndex) << 1 | (arrival.isDeterministic ? 1 : 0)
    digest = mixed(digest ^ word) &+ kind
  }
}
