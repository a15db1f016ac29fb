// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Serving

/// How all replicas of a fleet serve: what waits and runs at each, and when something happens next.
///
/// Whoever drives it lets requests in by ``enqueue(_:at:now:)``, brings the clock to ``nextTime``, lets happen what is
/// due, takes the requests that ended one by one, and settles: only then the replica goes on. At one instant requests
/// end before clients give up.
@usableFromInline
package protocol ReplicaEngine: ~Copyable {
  /// What is known of the way of a request that a replica answered.
  associatedtype Course: RequestCourse

  /// Replicas that are not ready yet.
  ///
  /// - Precondition: there is a replica.
  init(_ places: [ReplicaPlace], _ inputs: EngineInputs)

  /// Whether it tells when tokens come.
  static var knowsTokens: Bool { get }
  /// How many replicas there are.
  var count: Int { get }
  /// When any replica has something to do next.
  var nextTime: Instant { get }
  /// Requests whose clients gave up; the one who drives the engine takes them out.
  var expired: ContiguousArray<Ticket> { get set }
  /// What was done since the beginning, up to now.
  func work(at now: Instant) -> EngineWork

  /// What does not add up in it; `nil` where all does.
  var conservation: String? { get }
  /// The replica that stopped although it holds requests, and when; `nil` where all go on.
  var stuck: (replica: Int, time: Instant)? { get }
  /// Whether a replica serves.
  func isReady(_ replica: Int) -> Bool
  /// Whether a request may join those at a replica.
  func hasRoom(_ replica: Int) -> Bool
  /// Whether a replica can ever answer a request.
  func admits(_ ticket: Ticket, at replica: Int) -> Bool
  /// Requests that wait at a replica.
  func waiting(at replica: Int) -> Int
  /// Requests that a replica holds, waiting or running.
  func requestsHeld(by replica: Int) -> Int
  /// Requests that a replica holds and that satisfy a condition.
  func requestsHeld(by replica: Int, where condition: (Ticket) -> Bool) -> Int
  /// The lane time in which a replica worked, up to `now`.
  func busyTime(of replica: Int, at now: Instant) -> MachineTime
  /// The lane time in which a replica was ready and did nothing, up to `now`.
  func idleTime(of replica: Int, at now: Instant) -> MachineTime
  /// The number of lanes of a replica.
  func lanes(of replica: Int) -> Int

  /// Makes a replica serve.
  mutating func open(_ replica: Int, at now: Instant)
  /// Makes a replica serve no more and hands over every request that it held, oldest first.
  mutating func close(_ replica: Int, at now: Instant) -> [Ticket]
  /// Adds a request to those of a replica.
  ///
  /// - Precondition: the replica is ready and has room.
  mutating func enqueue(_ request: Ticket, at replica: Int, now: Instant)
  /// Gives up latency for throughput, as far as that was measured.
  mutating func enlargeBatches()
  /// Puts what began now in the midst of its time, by draws.
  mutating func stagger(by stream: consuming RandomStream, now: Instant)

  /// Lets happen what is due.
  mutating func happen(now: Instant) -> ReplicaHappening
  /// Takes out the gaps between tokens that came since the last time, each for so many tokens; empty where it knows none.
  mutating func takeGaps(_ body: (_ gap: TimeSpan, _ count: Int) -> Void)
  /// A request that ended in it.
  func answered(_ position: Int, in happening: ReplicaHappening) -> Ticket
  /// How that request got there.
  func course(_ position: Int, in happening: ReplicaHappening) -> Course
  /// The time of the replica that such a request used, and among how many requests that time is shared.
  func use(_ course: Course, in happening: ReplicaHappening, now: Instant) -> (
    time: TimeSpan, sharedBy: Int
  )
  /// Lets the replica go on, after the requests that ended were taken.
  mutating func settle(_ happening: ReplicaHappening, now: Instant)
}

/// What all replicas of a fleet are told.
@usableFromInline
package struct EngineInputs: Sendable {
  /// How long a client waits for its answer; `nil` for ever.
  package let timeout: TimeSpan?
  /// The stream of service times.
  package let noiseStream: RandomStream
  /// What prompts share.
  package let prompts: PromptBlocks
  /// The stream of which text a drawn prompt begins with.
  package let systemPromptStream: RandomStream
  /// Who goes first.
  package let priorities: RequestPriorities

  /// Inputs of those values.
  package init(
    timeout: TimeSpan?, noiseStream: RandomStream, prompts: PromptBlocks = PromptBlocks(),
    systemPromptStream: RandomStream? = nil, priorities: RequestPriorities = RequestPriorities()
  ) {
    self.timeout = timeout
    self.noiseStream = noiseStream
    self.prompts = prompts
    self.systemPromptStream = systemPromptStream ?? noiseStream
    self.priorities = priorities
  }
}

/// What happened at a replica.
@frozen
@usableFromInline
package struct ReplicaHappening: BitwiseCopyable {
  /// Which replica.
  @usableFromInline package let replica: Int
  /// How many requests ended with an answer.
  @usableFromInline package let count: Int
  /// Where in the replica, as its engine counts.
  @usableFromInline let part: Int

  /// A happening of those values.
  @inlinable
  init(replica: Int, count: Int, part: Int) {
    self.replica = replica
    self.count = count
    self.part = part
  }
}

/// What is known of the way of a request to its answer.
@usableFromInline
package protocol RequestCourse {
  /// When it began to be served.
  var started: Instant { get }
  /// When the first token of its answer came; `nil` where the engine knows no tokens.
  var firstToken: Instant? { get }
}

/// What an engine did.
@usableFromInline
package struct EngineWork: Sendable, Equatable {
  /// Batches that were started.
  package var batches: Int64 = 0
  /// Requests in them.
  package var batchedRequests: Int64 = 0
  /// Batches of a size that nobody measured.
  package var batchesOutsideMeasurements: Int64 = 0
  /// What was done with tokens; `nil` where an engine knows none.
  package var tokens: TokenWork?

  /// No work.
  package init() {}
}
