// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving
import Statistics

/// Where a measured request is counted: the row of the minute of its arrival, and the stratum.
///
/// Requests of one stratum all stand for equally many of the horizon. Stratum 0 holds what stands for
/// itself; all the rest belongs to windows that were drawn.
@frozen
@usableFromInline
package struct MeasuredPlace: BitwiseCopyable, Sendable {
  /// The place as a plain number, negative for a request that is not measured.
  @usableFromInline package let bits: Int32

  /// The place of a row.
  @inlinable
  init(row: Int32, stratum: Int) {
    bits = row << Self.stratumBits | Int32(truncatingIfNeeded: stratum)
  }

  /// The bits that hold the number of a stratum.
  @inlinable static var stratumBits: Int32 { 4 }

  /// The most strata.
  @inlinable package static var mostStrata: Int { 1 << Int(stratumBits) }

  /// The place of that number.
  @inlinable
  package init(bits: Int32) {
    self.bits = bits
  }

  /// The place of a request that is not measured.
  @inlinable package static var none: MeasuredPlace { MeasuredPlace(bits: -1) }

  /// Whether a request is measured.
  @inlinable package var isMeasured: Bool { bits >= 0 }
  /// The row of the minute of its arrival.
  @inlinable var row: Int { Int(bits >> Self.stratumBits) }
  /// The number of its stratum.
  @inlinable package var stratum: Int { Int(bits & (1 << Self.stratumBits - 1)) }
}

/// Counts how requests end while a replication runs; tells nothing back.
@usableFromInline
package struct RequestRecorder: ~Copyable {
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

  @usableFromInline var open = Open()
  @usableFromInline var arrivals = Arrivals()
  // Each by stratum first.
  @usableFromInline var sums: Column<Sums>
  @usableFromInline var ended: Column<UInt64>
  @usableFromInline var answeredBy: Column<UInt64>
  @usableFromInline var latency: TimeCounts
  @usableFromInline var wait: TimeCounts
  /// Times to the first token and per token; of no stratum where replicas know no tokens.
  @usableFromInline var ttft: TimeCounts
  @usableFromInline var tpot: TimeCounts
  private var gap: TimeCounts
  /// Whether replicas know tokens.
  @usableFromInline let knowsTokens: Bool
  /// By stratum and limits, how many requests kept them.
  private var good: Column<UInt64>
  private let limits: Int
  /// The minutes that were entered, in their order: few of a long horizon.
  @usableFromInline var minutes: GrowingColumn<Minute>
  private var countsAtCut: [RequestCounts]
  private var promptTokensInRows: Int64 = 0
  private var outputTokensInRows: Int64 = 0
  /// How many classes of requests there are.
  @usableFromInline let classes: Int
  /// How many pairs of a model and a class there are.
  @usableFromInline package let cells: Int
  /// How many strata there are.
  package let strata: Int

  /// A recorder for so many models, classes and strata.
  ///
  /// - Parameters:
  ///   - collects: whether each time is kept, so that order statistics are known.
  ///   - knowsTokens: whether replicas tell when tokens come.
  ///   - limits: how many limits there are that a good request keeps.
  /// - Precondition: there is a stratum, and there are at most ``MeasuredPlace/mostStrata``.
  package init(
    edges: [Int64], models: Int, classes: Int, strata: Int = 1, collects: Bool = false,
    knowsTokens: Bool = false, limits: Int = 0
  ) {
    precondition((1...MeasuredPlace.mostStrata).contains(strata), "a place names its stratum")
    self.classes = classes
    self.strata = strata
    cells = models * classes
    countsAtCut = [RequestCounts](repeating: RequestCounts(), count: strata)
    sums = Column(repeating: Sums(), count: strata)
    ended = Column(repeating: 0, count: strata * Self.outcomes)
    answeredBy = Column(repeating: 0, count: strata * cells)
    latency = TimeCounts(edges: edges, strata: strata, collects: collects)
    wait = TimeCounts(edges: edges, strata: strata, collects: collects)
    self.knowsTokens = knowsTokens
    self.limits = limits
    good = Column(repeating: 0, count: strata * limits)
    let tokenStrata = knowsTokens ? strata : 0
    ttft = TimeCounts(edges: edges, strata: tokenStrata, collects: collects && knowsTokens)
    tpot = TimeCounts(edges: edges, strata: tokenStrata, collects: collects && knowsTokens)
    gap = TimeCounts(edges: edges, strata: tokenStrata, collects: false)
    minutes = GrowingColumn(minimumCapacity: 256)
  }

  @usableFromInline static var outcomes: Int { 16 }

  /// Tokens of prompts of completed requests.
  package var promptTokens: Int64 {
    mutating get {
      closePlaces()
      return promptTokensInRows
    }
  }

  /// Tokens of answers of completed requests.
  package var outputTokens: Int64 {
    mutating get {
      closePlaces()
      return outputTokensInRows
    }
  }

  /// All times of answered requests in order; `nil` where they are not collected.
  ///
  /// - Complexity: O(n log n) for n requests.
  package func inOrder(_ time: RequestTime) -> [Int64]? {
    switch time {
    case .latency: latency.collects ? latency.inOrder : nil
    case .wait: wait.collects ? wait.inOrder : nil
    case .ttft: ttft.collects ? ttft.inOrder : nil
    case .tpot: tpot.collects ? tpot.inOrder : nil
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
        tokens: knowsTokens
          ? (
            ttft.histogram(of: number), tpot.histogram(of: number), gap.histogram(of: number)
          ) : nil),
      answeredTokens: sums[number].answeredTokens,
      good: (0..<limits).map { good[number * limits + $0] },
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
        tokens: knowsTokens ? (ttft.cut(stratum), tpot.cut(stratum), gap.cut(stratum)) : nil))
  }

  private mutating func counts(of stratum: Int) -> RequestCounts {
    closePlaces()
    var counts = RequestCounts()
    counts.arrived = sums[stratum].arrived
    for outcome in RequestOutcome.allCases {
      counts[outcome] = ended[stratum * Self.outcomes + Int(outcome.rawValue)]
    }
    return counts
  }

  /// Counts a measured request that arrived.
  @inlinable
  @inline(__always)
  package mutating func arrived(at place: MeasuredPlace) {
    if place.bits != arrivals.place.bits { turnArrivals(to: place) }
    arrivals.count += 1
  }

  /// Lets another place have its turn among those where requests arrive.
  @usableFromInline
  mutating func turnArrivals(to place: MeasuredPlace) {
    closePlaces()
    arrivals.place = place
  }

  /// Counts a measured request that a replica answered in time.
  @inlinable
  @inline(__always)
  package mutating func completed(
    _ answer: Answer, wait waited: TimeSpan, at place: MeasuredPlace, promptTokens prompt: UInt32
  ) {
    if place.bits != open.place.bits { turn(to: place) }
    open.completed += 1
    open.promptTokens += Int64(prompt)
    open.outputTokens += Int64(answer.tokens)
    open.latency.add(answer.latency)
    open.wait.add(waited.nanoseconds)
    answeredBy[open.firstCell + Int(answer.model) * classes + Int(answer.classIndex)] += 1
    latency.count(answer.latency, in: place.stratum)
    wait.count(waited.nanoseconds, in: place.stratum)
  }

  /// Lets another place have its turn.
  @usableFromInline
  mutating func turn(to place: MeasuredPlace) {
    closePlaces()
    open.place = place
    open.firstCell = place.stratum * cells
  }

  /// Puts what was counted together into the rows.
  private mutating func closePlaces() {
    if arrivals.count > 0 {
      let place = arrivals.place
      minutes[place.row].offered += arrivals.count
      sums[place.stratum].arrived += UInt64(arrivals.count)
      arrivals.count = 0
    }
    guard open.completed > 0 else { return }
    let place = open.place
    minutes[place.row].answered += open.completed
    minutes[place.row].latency += open.latency.nanoseconds
    sums[place.stratum].answeredTokens += open.outputTokens
    ended[place.stratum * Self.outcomes + Int(RequestOutcome.completed.rawValue)] += UInt64(
      open.completed)
    latency.add(open.latency, in: place.stratum)
    wait.add(open.wait, in: place.stratum)
    promptTokensInRows += open.promptTokens
    outputTokensInRows += open.outputTokens
    let firstCell = open.firstCell
    open = Open()
    (open.place, open.firstCell) = (place, firstCell)
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

  /// Counts a measured request that was answered in time, by no replica of its own.
  @inlinable
  @inline(__always)
  package mutating func answered(
    _ outcome: RequestOutcome, _ answer: Answer, at place: MeasuredPlace
  ) {
    minutes[place.row].answered += 1
    minutes[place.row].latency += Int128(answer.latency)
    let stratum = place.stratum
    sums[stratum].answeredTokens += Int64(answer.tokens)
    ended[stratum * Self.outcomes + Int(outcome.rawValue)] += 1
    answeredBy[stratum * cells + Int(answer.model) * classes + Int(answer.classIndex)] += 1
    latency.record(answer.latency, in: stratum)
  }

  /// Counts when the tokens of a measured request came that was answered in time.
  ///
  /// - Parameters:
  ///   - tpot: the time per token after the first; `nil` where there is only one, or a store gave all at once.
  @inlinable
  package mutating func tokens(ttft first: TimeSpan, tpot next: TimeSpan?, at place: MeasuredPlace)
  {
    ttft.record(first.nanoseconds, in: place.stratum)
    if let next { tpot.record(next.nanoseconds, in: place.stratum) }
  }

  /// Counts gaps between tokens that came in a minute that is measured.
  package mutating func gap(_ time: TimeSpan, times count: Int, at place: MeasuredPlace) {
    gap.record(time.nanoseconds, times: UInt64(count), in: place.stratum)
  }

  /// Counts a measured request that kept limits.
  package mutating func good(_ number: Int, at place: MeasuredPlace) {
    good[place.stratum * limits + number] += 1
  }

  /// Counts a measured request that got no answer in time.
  @inlinable
  package mutating func unanswered(_ outcome: RequestOutcome, at place: MeasuredPlace) {
    ended[place.stratum * Self.outcomes + Int(outcome.rawValue)] += 1
  }

  /// Measured requests that arrived and have not ended.
  package var inFlight: Int64 {
    var left = Int64(arrivals.count) - Int64(open.completed)
    for stratum in 0..<sums.count { left += Int64(sums[stratum].arrived) }
    for place in 0..<ended.count { left -= Int64(ended[place]) }
    return left
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
        tokens: knowsTokens
          ? (
            ttft.above(of: stratum), tpot.above(of: stratum), gap.above(of: stratum)
          ) : nil))
  }

  /// The place of requests that arrive in a minute, and have so many in the system before them if they are the
  /// first of it that are measured.
  ///
  /// - Precondition: no later minute was entered.
  package mutating func enter(minute: Int, stratum: Int, backlog: Int) -> MeasuredPlace {
    let last = minutes.count - 1
    precondition(last < 0 || minutes[last].number <= minute, "minutes are entered in their order")
    // A window that opens or closes within a minute does not begin it anew.
    if last < 0 || minutes[last].number < minute {
      minutes.append(
        Minute(
          number: Int32(minute), backlog: Int32(clamping: backlog), stratum: Int32(stratum)))
    }
    return MeasuredPlace(row: Int32(minutes.count - 1), stratum: stratum)
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
