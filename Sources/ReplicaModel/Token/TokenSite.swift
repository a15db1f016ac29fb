// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving
import TokenEngine

/// One replica with its engine, and what is known of the requests in it.
struct TokenSite {
  /// A request that the engine holds.
  struct Held {
    var ticket: Ticket
    /// Its tokens as the engine counts them.
    var promptTokens = 0
    var outputTokens = 0
    /// Tokens of its answer that another replica had produced.
    var carried = 0
    var started: Instant?
    var firstToken: Instant?
    /// What it had of other replicas' time, and what one that ran all the time had when it began here.
    var shareBefore = TimeSpan.zero
    var shareAtStart: Int128 = -1
    /// Whether the engine holds it.
    var isThere = false
  }

  let model: TokenModel
  let queueLimit: Int
  private(set) var isReady = false
  var engine: any TokenServing
  /// By the engine's number.
  private(set) var held: ContiguousArray<Held> = []
  /// How many it holds.
  private(set) var count = 0
  private var deadlines = Deadlines()
  private var changed = Instant.start
  private var busyTime: Int128 = 0
  private var idleTime: Int128 = 0
  /// What a request that always ran would have had of the time, in parts of 2^-20 ns.
  private var share: Int128 = 0
  private var sharedUntil = Instant.start

  init(_ replica: ReplicaPlace) {
    guard let model = replica.service.tokens else {
      preconditionFailure("replicas that serve by tokens have a model of them")
    }
    self.model = model
    queueLimit = replica.queueLimit
    engine = model.makeEngine()
  }

  /// When something happens next, in nanoseconds.
  var nextTime: Int64 {
    mutating get { min(engine.nextTime, deadlines.first(among: held)) }
  }

  /// What does not add up; `nil` where all does.
  var conservation: String? {
    if let broken = engine.conservation { return broken }
    let all = engine.runningCount + engine.waitingCount
    return all == count ? nil : "an engine holds \(all) requests, and \(count) were sent to it"
  }

  // MARK: Time

  func busy(at now: Instant) -> Int128 {
    busyTime + (count > 0 ? Int128((now - changed).nanoseconds) : 0)
  }

  func idle(at now: Instant) -> Int128 {
    idleTime + (isReady && count == 0 ? Int128((now - changed).nanoseconds) : 0)
  }

  /// Adds the time up to now to what the replica did in it.
  private mutating func count(until now: Instant) {
    busyTime = busy(at: now)
    idleTime = idle(at: now)
    changed = now
  }

  /// Shares the time up to now among those that ran in it.
  private mutating func shareTime(until now: Instant, _ work: inout TokenWork) {
    let span = Int128((now - sharedUntil).nanoseconds)
    let running = engine.runningCount
    if span > 0, running > 0 { share += (span << 20) / Int128(running) }
    countBlocks(until: now, &work)
    sharedUntil = now
  }

  /// Adds the blocks that were held up to now, and those that there were.
  func countBlocks(until now: Instant, _ work: inout TokenWork) {
    guard isReady else { return }
    let span = Int128((now - sharedUntil).nanoseconds)
    work.blocksThere += span * Int128(model.rules.blocks)
    work.blockTime += span * Int128(max(0, model.rules.blocks - engine.freeBlocks))
  }

  private func share(of request: Held) -> TimeSpan {
    guard request.shareAtStart >= 0 else { return request.shareBefore }
    return request.shareBefore
      + TimeSpan(nanoseconds: Int64(clamping: (share - request.shareAtStart) >> 20))
  }

  // MARK: Coming and going

  mutating func open(at now: Instant) {
    precondition(!isReady && count == 0, "a replica opens once")
    count(until: now)
    sharedUntil = now
    isReady = true
  }

  /// Ends all requests, and says what is known of them.
  ///
  /// - Complexity: O(the most requests that it held at once).
  mutating func close(at now: Instant, _ work: inout TokenWork) -> [CarriedTokens] {
    count(until: now)
    shareTime(until: now, &work)
    var all: [CarriedTokens] = []
    for slot in held.indices where held[slot].isThere {
      let request = held[slot]
      var known = CarriedTokens(ticket: request.ticket)
      // Only where a row of steps is cut it is known how far each request is.
      let progress = engine.cancel(slot, at: now.nanoseconds)
      known.produced = request.carried + progress.produced
      known.started = request.started
      known.firstToken = request.firstToken
      known.share = share(of: request)
      all.append(known)
    }
    held.removeAll(keepingCapacity: true)
    count = 0
    isReady = false
    deadlines = Deadlines()
    engine = model.makeEngine()
    return all
  }

  mutating func add(
    _ request: TokenRequest, _ known: CarriedTokens, ticket: Ticket, timeout: Int64, now: Instant,
    _ work: inout TokenWork
  ) {
    count(until: now)
    shareTime(until: now, &work)
    let slot = engine.add(request, at: now.nanoseconds)
    while held.count <= slot { held.append(Held(ticket: .none)) }
    var new = Held(ticket: ticket)
    new.promptTokens = request.promptTokens
    new.outputTokens = request.outputTokens
    new.carried = known.produced
    new.started = known.started
    new.firstToken = known.firstToken
    new.shareBefore = known.share
    new.isThere = true
    held[slot] = new
    count += 1
    if timeout != .max {
      deadlines.add(
        Deadlines.Entry(
          time: ticket.arrival.nanoseconds + timeout, number: ticket.number, slot: slot))
    }
  }

  // MARK: What happens

  /// Lets the engine do what happens next, and takes out what it says.
  mutating func step(
    now: Instant, _ outcomes: inout ContiguousArray<TokenOutcome>,
    _ gaps: inout ContiguousArray<GapRow>, _ work: inout TokenWork
  ) {
    shareTime(until: now, &work)
    outcomes.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
    let (steps, outside) = (engine.steps, engine.stepsOutsideMeasurements)
    engine.step()
    work.steps += Int128(engine.steps - steps)
    work.stepsOutside += Int128(engine.stepsOutsideMeasurements - outside)
    swap(&outcomes, &engine.outcomes)
    swap(&gaps, &engine.gaps)
    if engine.isStuck { work.isStuck = true }
  }

  /// Notes what happened to a request.
  ///
  /// - Returns: the request where it is complete.
  mutating func take(
    _ outcome: TokenOutcome, now: Instant, _ work: inout TokenWork
  ) -> (ticket: Ticket, course: TokenCourse)? {
    let (slot, time) = (outcome.slot, Instant(nanoseconds: outcome.time))
    switch outcome.kind {
    case .started:
      if held[slot].started == nil { held[slot].started = time }
      held[slot].shareAtStart = share
      let computed = held[slot].promptTokens - outcome.cachedTokens
      let again = min(computed, held[slot].carried)
      if held[slot].ticket.attempt > 0 {
        work.recomputed += Int128(computed)
      } else {
        work.prompt += Int128(computed - again)
        work.recomputed += Int128(again)
      }
      work.cached += Int128(outcome.cachedTokens)
    case .firstToken:
      if held[slot].firstToken == nil { held[slot].firstToken = time }
    case .preempted:
      work.preemptions += 1
    case .resumed:
      let known = held[slot].promptTokens + engine.progress(of: slot).produced
      work.recomputed += Int128(max(0, known - outcome.cachedTokens))
    case .completed:
      let request = held[slot]
      work.output += Int128(request.outputTokens + request.carried)
      count(until: now)
      held[slot].isThere = false
      count -= 1
      return (
        request.ticket,
        TokenCourse(
          started: request.started ?? now, firstToken: request.firstToken, share: share(of: request)
        )
      )
    }
    return nil
  }

  /// Takes out the requests whose clients have given up.
  mutating func expire(
    now: Instant, into expired: inout ContiguousArray<Ticket>, _ work: inout TokenWork
  ) {
    while deadlines.first(among: held) <= now.nanoseconds,
      let entry = deadlines.takeFirst()
    {
      count(until: now)
      shareTime(until: now, &work)
      let progress = engine.cancel(entry.slot, at: now.nanoseconds)
      work.lost += Int128(progress.produced + held[entry.slot].carried)
      held[entry.slot].isThere = false
      count -= 1
      expired.append(held[entry.slot].ticket)
    }
  }
}

/// When clients give up, in order; those who no longer wait are dropped when they come to the front.
struct Deadlines {
  struct Entry {
    let time: Int64
    let number: UInt64
    let slot: Int
  }

  private var entries: ContiguousArray<Entry> = []
  private var head = 0

  /// Adds one; nearly always the last.
  ///
  /// - Complexity: O(entries that are later).
  mutating func add(_ entry: Entry) {
    if head > 64, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    var place = entries.count
    while place > head, entries[place - 1].time > entry.time { place -= 1 }
    entries.insert(entry, at: place)
  }

  /// The time of the first that is still of interest; `.max` where there is none.
  mutating func first(among held: ContiguousArray<TokenSite.Held>) -> Int64 {
    while head < entries.count {
      let entry = entries[head]
      if held[entry.slot].isThere, held[entry.slot].ticket.number == entry.number { break }
      head += 1
    }
    return head < entries.count ? entries[head].time : .max
  }

  /// Takes out the first.
  mutating func takeFirst() -> Entry? {
    guard head < entries.count else { return nil }
    head += 1
    return entries[head - 1]
  }
}
