// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving
import TokenEngine

/// One replica, and what is known of the requests in its engine.
struct TokenSite {
  /// A request that the engine holds.
  struct Held: BitwiseCopyable {
    let ticket: Ticket
    /// Its tokens as the engine counts them.
    var promptTokens: Int32 = 0
    var outputTokens: Int32 = 0
    /// Tokens of its answer that another replica had produced.
    var carried: Int32 = 0
    /// Whether the engine holds it.
    var isThere = false
    /// When it began to run, and when its first token was there; `never` before.
    var started = Instant.never
    var firstToken = Instant.never
    /// What it had of other replicas' time, and what one that ran all the time had when it began here.
    var shareBefore = TimeSpan.zero
    var shareAtStart: Int128 = -1
  }

  let model: TokenModel
  /// Its place among all replicas.
  let place: Int
  let queueLimit: Int
  /// Tokens of a KV block where equal beginnings of prompts share them, else `nil`.
  let sharedBlockSize: Int?
  /// Requests of so many tokens each way, and of fewer, are never refused by its engine.
  private let safeTokens: Int
  private let blocks: Int
  private(set) var isReady = false
  /// What its engine said last.
  private(set) var state: EngineState
  /// What was done, but for what blocks do since ``sharedUntil``.
  private var done = TokenWork()
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

  init(_ replica: ReplicaPlace, at place: Int) {
    guard let model = replica.service.tokens else {
      preconditionFailure("replicas that serve by tokens have a model of them")
    }
    self.model = model
    self.place = place
    queueLimit = replica.queueLimit
    sharedBlockSize = model.rules.cachesPrefixes ? model.rules.blockSize : nil
    safeTokens = model.rules.safeTokens
    blocks = model.rules.blocks
    state = EngineState(blocks: blocks)
  }

  /// When something happens next, in nanoseconds.
  var nextTime: Int64 { min(state.nextTime, deadlines.first) }

  /// Whether its engine can ever answer a request.
  func admits(promptTokens: Int, outputTokens: Int) -> Bool {
    max(promptTokens, outputTokens) <= safeTokens
      || model.rules.refusal(promptTokens: promptTokens, outputTokens: outputTokens) == nil
  }

  /// What does not add up; `nil` where all does.
  func conservation(_ engines: TokenEngines) -> String? {
    if let broken = engines.conservation(of: place) { return broken }
    let all = state.running + state.waiting
    return all == count ? nil : "an engine holds \(all) requests, and \(count) were sent to it"
  }

  // MARK: Time

  func busy(at now: Instant) -> Int128 {
    busyTime + (count > 0 ? Int128((now - changed).nanoseconds) : 0)
  }

  func idle(at now: Instant) -> Int128 {
    idleTime + (isReady && count == 0 ? Int128((now - changed).nanoseconds) : 0)
  }

  /// What was done up to now.
  func work(at now: Instant) -> TokenWork {
    var work = done
    countBlocks(until: now, &work)
    return work
  }

  /// Adds the time up to now to what the replica did in it; asked where it is about to begin or to end holding requests.
  private mutating func count(until now: Instant) {
    let span = Int128((now - changed).nanoseconds)
    if count > 0 { busyTime += span } else if isReady { idleTime += span }
    changed = now
  }

  /// Shares the time up to now among those that ran in it.
  private mutating func shareTime(until now: Instant) {
    let span = (now - sharedUntil).nanoseconds
    guard span > 0 else { return }
    if state.running > 0 {
      // Two hours and less are divided in a machine word.
      share +=
        span < 1 << 43
        ? Int128(span << 20 / Int64(state.running)) : (Int128(span) << 20) / Int128(state.running)
    }
    countBlocks(until: now, &done)
    sharedUntil = now
  }

  /// Adds the blocks that were held up to now, and those that there were.
  @inline(__always)
  private func countBlocks(until now: Instant, _ work: inout TokenWork) {
    guard isReady else { return }
    let span = Int128((now - sharedUntil).nanoseconds)
    work.blocksThere += span * Int128(blocks)
    work.blockTime += span * Int128(max(0, blocks - state.freeBlocks))
  }

  @inline(__always)
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
  mutating func close(at now: Instant, _ engines: inout TokenEngines) -> [CarriedTokens] {
    count(until: now)
    shareTime(until: now)
    var all: [CarriedTokens] = []
    for slot in held.indices where held[slot].isThere {
      let request = held[slot]
      var known = CarriedTokens(ticket: request.ticket)
      // Only where a row of steps is cut it is known how far each request is.
      let progress = cancel(slot, at: now, &engines)
      known.produced = Int(request.carried) + progress.produced
      known.started = request.started
      known.firstToken = request.firstToken
      known.share = share(of: request)
      all.append(known)
    }
    held.removeAll(keepingCapacity: true)
    count = 0
    isReady = false
    deadlines = Deadlines()
    engines.renew(place, model)
    state = EngineState(blocks: blocks)
    return all
  }

  /// Adds a request.
  ///
  /// - Parameters:
  ///   - known: what another replica knew of it; `nil` where none had it.
  mutating func add(
    _ request: TokenRequest, _ known: CarriedTokens?, ticket: Ticket, timeout: Int64, now: Instant,
    _ engines: inout TokenEngines
  ) {
    if count == 0 { count(until: now) }
    shareTime(until: now)
    let before = state
    let slot = engines.add(request, to: place, at: now.nanoseconds, &state)
    // A row of steps that is cut is counted as far as it came.
    countSteps(since: before)
    while held.count <= slot { held.append(Held(ticket: .none)) }
    var new = Held(ticket: ticket)
    new.promptTokens = Int32(request.promptTokens)
    new.outputTokens = Int32(request.outputTokens)
    if let known {
      new.carried = Int32(known.produced)
      new.started = known.started
      new.firstToken = known.firstToken
      new.shareBefore = known.share
    }
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
    _ gaps: inout ContiguousArray<GapRow>, _ engines: inout TokenEngines
  ) {
    shareTime(until: now)
    let before = state
    engines.step(place, &outcomes, &gaps, &state)
    countSteps(since: before)
  }

  /// Adds the steps that an engine made in a call.
  @inline(__always)
  private mutating func countSteps(since before: EngineState) {
    guard state.steps != before.steps else {
      if state.isStuck { done.isStuck = true }
      return
    }
    done.steps += Int128(state.steps - before.steps)
    done.stepsOutside += Int128(state.stepsOutside - before.stepsOutside)
    if state.isStuck { done.isStuck = true }
  }

  /// Notes what happened to a request that is not complete.
  @inline(__always)
  mutating func note(_ outcome: TokenOutcome, _ engines: borrowing TokenEngines) {
    let (slot, time) = (outcome.slot, Instant(nanoseconds: outcome.time))
    switch outcome.kind {
    case .started:
      if held[slot].started == .never { held[slot].started = time }
      held[slot].shareAtStart = share
      let computed = Int(held[slot].promptTokens) - outcome.cachedTokens
      if held[slot].ticket.attempt > 0 {
        done.recomputed += Int128(computed)
      } else {
        let again = min(computed, Int(held[slot].carried))
        done.prompt += Int128(computed - again)
        done.recomputed += Int128(again)
      }
      done.cached += Int128(outcome.cachedTokens)
    case .firstToken:
      if held[slot].firstToken == .never { held[slot].firstToken = time }
    case .preempted:
      done.preemptions += 1
    case .resumed:
      let known =
        Int(held[slot].promptTokens) + engines.progress(of: slot, at: place).produced
      done.recomputed += Int128(max(0, known - outcome.cachedTokens))
    case .completed: break
    }
  }

  /// Takes out a request that is complete.
  @inline(__always)
  mutating func complete(_ slot: Int, now: Instant) -> (ticket: Ticket, course: TokenCourse) {
    let request = held[slot]
    done.output += Int128(request.outputTokens + request.carried)
    if count == 1 { count(until: now) }
    held[slot].isThere = false
    count -= 1
    deadlines.dropGone(held)
    return (
      request.ticket,
      TokenCourse(
        started: request.started == .never ? now : request.started,
        firstToken: request.firstToken == .never ? nil : request.firstToken,
        share: share(of: request))
    )
  }

  private mutating func cancel(
    _ slot: Int, at now: Instant, _ engines: inout TokenEngines
  ) -> RequestProgress {
    let before = state
    let progress = engines.cancel(slot, at: place, now.nanoseconds, &state)
    countSteps(since: before)
    return progress
  }

  /// Whether the client of a request has given up.
  @inline(__always)
  func hasExpired(at now: Instant) -> Bool { deadlines.first <= now.nanoseconds }

  /// Takes out the requests whose clients have given up.
  @inline(never)
  mutating func expire(
    now: Instant, into expired: inout ContiguousArray<Ticket>, _ engines: inout TokenEngines
  ) {
    while deadlines.first <= now.nanoseconds {
      let slot = deadlines.firstSlot
      count(until: now)
      shareTime(until: now)
      let progress = cancel(slot, at: now, &engines)
      done.lost += Int128(progress.produced + Int(held[slot].carried))
      held[slot].isThere = false
      count -= 1
      expired.append(held[slot].ticket)
      deadlines.dropGone(held)
    }
  }
}

/// When clients give up, in order; those who no longer wait are dropped when they come to the front.
struct Deadlines {
  struct Entry: BitwiseCopyable {
    let time: Int64
    let number: UInt64
    let slot: Int
  }

  private var entries: ContiguousArray<Entry> = []
  private var head = 0
  /// The time of the first; `.max` where there is none.
  private(set) var first = Int64.max

  /// The request of the first.
  var firstSlot: Int { entries[head].slot }

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
    if place == entries.count { entries.append(entry) } else { entries.insert(entry, at: place) }
    first = entries[head].time
  }

  /// Drops those in front who no longer wait.
  @inline(__always)
  mutating func dropGone(_ held: borrowing ContiguousArray<TokenSite.Held>) {
    while head < entries.count {
      let entry = entries[head]
      if held[entry.slot].isThere, held[entry.slot].ticket.number == entry.number { break }
      head += 1
    }
    first = head < entries.count ? entries[head].time : .max
  }
}
