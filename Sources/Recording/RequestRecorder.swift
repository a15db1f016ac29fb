// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import Serving
import Statistics

/// Counts how requests end while a replication runs; tells nothing back.
@usableFromInline
package struct RequestRecorder: ~Copyable {
  @usableFromInline var open = Open()
  @usableFromInline var arrivals = Arrivals()
  // Each by stratum first.
  @usableFromInline var sums: Column<Sums>
  @usableFromInline var ended: Column<UInt64>
  @usableFromInline var answeredBy: Column<UInt64>
  @usableFromInline var latency: TimeCounts
  @usableFromInline var wait: TimeCounts
  /// Times to the first token, per token and between tokens.
  @usableFromInline var tokenTimes: TokenTimes
  var good: GoodCounts
  /// The minutes that were entered, in their order: few of a long horizon.
  @usableFromInline var minutes: GrowingColumn<Minute>
  var countsAtCut: [RequestCounts]
  private var tokensInRows = Tokens()
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
    tokenTimes = TokenTimes(
      edges: edges, strata: strata, collects: collects, areKnown: knowsTokens)
    good = GoodCounts(strata: strata, limits: limits)
    minutes = GrowingColumn(minimumCapacity: 256)
  }

  @usableFromInline static var outcomes: Int { 16 }

  /// Tokens of prompts of completed requests.
  package var promptTokens: Int64 {
    mutating get {
      closePlaces()
      return tokensInRows.prompt
    }
  }

  /// Tokens of answers of completed requests.
  package var outputTokens: Int64 {
    mutating get {
      closePlaces()
      return tokensInRows.output
    }
  }

  /// How requests of a stratum ended.
  mutating func counts(of stratum: Int) -> RequestCounts {
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
  mutating func closePlaces() {
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
    tokensInRows.prompt += open.promptTokens
    tokensInRows.output += open.outputTokens
    let firstCell = open.firstCell
    open = Open()
    (open.place, open.firstCell) = (place, firstCell)
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
    tokenTimes.ttft.record(first.nanoseconds, in: place.stratum)
    if let next { tokenTimes.tpot.record(next.nanoseconds, in: place.stratum) }
  }

  /// Counts gaps between tokens that came in a minute that is measured.
  package mutating func gap(_ time: TimeSpan, times count: Int, at place: MeasuredPlace) {
    tokenTimes.gap.record(time.nanoseconds, times: UInt64(count), in: place.stratum)
  }

  /// Counts a measured request that kept limits.
  package mutating func good(_ number: Int, at place: MeasuredPlace) {
    good.add(number, in: place.stratum)
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
}
