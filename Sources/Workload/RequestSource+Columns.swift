// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Numerics
import Quantities
import RandomStreams

/// How a column of requests is drawn, or read from a trace.
extension RequestSource {
  /// Draws a column of requests, one step for all of them after the other, up to the end of the cell.
  ///
  /// The steps have no order among requests, so the processor overlaps their latencies: generator
  /// rounds, divisions and table look-ups that each would wait for.
  mutating func drawColumn(_ profile: RateProfile) {
    filled = 0
    while filled == 0 {
      if pace.meanGap == .infinity {
        guard pace.stepEnd != .never else { return finishColumn() }
        if number(at: pace.stepEnd) > cell {
          enterCell(number(at: pace.stepEnd))
          continue
        }
      }
      draws.drawGaps(gaps, from: made)
      draws.drawDetails(details, from: made, lengths)
      if case .renewal(_, let law) = model.arrivals { drawGaps(of: law) }
      let first = firstNumber + made
      precondition(
        made < 1 << 24 - UInt64(Self.columnLength), "a cell of requests has at most 2^24 of them")
      resolveContent(from: first)
      resolveEntries()
      let end = start(ofCell: cell + 1)
      _ = drawTimes(before: end, profile)
      var isOver = false
      for index in 0..<column.count {
        let time = draws.time(index)
        guard time < end else {
          isOver = true
          break
        }
        column[index] = arrival(number: first + UInt64(index), time: time, draw: index)
        filled += 1
      }
      made += UInt64(filled)
      if isOver { enterCell(cell + 1) }
    }
  }

  /// Passes the columns of the cell all of whose requests come before `start`: of these only the gaps matter.
  mutating func skipColumns(before start: Instant, _ profile: RateProfile) {
    let end = min(start, self.start(ofCell: cell + 1))
    while pace.meanGap != .infinity {
      let paceBefore = pace
      draws.drawGaps(gaps, from: made)
      guard drawTimes(before: end, profile) < end else {
        pace = paceBefore
        return
      }
      made += UInt64(column.count)
    }
  }

  /// Works out when the requests of a column arrive, at least up to the first that does not come before `end`.
  ///
  /// - Returns: the time of the last one that was worked out.
  private mutating func drawTimes(before end: Instant, _ profile: RateProfile) -> Instant {
    var place = 0
    while true {
      place += draws.addUpGaps(from: place, &pace)
      guard place < column.count else { return draws.time(place - 1) }
      // Here another step of the rate begins.
      let time = advance(by: draws.gap(place), profile)
      draws.times[place] = time.nanoseconds
      place += 1
      if place == column.count || time >= end { return time }
    }
  }

  private mutating func finishColumn() {
    column[0] = .none
    filled = 1
  }

  /// Draws gaps that are not exponential in place of those that are.
  private mutating func drawGaps(of law: Distribution) {
    let stream = RandomStream(
      seed: run.seed, replication: run.replication, purpose: .renewalGaps,
      entity: UInt32(truncatingIfNeeded: cell))
    for index in 0..<column.count {
      let number = made + UInt64(index)
      var own = stream.draws(of: number)
      // The first of a cell is what is left of a gap that began before it.
      let gap = number == 0 ? law.sampleEquilibriumResidual(from: &own) : law.sample(from: &own)
      draws.gaps[index] = gap.bitPattern
    }
  }

  /// The content that belongs to 64 random bits, for the request with that number.
  private func contentID(for bits: UInt64, number: UInt64) -> UInt64 {
    guard contents.count > 0 else { return Arrival.uniqueMark | number }
    let column = AliasTable.column(for: bits, of: contents.count)
    let item = contents[column].item(for: bits, number: column)
    return item == 0 ? Arrival.uniqueMark | number : UInt64(item)
  }

  /// Puts content identities in the place of random bits, for requests numbered from `first` on.
  private mutating func resolveContent(from first: UInt64) {
    guard contents.count > 0 else {
      for index in 0..<column.count {
        draws.setContent(index, to: Arrival.uniqueMark | (first + UInt64(index)))
      }
      return
    }
    contents.withSpan {
      draws.replaceContents(byItemsOf: $0, zerosFrom: Arrival.uniqueMark | first)
    }
  }

  /// Looks up what contents of the catalogue are like, and works it out for all others.
  ///
  /// One kind after the other: no predictor foresees which is which, and look-ups that stand close together
  /// wait for memory at the same time.
  private mutating func resolveEntries() {
    var (unique, repeated) = (0, 0)
    for index in 0..<column.count {
      let isUnique = Int(truncatingIfNeeded: draws.content(index) &>> 63)
      draws.unique[unique] = UInt8(truncatingIfNeeded: index)
      draws.repeated[repeated] = UInt8(truncatingIfNeeded: index)
      unique &+= isUnique
      repeated &+= 1 &- isUnique
    }
    for place in 0..<repeated {
      let index = Int(draws.repeated[place])
      draws.entry[index] = catalogue.entries[Int(truncatingIfNeeded: draws.content(index))]
    }
    for place in 0..<unique {
      let index = Int(draws.unique[place])
      draws.entry[index] = model.mix.entry(
        promptTokens: draws.promptTokens[index], outputTokens: draws.outputTokens[index],
        lengthBits: draws.lengths(index), kindBits: draws.kind(index))
    }
  }

  @inline(__always)
  private func arrival(number: UInt64, time: Instant, draw index: Int) -> Arrival {
    let entry = draws.entry[index]
    return Arrival(
      time: time, number: number, contentID: draws.content(index),
      promptTokens: entry.promptTokens, outputTokens: entry.outputTokens, textIndex: entry.text,
      classIndex: entry.classIndex, tenantIndex: model.mix.tenantIndex(for: draws.kind(index)),
      isDeterministic: entry.isDeterministic)
  }

  /// Moves the clock so far that `amount` arrivals of a unit-rate process have been due.
  ///
  /// The time change of a unit-rate Poisson process by the inverse of its cumulative rate: Çinlar,
  /// Introduction to Stochastic Processes (1975), section 4.7.
  ///
  /// - Complexity: O(steps of the rate that are passed).
  private mutating func advance(by amount: Double, _ profile: RateProfile) -> Instant {
    var left = amount
    while true {
      let reached = pace.offset + left * pace.meanGap
      if reached < pace.stepLength {
        pace.offset = reached
        return pace.stepStart + TimeSpan(nanoseconds: Int64(reached))
      }
      if pace.stepEnd == .never { return .never }
      left -= max(0, pace.stepLength - pace.offset) / pace.meanGap
      left = max(0, left)
      enterStep(at: pace.stepEnd, of: profile)
    }
  }

  mutating func enterStep(at start: Instant, of profile: RateProfile) {
    let (rate, until) = profile.rate(at: start)
    pace.stepStart = start
    pace.offset = 0
    pace.stepEnd = until
    // 2^62 nanoseconds are 146 years: a step without an end ends beyond any horizon.
    pace.stepLength = until == .never ? 0x1p62 : Double((until - start).nanoseconds)
    pace.meanGap = rate == .zero ? .infinity : 1e18 / Double(rate.nanoPerSecond) * turnsEach
  }

  // MARK: Replay

  mutating func replayColumn(_ trace: ReplayTrace) {
    filled = 0
    while filled < column.count && made < UInt64(trace.requests.count) {
      let request = trace.requests[Int(made)]
      let (bits, kind) = (details.block(at: made), gaps.block(at: made).high)
      let contentID = contentID(for: bits.high, number: made)
      let drawn = model.mix.entry(lengthBits: bits.low, kindBits: kind, lengths)
      let entry = contentID >= Arrival.uniqueMark ? drawn : catalogue.entries[Int(contentID)]
      column[filled] = Arrival(
        time: request.time, number: made, contentID: contentID, promptTokens: request.promptTokens,
        outputTokens: request.outputTokens, textIndex: entry.text, classIndex: entry.classIndex,
        tenantIndex: model.mix.tenantIndex(for: kind), isDeterministic: entry.isDeterministic)
      filled += 1
      made += 1
    }
    if filled == 0 { finishColumn() }
  }
}
