// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving
import Statistics

/// Where a measured request is counted: the row of the minute of its arrival, and the stratum.
///
/// Requests of one stratum all stand for equally many of the horizon. One stratum holds the time round
/// interruptions, the other all the rest.
@frozen
@usableFromInline
package struct MeasuredPlace: BitwiseCopyable, Sendable {
  /// The place as a plain number, negative for a request that is not measured.
  @usableFromInline package let bits: Int32

  /// The place of a row.
  @inlinable
  init(row: Int32, isEventful: Bool) {
    bits = row << 1 | (isEventful ? 1 : 0)
  }

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
  @inlinable var row: Int { Int(bits >> 1) }
  /// Whether it arrived round an interruption.
  @inlinable package var isEventful: Bool { bits & 1 != 0 }
  /// The number of its stratum: 0 away from interruptions, 1 round them.
  @inlinable package var stratum: Int { Int(bits & 1) }
}

/// Counts how requests end while a replication runs; tells nothing back.
@usableFromInline
package struct RequestRecorder: ~Copyable {
  /// What is counted of the requests of one stratum.
  package struct Stratum: Sendable {
    /// How requests ended.
    package let counts: RequestCounts
    /// End-to-end latency of answered requests.
    package let latency: LatencyHistogram
    /// Time from arrival to the start of the batch, of requests that a replica answered.
    package let wait: LatencyHistogram
    /// Tokens of all answers.
    package let answeredTokens: Int64
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
    @usableFromInline var isEventful = false

    init(number: Int32, backlog: Int32) {
      self.number = number
      self.backlog = backlog
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
  // Each by stratum first: of the calm one, then of the eventful one.
  @usableFromInline var sums: Column<Sums>
  @usableFromInline var ended: Column<UInt64>
  @usableFromInline var answeredBy: Column<UInt64>
  @usableFromInline var latency: TimeCounts
  @usableFromInline var wait: TimeCounts
  /// The minutes that were entered, in their order: few of a long horizon.
  @usableFromInline var minutes: GrowingColumn<Minute>
  private var countsAtCut = [RequestCounts](repeating: RequestCounts(), count: strata)
  private var promptTokensInRows: Int64 = 0
  private var outputTokensInRows: Int64 = 0
  /// How many classes of requests there are.
  @usableFromInline let classes: Int
  /// How many pairs of a model and a class there are.
  @usableFromInline let cells: Int

  /// A recorder for so many models and classes.
  package init(edges: [Int64], models: Int, classes: Int) {
    self.classes = classes
    cells = models * classes
    sums = Column(repeating: Sums(), count: Self.strata)
    ended = Column(repeating: 0, count: Self.strata * Self.outcomes)
    answeredBy = Column(repeating: 0, count: Self.strata * cells)
    latency = TimeCounts(edges: edges, strata: Self.strata)
    wait = TimeCounts(edges: edges, strata: Self.strata)
    minutes = GrowingColumn(minimumCapacity: 256)
  }

  private static var strata: Int { 2 }
  @usableFromInline static var outcomes: Int { 16 }

  /// The requests that arrived away from interruptions; all of them where nothing is sampled.
  ///
  /// - Complexity: O(buckets).
  package var calm: Stratum { mutating get { stratum(0) } }

  /// The requests that arrived round interruptions.
  ///
  /// - Complexity: O(buckets).
  package var eventful: Stratum { mutating get { stratum(1) } }

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

  private mutating func stratum(_ number: Int) -> Stratum {
    closePlaces()
    return Stratum(
      counts: counts(of: number), latency: latency.histogram(of: number),
      wait: wait.histogram(of: number), answeredTokens: sums[number].answeredTokens,
      answeredBy: (0..<cells).map { answeredBy[number * cells + $0] })
  }

  /// What was counted of each stratum since this was asked last.
  ///
  /// - Complexity: O(buckets up to the longest time).
  mutating func cut() -> (calm: Section, eventful: Section) { (cut(0), cut(1)) }

  private mutating func cut(_ stratum: Int) -> Section {
    let counts = counts(of: stratum)
    var since = counts
    since.subtract(countsAtCut[stratum])
    countsAtCut[stratum] = counts
    return Section(counts: since, latency: latency.cut(stratum), wait: wait.cut(stratum))
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
      if place.isEventful { minutes[place.row].isEventful = true }
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

  /// How requests of both strata ended, each once.
  package var counts: RequestCounts { mutating get { counts(of: 0) + counts(of: 1) } }

  /// The place of requests that arrive in a minute, and have so many in the system before them if they are the
  /// first of it that are measured.
  ///
  /// - Precondition: no later minute was entered.
  package mutating func enter(minute: Int, isEventful: Bool, backlog: Int) -> MeasuredPlace {
    let last = minutes.count - 1
    precondition(last < 0 || minutes[last].number <= minute, "minutes are entered in their order")
    // A window that opens or closes within a minute does not begin it anew.
    if last < 0 || minutes[last].number < minute {
      minutes.append(Minute(number: Int32(minute), backlog: Int32(clamping: backlog)))
    }
    return MeasuredPlace(row: Int32(minutes.count - 1), isEventful: isEventful)
  }

  /// The minutes of a stratum in which anything arrived, and those in which 99 % were answered.
  ///
  /// - Complexity: O(minutes).
  package mutating func minutes(eventful: Bool) -> (offered: UInt64, available: UInt64) {
    closePlaces()
    var result: (offered: UInt64, available: UInt64) = (0, 0)
    for index in 0..<minutes.count {
      let minute = minutes[index]
      guard minute.offered > 0, minute.isEventful == eventful else { continue }
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
