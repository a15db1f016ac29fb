// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import RandomStreams
import Serving
import TokenEngine

/// All replicas of a fleet that serve by continuous batching: an engine each, with the requests that it holds.
///
/// A client that gives up takes its request out of the engine in whatever phase that is. A replica that is lost hands
/// over its requests with what is known of them: who takes one computes its prompt and what was answered so far, and goes
/// on from there.
@usableFromInline
package struct TokenReplicas: ReplicaEngine, ~Copyable {
  /// It tells when tokens come.
  @usableFromInline package static var knowsTokens: Bool { true }

  /// A request that ended with an answer.
  private struct Ended {
    let ticket: Ticket
    let course: TokenCourse
  }

  private var sites: ContiguousArray<TokenSite>
  private var engines: TokenEngines
  private var nextTimes: Tournament
  private var ended: ContiguousArray<Ended> = []
  /// What is known of requests that were handed over, until they are taken.
  private var carried: ContiguousArray<CarriedTokens> = []
  private var carriedAt = Instant.start
  private let timeout: Int64
  private let systemPrompts: SystemPrompts?
  private let systemPromptStream: RandomStream
  /// How many requests were added to engines.
  private var added = 0
  private var outcomes: ContiguousArray<TokenOutcome> = []
  private var gaps: ContiguousArray<GapRow> = []

  /// How many replicas there are.
  @usableFromInline package let count: Int
  /// Requests whose clients gave up; the one who drives it takes them out.
  @usableFromInline package var expired: ContiguousArray<Ticket> = []

  /// Replicas that are not ready yet.
  ///
  /// - Precondition: there is a replica, and each serves by tokens.
  @usableFromInline
  package init(_ replicas: [ReplicaPlace], _ inputs: EngineInputs) {
    precondition(!replicas.isEmpty, "a fleet has a place for a replica")
    count = replicas.count
    timeout = inputs.timeout?.nanoseconds ?? .max
    sites = ContiguousArray(replicas.enumerated().map { TokenSite($1, at: $0) })
    engines = TokenEngines(sites.map(\.model))
    nextTimes = Tournament(count: replicas.count)
    systemPrompts = inputs.systemPrompts
    systemPromptStream = inputs.systemPromptStream
  }

  // MARK: Questions

  /// When any replica has something to do next.
  @usableFromInline package var nextTime: Instant { Instant(nanoseconds: nextTimes.smallest) }

  /// What was done since the beginning, up to now.
  ///
  /// - Complexity: O(replicas).
  @usableFromInline
  package func work(at now: Instant) -> EngineWork {
    var tokens = TokenWork()
    for site in sites { tokens.add(site.work(at: now)) }
    var work = EngineWork()
    work.tokens = tokens
    return work
  }

  /// What does not add up in an engine: requests, tokens or blocks.
  ///
  /// - Complexity: O(requests + blocks).
  @usableFromInline
  package var conservation: String? {
    for site in sites {
      if let broken = site.conservation(engines) { return broken }
    }
    return nil
  }

  /// Whether a replica serves.
  @usableFromInline
  package func isReady(_ replica: Int) -> Bool { sites[replica].isReady }

  /// Whether fewer requests wait at a replica than its queue holds.
  @usableFromInline
  package func hasRoom(_ replica: Int) -> Bool {
    sites[replica].state.waiting < sites[replica].queueLimit
  }

  /// Whether a replica can ever answer a request.
  @usableFromInline
  package func admits(_ ticket: Ticket, at replica: Int) -> Bool {
    sites[replica].admits(
      promptTokens: max(1, Int(ticket.promptTokens)), outputTokens: max(1, Int(ticket.outputTokens))
    )
  }

  /// Requests that wait at a replica.
  @usableFromInline
  package func waiting(at replica: Int) -> Int { sites[replica].state.waiting }

  /// Requests that a replica holds.
  @usableFromInline
  package func requestsHeld(by replica: Int) -> Int { sites[replica].count }

  /// Requests that a replica holds and that satisfy a condition.
  ///
  /// - Complexity: O(the most requests that it held at once).
  @usableFromInline
  package func requestsHeld(by replica: Int, where condition: (Ticket) -> Bool) -> Int {
    sites[replica].held.count { $0.isThere && condition($0.ticket) }
  }

  /// The time in which a replica held requests, up to `now`.
  @usableFromInline
  package func busyTime(of replica: Int, at now: Instant) -> MachineTime {
    MachineTime(nanoseconds: sites[replica].busy(at: now))
  }

  /// The time in which a replica was ready and held no request, up to `now`.
  @usableFromInline
  package func idleTime(of replica: Int, at now: Instant) -> MachineTime {
    MachineTime(nanoseconds: sites[replica].idle(at: now))
  }

  /// One: all requests of a replica share its devices.
  @usableFromInline
  package func lanes(of replica: Int) -> Int { 1 }

  // MARK: Coming and going

  /// Makes a replica serve, with nothing in its caches.
  @usableFromInline
  package mutating func open(_ replica: Int, at now: Instant) {
    sites[replica].open(at: now)
  }

  /// Makes a replica serve no more and hands over every request that it held, oldest first.
  @usableFromInline
  package mutating func close(_ replica: Int, at now: Instant) -> [Ticket] {
    if now > carriedAt { carried.removeAll(keepingCapacity: true) }
    carriedAt = now
    let held = sites[replica].close(at: now, &engines)
    carried += held
    nextTimes.set(replica, to: .max)
    return held.map(\.ticket).sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
  }

  /// Adds a request to those of a replica.
  ///
  /// - Precondition: the replica is ready and admits it.
  @usableFromInline
  package mutating func enqueue(_ request: Ticket, at replica: Int, now: Instant) {
    let known = request.attempt > 0 ? carriedTokens(of: request) : nil
    let produced = known?.produced ?? 0
    let prompt = max(1, Int(request.promptTokens)) + produced
    let output = max(1, max(1, Int(request.outputTokens)) - produced)
    var blocks = BlockChain()
    if let blockSize = sites[replica].sharedBlockSize {
      blocks =
        (systemPrompts ?? .none).blocks(
          of: request.number, prompt: prompt, tokens: prompt + output, blockSize: blockSize,
          from: systemPromptStream)
    }
    sites[replica].add(
      TokenRequest(
        id: added, arrival: now.nanoseconds, promptTokens: prompt, outputTokens: output,
        blocks: blocks),
      known, ticket: request, timeout: timeout, now: now, &engines)
    added += 1
    wake(replica)
  }

  /// What is known of a request that another replica had; `nil` where none began with it.
  private func carriedTokens(of request: Ticket) -> CarriedTokens? {
    carried.first { $0.ticket.number == request.number }
  }

  /// Does nothing: an engine forms its batches as large as its limits allow.
  @usableFromInline
  package mutating func enlargeBatches() {}

  /// Does nothing: requests begin one after the other.
  @usableFromInline
  package mutating func stagger(by stream: consuming RandomStream, now: Instant) {}

  // MARK: What happens

  /// Lets happen what is due at one replica: a step ends, or clients give up.
  @usableFromInline
  package mutating func happen(now: Instant) -> ReplicaHappening {
    let replica = nextTimes.winner
    ended.clear()
    outcomes.clear()
    gaps.clear()
    if sites[replica].state.nextTime <= now.nanoseconds {
      sites[replica].step(now: now, &outcomes, &gaps, &engines)
      for outcome in outcomes {
        guard outcome.kind == .completed else {
          sites[replica].note(outcome, engines)
          continue
        }
        let (ticket, course) = sites[replica].complete(outcome.slot, now: now)
        ended.append(Ended(ticket: ticket, course: course))
      }
    }
    return ReplicaHappening(replica: replica, count: ended.count, part: 0)
  }

  /// Takes out the gaps between tokens that came in what happened last.
  ///
  /// - Complexity: O(steps that were taken).
  @usableFromInline
  package mutating func takeGaps(_ body: (_ gap: TimeSpan, _ count: Int) -> Void) {
    for row in gaps {
      // Gaps of up to two and a half hours are divided in machine words.
      guard let first = Int64(exactly: row.first), let growth = Int64(exactly: row.growth),
        row.gap(row.steps) < 1 << 62
      else {
        for step in 0..<row.steps {
          body(TimeSpan(nanoseconds: Int64(clamping: row.gap(step) / 1_000_000)), row.count)
        }
        continue
      }
      var gap = first
      for _ in 0..<row.steps {
        body(TimeSpan(nanoseconds: gap / 1_000_000), row.count)
        gap &+= growth
      }
    }
    gaps.clear()
  }

  /// A request that ended in it.
  @usableFromInline
  package func answered(_ position: Int, in happening: ReplicaHappening) -> Ticket {
    ended[position].ticket
  }

  /// How that request got there.
  @usableFromInline
  package func course(_ position: Int, in happening: ReplicaHappening) -> TokenCourse {
    ended[position].course
  }

  /// The part of the replica's time that the request had, as if those that ran at a time had equal parts of it.
  @usableFromInline
  package func use(
    _ course: TokenCourse, in happening: ReplicaHappening, now: Instant
  ) -> (time: TimeSpan, sharedBy: Int) {
    (course.share, 1)
  }

  /// Takes out those whose clients have given up; they are in ``expired`` then.
  @usableFromInline
  package mutating func settle(_ happening: ReplicaHappening, now: Instant) {
    if sites[happening.replica].hasExpired(at: now) {
      sites[happening.replica].expire(now: now, into: &expired, &engines)
    }
    wake(happening.replica)
  }

  /// Notes when a replica has something to do next.
  private mutating func wake(_ replica: Int) {
    nextTimes.set(replica, to: sites[replica].nextTime)
  }
}
