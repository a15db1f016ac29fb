// SPDX-License-Identifier: Apache-2.0

/// Which requests get how many tokens in a step: the part of an engine that knows no time.
///
/// Requests are named by numbers that are given when they are added, and that may be given anew once they are completed
/// or cancelled.
public protocol TokenScheduler {
  /// What the last calls did.
  var news: SchedulerNews { get }
  /// Whether a request waits or runs.
  var hasRequests: Bool { get }
  /// Requests that run.
  var runningCount: Int { get }
  /// Requests that wait, those that were preempted among them.
  var waitingCount: Int { get }
  /// KV blocks that can be had.
  var freeBlocks: Int { get }
  /// How many steps may be scheduled before the first of them has its result.
  var stepsAhead: Int { get }

  /// Whether requests take each other's blocks without end.
  var isThrashing: Bool { get }
  /// Which of the sums over requests, tokens and blocks is wrong; `nil` where all are right, as they always should be.
  var conservation: String? { get }

  /// Whom the last result, or the last row of quiet steps, brought a token; only after ``tellTokens()``.
  var tokenNews: TokenNews { get }
  /// Begins to tell tokens, before there are requests.
  mutating func tellTokens()

  /// Adds a request behind those that wait.
  mutating func add(_ request: TokenRequest) -> Int
  /// Schedules a step; empty where nothing can be done.
  mutating func schedule() -> StepShape
  /// Takes in the result of the step that was scheduled first of those in flight.
  mutating func finish()
  /// Ends a request before it is completed: what it held is free at once, and steps in flight bring it nothing.
  mutating func cancel(_ slot: Int)
  /// How far a request is.
  func progress(of slot: Int) -> RequestProgress

  /// The steps that can be scheduled from now on in which all that run get a token, and nobody begins to run or gives up
  /// its blocks; only the last of them may bring somebody's last token.
  ///
  /// Asked where a step fewer than ``stepsAhead`` is in flight, and none where that is no such step itself. `mutating` only
  /// to avoid a copy; mutates nothing.
  mutating func plainSteps() -> PlainSteps
  /// Schedules so many of those steps, not the last of them, and takes in as many results.
  mutating func takeQuietSteps(_ count: Int)
  /// Whether ``schedulePlain()`` is known.
  var schedulesPlain: Bool { get }
  /// Schedules one of those steps, although requests were added since they were asked for; those are not looked at.
  mutating func schedulePlain() -> StepShape
  /// Whether a request that is added now changes nothing before somebody ends.
  var isFull: Bool { get }
}

/// Steps that follow each other without news.
@frozen
public struct PlainSteps: Equatable, Sendable {
  /// How many.
  public let count: Int
  /// What the first of them does.
  public let first: StepShape

  /// Steps of those values.
  @inlinable
  public init(count: Int, first: StepShape) {
    self.count = count
    self.first = first
  }

  /// Not a step.
  @inlinable public static var none: PlainSteps { PlainSteps(count: 0, first: StepShape()) }
}

/// How far a request is.
public struct RequestProgress: Equatable, Sendable {
  /// Tokens of its prompt and answer whose keys and values are there.
  public let computed: Int
  /// Tokens of its answer that are there.
  public let produced: Int
  /// KV blocks that it holds.
  public let blocks: Int

  /// A progress of those values.
  public init(computed: Int, produced: Int, blocks: Int) {
    self.computed = computed
    self.produced = produced
    self.blocks = blocks
  }
}

extension TokenScheduler {
  /// None, where a scheduler looks at every step.
  public mutating func plainSteps() -> PlainSteps { .none }
  /// Nothing is taken, where a scheduler looks at every step.
  public mutating func takeQuietSteps(_ count: Int) {
    precondition(count == 0, "no step is quiet")
  }
  /// No, where a scheduler looks at all that wait.
  public var schedulesPlain: Bool { false }
  /// Any step, where nobody came.
  public mutating func schedulePlain() -> StepShape { schedule() }
  /// No, where a scheduler does not say.
  public var isFull: Bool { false }
  /// One step after the other.
  public var stepsAhead: Int { 1 }
  /// No, where a scheduler cannot get there.
  public var isThrashing: Bool { false }
}
