// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Numerics
import Quantities
import RandomStreams

/// The requests from some time on in order of arrival, drawn a column at a time.
///
/// Time is cut into cells of whole minutes, and the n-th request of a cell, its gap, class, lengths and
/// content, is a function of seed, replication, cell and n alone. So whatever the fleet does with a
/// request the next one is the same, and whoever looks at a minute sees the same requests in it.
@usableFromInline
package struct RequestSource: ~Copyable {
  /// How many requests are drawn at a time.
  package static var columnLength: Int { 128 }
  /// Cells are so long that the busiest has some thousand requests, and a column is well used.
  private static var fewestPerCell: Double { 4_096 }

  private let model: WorkloadModel
  private let seed: UInt64
  private let replication: UInt32
  private let catalogue: Catalogue
  private let lengths: LengthTables
  /// The columns of the table that contents are drawn from, a copy that nobody shares, eight bytes for each
  /// content; none where no content repeats.
  private let contents: Column<AliasTable.Column>
  private let cellLength: Int64
  private var gaps: RandomStream
  private var details: RandomStream
  private var cell: Int64 = 0
  private var pace: Pace
  /// Requests made of the cell, or of the trace.
  private var made: UInt64 = 0
  private var draws: Draws
  @usableFromInline var column: Column<Arrival>
  @usableFromInline var position: Int
  @usableFromInline var filled: Int = 0

  /// Where the clock of a Poisson process stands.
  private struct Pace {
    var stepStart: Instant
    var stepLength: Double = 0
    var offset: Double = 0
    /// Nanoseconds between arrivals at the rate of this step; infinite when nothing arrives.
    var meanGap: Double = .infinity
    /// When the next step begins; never when none does.
    var stepEnd: Instant = .never
  }

  /// The draws of a column of requests before they are put together.
  private struct Draws: ~Copyable {
    /// Random bits: the low halves of the blocks of gaps, then of those the high halves.
    var gaps: Column<UInt64>
    /// When requests arrive.
    var times: Column<Int64>
    /// Random bits of lengths, then of contents: content identities once they are resolved.
    var details: Column<UInt64>
    /// The tokens of prompts and answers that belong to the bits of lengths.
    var promptTokens: Column<UInt32>
    var outputTokens: Column<UInt32>
    /// What each request is like.
    var entry: Column<Catalogue.Entry>
    /// The places of requests whose contents nobody else asks for, and of those in the catalogue.
    var unique: Column<UInt8>
    var repeated: Column<UInt8>
    private let count: Int

    init(count: Int) {
      precondition(count <= 256 && count % 8 == 0, "a place has eight bits; draws come by eights")
      gaps = Column(repeating: 0, count: 2 * count)
      times = Column(repeating: 0, count: count)
      details = Column(repeating: 0, count: 2 * count)
      promptTokens = Column(repeating: 1, count: count)
      outputTokens = Column(repeating: 1, count: count)
      entry = Column(repeating: .none, count: count)
      unique = Column(repeating: 0, count: count)
      repeated = Column(repeating: 0, count: count)
      self.count = count
    }

    /// Draws gaps, as exponentials of mean 1, and the bits of kinds.
    mutating func drawGaps(_ stream: RandomStream, from index: UInt64) {
      gaps.withMutableSpan(of: 0..<2 * count) { stream.fill(&$0, from: index) }
      gaps.withMutableSpan(of: 0..<count) { Elementary.makeUnitExponentials(of: &$0) }
    }

    /// Adds gaps to the clock from a request on as long as the step of the rate lasts, and says how many.
    mutating func addUpGaps(from first: Int, _ pace: inout Pace) -> Int {
      gaps.withSpan { gaps in
        times.withMutableSpan(of: first..<count) { times in
          Elementary.addUp(
            gaps.extracting(first..<count), times: pace.meanGap, below: pace.stepLength,
            from: pace.stepStart.nanoseconds, sum: &pace.offset, into: &times)
        }
      }
    }

    mutating func drawDetails(
      _ stream: RandomStream, from index: UInt64, _ tables: LengthTables
    ) {
      details.withMutableSpan(of: 0..<2 * count) { stream.fill(&$0, from: index) }
      // A request without a law of lengths keeps the one token that all have at first.
      details.withSpan { details in
        let bits = details.extracting(first: count)
        promptTokens.withMutableSpan(of: 0..<count) {
          tables.prompt?.fill(&$0, forHighBits: false, of: bits)
        }
        outputTokens.withMutableSpan(of: 0..<count) {
          tables.output?.fill(&$0, forHighBits: true, of: bits)
        }
      }
    }

    /// Puts contents in the place of their random bits; of the catalogue's item 0 there are as many as words.
    mutating func replaceContents(
      byItemsOf table: Span<AliasTable.Column>, zerosFrom first: UInt64
    ) {
      details.withMutableSpan(of: count..<2 * count) {
        AliasTable.replace(&$0, byItemsOf: table, zerosFrom: first)
      }
    }

    @inline(__always)
    func gap(_ index: Int) -> Double { Double(bitPattern: gaps[index]) }
    @inline(__always)
    func time(_ index: Int) -> Instant { Instant(nanoseconds: times[index]) }
    @inline(__always)
    func kind(_ index: Int) -> UInt64 { gaps[count + index] }
    @inline(__always)
    func lengths(_ index: Int) -> UInt64 { details[index] }
    @inline(__always)
    func content(_ index: Int) -> UInt64 { details[count + index] }
    @inline(__always)
    mutating func setContent(_ index: Int, to content: UInt64) { details[count + index] = content }
  }

  /// The requests of a replication from `start` on.
  package init(_ model: WorkloadModel, from start: Instant, seed: UInt64, replication: UInt32) {
    self.model = model
    self.seed = seed
    self.replication = replication
    catalogue = Catalogue(model.mix, seed: seed, replication: replication)
    lengths = model.mix.lengthTables
    let contents = model.mix.contentTable?.columns ?? []
    self.contents = Column(copying: contents.span)
    cellLength = Self.cellLength(of: model)
    gaps = RandomStream(seed: seed, replication: replication, purpose: .arrivals, entity: 0)
    details = RandomStream(
      seed: seed, replication: replication, purpose: .requestContent, entity: 0)
    pace = Pace(stepStart: start)
    column = Column(repeating: Arrival.none, count: Self.columnLength)
    draws = Draws(count: Self.columnLength)
    position = 0
    restart(at: start)
  }

  /// Goes on with the requests from `start` on: the same as if it had been made for that time.
  package mutating func restart(at start: Instant) {
    switch model.arrivals {
    case .poisson(let profile):
      enterCell(number(at: start))
      skipColumns(before: start, profile)
      refill()
      while nextTime < start { _ = take() }
    case .renewal:
      enterCell(number(at: start))
      refill()
      while nextTime < start { _ = take() }
    case .replay(let trace):
      made = UInt64(trace.firstRequest(from: start))
      refill()
    }
  }

  /// When the cell of an instant begins: there it costs nothing to go on from; of a trace, that instant.
  package func cellStart(at instant: Instant) -> Instant {
    model.arrivals.profile == nil ? instant : start(ofCell: number(at: instant))
  }

  /// Whether a new column has been drawn and nothing of it taken.
  @inlinable package var isAtColumnStart: Bool { position == 0 }

  /// The place in the column of the request that comes next.
  @inlinable package var nextPlace: Int { position }

  /// How many requests of the column are drawn.
  @inlinable package var drawnCount: Int { filled }

  /// A request of the column that was drawn last.
  @inlinable
  package func drawn(_ index: Int) -> Arrival { column[index] }

  /// What a content of the catalogue is like, by number from 1.
  package func content(_ number: Int) -> (isDeterministic: Bool, textIndex: UInt16) {
    let entry = catalogue.entries[number]
    return (entry.isDeterministic, entry.text)
  }

  /// When the next request arrives; ``Instant/never`` when none does.
  @inlinable package var nextTime: Instant { column[position].time }

  /// The next request.
  @inlinable
  package mutating func take() -> Arrival {
    let arrival = column[position]
    position += 1
    if position == filled { refill() }
    return arrival
  }

  @usableFromInline
  mutating func refill() {
    position = 0
    switch model.arrivals {
    case .poisson(let profile), .renewal(let profile, _): drawColumn(profile)
    case .replay(let trace): replayColumn(trace)
    }
  }

  // MARK: Cells

  private static func cellLength(of model: WorkloadModel) -> Int64 {
    guard let profile = model.arrivals.profile else { return .max }
    let minute = TimeSpan.minutes(1)
    let each = profile.highestRate.perSecond * minute.inSeconds
    return minute.nanoseconds * Int64(max(1, min(1e6, (fewestPerCell / each).rounded(.up))))
  }

  private func number(at instant: Instant) -> Int64 {
    let inside = instant.nanoseconds % cellLength
    return (instant.nanoseconds - inside) / cellLength - (inside < 0 ? 1 : 0)
  }

  private func start(ofCell number: Int64) -> Instant {
    Instant(nanoseconds: number * cellLength)
  }

  private mutating func enterCell(_ number: Int64) {
    guard let profile = model.arrivals.profile else { return }
    cell = number
    made = 0
    let entity = UInt32(truncatingIfNeeded: number)
    gaps = RandomStream(seed: seed, replication: replication, purpose: .arrivals, entity: entity)
    details = RandomStream(
      seed: seed, replication: replication, purpose: .requestContent, entity: entity)
    enterStep(at: start(ofCell: number), of: profile)
  }

  /// The number of the first request of the cell in the whole workload: told apart from those of all
  /// other cells, and below 2^48.
  private var firstNumber: UInt64 { UInt64(UInt32(truncatingIfNeeded: cell) & 0xFF_FFFF) << 24 }

  // MARK: Synthesis

  /// Draws a column of requests, one step for all of them after the other, up to the end of the cell.
  ///
  /// The steps have no order among requests, so the processor overlaps their latencies: generator
  /// rounds, divisions and table look-ups that each would wait for.
  private mutating func drawColumn(_ profile: RateProfile) {
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
  private mutating func skipColumns(before start: Instant, _ profile: RateProfile) {
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

  /// Works out when the requests of a column arrive, up to the first that does not come before `end`.
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
      seed: seed, replication: replication, purpose: .renewalGaps,
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
    contents.withSpan { draws.replaceContents(byItemsOf: $0, zerosFrom: Arrival.uniqueMark | first) }
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

  private mutating func enterStep(at start: Instant, of profile: RateProfile) {
    let (rate, until) = profile.rate(at: start)
    pace.stepStart = start
    pace.offset = 0
    pace.stepEnd = until
    // 2^62 nanoseconds are 146 years: a step without an end ends beyond any horizon.
    pace.stepLength = until == .never ? 0x1p62 : Double((until - start).nanoseconds)
    pace.meanGap = rate == .zero ? .infinity : 1e18 / Double(rate.nanoPerSecond)
  }

  // MARK: Replay

  private mutating func replayColumn(_ trace: ReplayTrace) {
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
