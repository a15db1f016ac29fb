// SPDX-License-Identifier: Apache-2.0

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
  @usableFromInline var ends: ContiguousArray<EngineTime> = []
  /// A row of steps that bring no news, before the one that ends it.
  @usableFromInline var row: Row?
  /// Whether requests are there and nothing is in flight.
  @usableFromInline var isToBegin = false

  @usableFromInline
  struct Row {
    @usableFromInline let start: EngineTime
    /// Steps before the last.
    @usableFromInline let quiet: Int
    /// The femtoseconds of the first step, and of the host before it.
    @usableFromInline let first: Int128
    @usableFromInline let growth: Int128

    @inlinable
    init(start: EngineTime, quiet: Int, first: Int128, growth: Int128) {
      self.start = start
      self.quiet = quiet
      self.first = first
      self.growth = growth
    }

    /// When so many steps are over.
    @inlinable
    func end(_ steps: Int) -> EngineTime {
      let count = Int128(steps)
      return start.later(by: count * first + growth * (count * (count - 1) / 2))
    }

    /// How many of the steps before the last end before an instant.
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
      var steps = root < Double(quiet) ? max(0, Int(root)) : quiet
      while steps < quiet, end(steps + 1).nanoseconds < instant { steps += 1 }
      while steps > 0, end(steps).nanoseconds >= instant { steps -= 1 }
      return steps
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
    self.coalesces = coalesces && scheduler.stepsAhead == 1
  }

  /// When something happens next, in nanoseconds; `.max` where nothing does.
  @inlinable
  public var nextTime: Int64 {
    if isToBegin { return time.nanoseconds }
    return ends.first?.nanoseconds ?? .max
  }

  /// Adds a request; it may be scheduled from the next step on.
  ///
  /// - Precondition: everything that happens before is done.
  @discardableResult
  @inlinable
  public mutating func add(_ request: TokenRequest, at instant: Int64) -> Int {
    if ends.isEmpty {
      if !isToBegin { time = max(time, EngineTime(nanoseconds: instant)) }
      isToBegin = true
    } else if row != nil, !queue.isFull {
      cut(at: instant)
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
    guard let end = ends.first else { return }
    if let row {
      takeQuietSteps(row.quiet, of: row)
      self.row = nil
      ends.clear()
      _ = schedule()
      return step()
    }
    ends.removeFirst()
    time = max(time, end)
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
    for slot in queue.news.firstTokens { note(slot, .firstToken) }
    for completion in queue.news.completed { note(completion.slot, .completed) }
    guard tellsGaps else { return }
    tokenClock.note(queue.takeTokenNews(), at: time, &gaps)
  }

  /// Takes the first steps of a row: it is the end of the last of them then.
  @inlinable
  mutating func takeQuietSteps(_ count: Int, of row: Row) {
    queue.takeQuietSteps(count)
    time = row.end(count)
    guard tellsGaps, count > 0 else { return }
    tokenClock.note(
      queue.takeTokenNews(), steps: count, start: row.start, first: row.first, growth: row.growth,
      end: time, &gaps)
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
      if coalesces, beginRow() { return }
      if schedule() { continue }
      guard ends.isEmpty else { return }
      // A step may be empty because its only request gave up its blocks; then the next is not.
      emptyCalls += 1
      if emptyCalls == 3 {
        hasGivenUp = true
        return
      }
    }
  }

  /// Schedules a step and puts it behind those in flight; false where it is empty.
  @inlinable
  mutating func schedule() -> Bool {
    let shape = queue.schedule()
    for slot in queue.news.preempted { note(slot, .preempted) }
    for admission in queue.news.admitted {
      outcomes.append(
        TokenOutcome(
          slot: admission.slot, kind: admission.isFirst ? .started : .resumed,
          time: time.nanoseconds, cachedTokens: admission.cachedTokens))
    }
    guard !shape.isEmpty else { return false }
    var start = max(time, lanes.deviceFree)
    if !lanes.hostTime.isNone { start = lanes.start(time, running: queue.runningCount) }
    let end = start.later(by: law.femtoseconds(of: shape))
    lanes.deviceFree = end
    ends.append(end)
    return true
  }

  /// Begins a row of steps without news; false where there is none.
  @inlinable
  mutating func beginRow() -> Bool {
    let plain = queue.plainSteps()
    guard plain > 1 else { return false }
    let shape = queue.plainShape
    let course = law.course(of: shape)
    let steps = min(plain, course.steps)
    guard steps > 1 else { return false }
    var first = law.femtoseconds(of: shape)
    // One step at a time: the host begins when the device is through, and as many run in each step of the row.
    if !lanes.hostTime.isNone {
      first += lanes.hostTime.femtoseconds(running: queue.runningCount)
    }
    let row = Row(start: time, quiet: steps - 1, first: first, growth: course.growth)
    self.row = row
    ends.append(row.end(steps))
    return true
  }

  /// Ends a row of steps with the one that runs at an instant.
  @inlinable
  mutating func cut(at instant: Int64) {
    guard let row else { return }
    let done = row.ended(before: instant)
    takeQuietSteps(done, of: row)
    self.row = nil
    ends.clear()
    _ = schedule()
  }
}
