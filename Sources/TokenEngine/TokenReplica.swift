// SPDX-License-Identifier: Apache-2.0

/// When the steps in flight end: at most two.
@usableFromInline
struct StepEnds {
  @usableFromInline private(set) var count = 0
  @usableFromInline private(set) var first = EngineTime(nanoseconds: 0)
  private var second = EngineTime(nanoseconds: 0)

  @usableFromInline
  init() {}

  /// Nothing is in flight.
  @usableFromInline
  @inline(__always)
  mutating func clear() { count = 0 }

  /// Adds the end of a step behind the others.
  @usableFromInline
  @inline(__always)
  mutating func append(_ end: EngineTime) {
    precondition(count < 2, "two steps are in flight at most")
    if count == 0 { first = end } else { second = end }
    count += 1
  }

  /// Takes out the first.
  @usableFromInline
  @inline(__always)
  mutating func takeFirst() -> EngineTime {
    defer { first = second }
    count -= 1
    return first
  }
}

/// One replica of a model: a scheduler, a law for the time of its steps, and a clock.
///
/// Steps follow each other, with the host's time between them, as long as there is something to do. Steps that bring no news are taken
/// together: nobody is admitted, nobody ends, and who arrives meanwhile ends the row of them at the end of the step that
/// runs. What comes out is the same to the nanosecond as where each step is looked at.
public struct TokenReplica<Scheduler: TokenScheduler, Law: StepLaw> {
  /// What happened since it was taken out last, in order.
  public var outcomes: ContiguousArray<TokenOutcome> = []
  /// Gaps between the tokens of answers since they were taken out last, where they are told.
  public var gaps: ContiguousArray<GapRow> = []
  /// What is scheduled.
  @inlinable public var scheduler: Scheduler { _read { yield queue } }
  /// Whether nothing can be scheduled although requests are there, or they take each other's blocks without end.
  @inlinable public var isStuck: Bool { hasGivenUp }

  /// Steps that were scheduled; those of a row once they are over.
  @inlinable public var steps: Int { stepCount }
  /// How many of them the law does not cover, so that their time is a guess.
  @inlinable public var stepsOutsideMeasurements: Int { uncoveredCount }

  @usableFromInline var stepCount = 0
  @usableFromInline var uncoveredCount = 0
  @usableFromInline var queue: Scheduler
  @usableFromInline var hasGivenUp = false

  @usableFromInline let law: Law
  @usableFromInline let coalesces: Bool
  /// When the scheduler was asked last.
  @usableFromInline var time = EngineTime(nanoseconds: 0)
  @usableFromInline let tellsGaps: Bool
  @usableFromInline var tokenClock = TokenClock()
  /// Until when host and device are busy.
  @usableFromInline var lanes: Lanes
  /// When the steps in flight end.
  @usableFromInline var ends = StepEnds()
  /// A row of steps that bring no news, before the one that ends it.
  @usableFromInline var row: Row?
  /// Whether requests are there and nothing is in flight.
  @usableFromInline var isToBegin = false

  @usableFromInline
  struct Row {
    /// When the first of its steps begins: now, or at the end of the step in flight.
    @usableFromInline let start: EngineTime
    /// Results before the last; where it is cut short all that are taken.
    @usableFromInline var quiet: Int
    /// Steps that were in flight before, the first results: none or one.
    @usableFromInline let flying: Int
    /// The femtoseconds of the first step, and of the host before it.
    @usableFromInline let first: Int128
    @usableFromInline let growth: Int128
    @usableFromInline let isCovered: Bool
    /// Whether it ends with quiet results, since somebody came who may be scheduled then.
    @usableFromInline var isCutShort = false
    /// Whether somebody came who is not in its steps.
    @usableFromInline var hasNewcomers = false

    @inlinable
    init(
      start: EngineTime, quiet: Int, flying: Int, first: Int128, growth: Int128, isCovered: Bool
    ) {
      self.start = start
      self.quiet = quiet
      self.flying = flying
      self.first = first
      self.growth = growth
      self.isCovered = isCovered
    }

    /// When so many results are there.
    ///
    /// - Precondition: `results` are as many as were in flight, or more.
    @inlinable
    func end(_ results: Int) -> EngineTime {
      let steps = results - flying
      // Rows of up to two and a half hours are added up in machine words.
      if let first = Int64(exactly: first), let growth = Int64(exactly: growth), steps < 1 << 31 {
        let (flat, flatIsLong) = first.multipliedReportingOverflow(by: Int64(steps))
        let pairs = Int64(steps) * (Int64(steps) - 1) / 2
        let (grown, grownIsLong) = growth.multipliedReportingOverflow(by: pairs)
        let (sum, sumIsLong) = flat.addingReportingOverflow(grown)
        if !flatIsLong && !grownIsLong && !sumIsLong { return start.later(by: Int128(sum)) }
      }
      let count = Int128(steps)
      return start.later(by: count * first + growth * (count * (count - 1) / 2))
    }

    /// How many of the results before the last are there before an instant.
    ///
    /// A guess by floating point, from the root of the quadratic equation, and then exactly.
    @inlinable
    func ended(before instant: Int64) -> Int {
      // Steps take less than an hour each; were they longer, the guess would only be worse.
      let span = Double(instant - start.nanoseconds) * 1e6
      let slope = Double(Int64(truncatingIfNeeded: growth)) / 2
      let first = max(1, Double(Int64(truncatingIfNeeded: first)) - slope)
      let root =
        slope > 0
        ? 2 * span / (first + (first * first + 4 * slope * span).squareRoot()) : span / first
      var results = root < Double(quiet) ? min(quiet, max(0, Int(root)) + flying) : quiet
      while results < quiet, end(results + 1).nanoseconds < instant { results += 1 }
      while results > 0, end(results).nanoseconds >= instant { results -= 1 }
      return results
    }
  }

  /// A replica without requests.
  ///
  /// - Parameters:
  ///   - host: the time between steps.
  ///   - coalesces: whether steps without news are taken together, which gives the same and is faster.
  ///   - tellsGaps: whether ``gaps`` are told.
  @inlinable
  public init(
    scheduler: Scheduler, law: Law, host: HostTime = .none, coalesces: Bool = true,
    tellsGaps: Bool = false
  ) {
    queue = scheduler
    self.tellsGaps = tellsGaps
    if tellsGaps { queue.tellTokens() }
    self.law = law
    lanes = Lanes(hostTime: host, start: EngineTime(nanoseconds: 0))
    self.coalesces = coalesces
  }

  /// When something happens next, in nanoseconds; `.max` where nothing does.
  @inlinable
  public var nextTime: Int64 {
    if isToBegin { return time.nanoseconds }
    return ends.count > 0 ? ends.first.nanoseconds : .max
  }

  /// Adds a request; it may be scheduled from the next step on.
  ///
  /// - Precondition: everything that happens before is done.
  @discardableResult
  @inlinable
  public mutating func add(_ request: TokenRequest, at instant: Int64) -> Int {
    if ends.count == 0 {
      if !isToBegin { time = max(time, EngineTime(nanoseconds: instant)) }
      isToBegin = true
    } else if row != nil, !queue.isFull {
      if queue.schedulesPlain { cutShort(at: instant) } else { cut(at: instant) }
    }
    return queue.add(request)
  }

  /// Ends a request before it is completed.
  ///
  /// - Precondition: everything that happens before is done, and the request is not completed.
  /// - Returns: how far it was.
  @discardableResult
  @inlinable
  public mutating func cancel(_ slot: Int, at instant: Int64) -> RequestProgress {
    if row != nil { cut(at: instant) }
    let progress = queue.progress(of: slot)
    queue.cancel(slot)
    return progress
  }

  /// Does what happens next.
  @inlinable
  public mutating func step() {
    if isToBegin {
      isToBegin = false
      return begin()
    }
    guard ends.count > 0 else { return }
    if let row {
      if row.isCutShort {
        takeUp(row, after: row.quiet)
        return begin()
      }
      finish(row, after: row.quiet)
    }
    time = max(time, ends.takeFirst())
    finish()
    if queue.isThrashing {
      hasGivenUp = true
    } else {
      begin()
    }
  }

  @inlinable
  mutating func finish() {
    queue.finish()
    for index in queue.news.firstTokens.indices { note(queue.news.firstTokens[index], .firstToken) }
    for index in queue.news.completed.indices {
      note(queue.news.completed[index].slot, .completed)
    }
    guard tellsGaps else { return }
    tokenClock.note(queue.tokenNews, at: time, &gaps)
  }

  /// Ends a row with the step that is scheduled behind so many results.
  @inlinable
  mutating func finish(_ row: Row, after count: Int) {
    takeUp(row, after: count)
    _ = schedule(isPlain: row.hasNewcomers)
  }

  /// Takes the first results of a row, and leaves in flight what is when the last of them is there.
  @inlinable
  mutating func takeUp(_ row: Row, after count: Int) {
    self.row = nil
    if count > 0 { takeQuietSteps(count, of: row) }
    ends.clear()
    if row.flying > 0 {
      lanes.deviceFree = row.end(count + 1)
      ends.append(lanes.deviceFree)
    }
  }

  /// Takes the first results of a row: it is the time of the last of them then.
  @inlinable
  mutating func takeQuietSteps(_ count: Int, of row: Row) {
    queue.takeQuietSteps(count)
    countSteps(count, areCovered: row.isCovered)
    if row.flying > 0, !lanes.hostTime.isNone {
      // The host is through before the device, and began with the last of the steps when it was scheduled.
      if count > 1 { time = row.end(count - 1) }
      _ = lanes.start(time, running: queue.runningCount)
    }
    time = row.end(count)
    guard tellsGaps else { return }
    tokenClock.note(
      queue.tokenNews, steps: count, start: row.start, first: row.flying > 0 ? 0 : row.first,
      second: row.first + (row.flying > 0 ? 0 : row.growth), growth: row.growth, end: time, &gaps)
  }

  @inlinable
  mutating func note(_ slot: Int, _ kind: TokenOutcome.Kind) {
    outcomes.append(TokenOutcome(slot: slot, kind: kind, time: time.nanoseconds))
  }

  /// Gives the device what it can be given.
  @inlinable
  mutating func begin() {
    var emptyCalls = 0
    while queue.hasRequests, ends.count < queue.stepsAhead {
      if coalesces, ends.count == queue.stepsAhead - 1, beginRow() { return }
      if schedule() { continue }
      guard ends.count == 0 else { return }
      // A step may be empty because its only request gave up its blocks; then the next is not.
      emptyCalls += 1
      if emptyCalls == 3 {
        hasGivenUp = true
        return
      }
    }
  }

  /// Schedules a step and puts it behind those in flight; false where it is empty.
  ///
  /// - Parameter isPlain: whether it is one of the steps of a row, in which nobody begins to run.
  @inlinable
  mutating func schedule(isPlain: Bool = false) -> Bool {
    let shape = isPlain ? queue.schedulePlain() : queue.schedule()
    for index in queue.news.preempted.indices { note(queue.news.preempted[index], .preempted) }
    for index in queue.news.admitted.indices {
      let admission = queue.news.admitted[index]
      outcomes.append(
        TokenOutcome(
          slot: admission.slot, kind: admission.isFirst ? .started : .resumed,
          time: time.nanoseconds, cachedTokens: admission.cachedTokens))
    }
    guard !shape.isEmpty else { return false }
    countSteps(1, areCovered: law.covers(shape))
    var start = max(time, lanes.deviceFree)
    if !lanes.hostTime.isNone { start = lanes.start(time, running: queue.runningCount) }
    let end = start.later(by: law.femtoseconds(of: shape))
    lanes.deviceFree = end
    ends.append(end)
    return true
  }

  @inlinable
  mutating func countSteps(_ count: Int, areCovered: Bool) {
    stepCount += count
    if !areCovered { uncoveredCount += count }
  }

  /// Begins a row of steps without news; false where there is none.
  @inlinable
  mutating func beginRow() -> Bool {
    let plain = queue.plainSteps()
    guard plain.count > 1 else { return false }
    let course = law.course(of: plain.first)
    let steps = min(plain.count, course.steps)
    guard steps > 1 else { return false }
    var first = law.femtoseconds(of: plain.first)
    let flying = ends.count > 0 ? ends.first : nil
    if !lanes.hostTime.isNone {
      let host = lanes.hostTime.femtoseconds(running: queue.runningCount)
      if let flying {
        // The device sets the pace where the host is through before it, in this step and in all that follow.
        let ready = max(time, lanes.hostFree).later(by: host)
        guard ready <= flying, host <= first, course.growth >= 0 else { return false }
      } else {
        // The host begins when the device is through, and as many run in each step of the row.
        first += host
      }
    }
    let row = Row(
      start: flying ?? time, quiet: steps - 1, flying: ends.count, first: first,
      growth: course.growth, isCovered: law.covers(plain.first))
    self.row = row
    ends.clear()
    ends.append(row.end(steps))
    return true
  }

  /// Lets a row of steps end with the one that runs at an instant, when that is over.
  @inlinable
  mutating func cutShort(at instant: Int64) {
    guard var row else { return }
    let ended = row.ended(before: instant)
    row.hasNewcomers = true
    if ended < row.quiet {
      row.quiet = ended + 1
      row.isCutShort = true
      ends.clear()
      ends.append(row.end(row.quiet))
    }
    self.row = row
  }

  /// Ends a row of steps with the one that runs at an instant.
  @inlinable
  mutating func cut(at instant: Int64) {
    guard let row else { return }
    finish(row, after: row.ended(before: instant))
  }
}
