// SPDX-License-Identifier: Apache-2.0

/// What became of one request on an engine that is driven from a list of them; times in nanoseconds.
public struct EngineRecord: Equatable, Sendable {
  /// Its id.
  public let id: Int
  /// When the step was scheduled in which it first ran.
  public internal(set) var firstScheduled: Int64 = -1
  /// When the step ended that brought its first token.
  public internal(set) var firstToken: Int64 = -1
  /// When the step ended that brought its last token.
  public internal(set) var completed: Int64 = -1
  /// How often it was made to compute again.
  public internal(set) var preemptions = 0
  /// Tokens of it that were found in the prefix cache when it was first admitted.
  public internal(set) var cachedTokens = 0

  init(id: Int) { self.id = id }
}

/// One step of an engine, for who compares steps; times in nanoseconds.
public struct EngineStep: Sendable {
  /// When it was scheduled.
  public let scheduled: Int64
  /// When the device began with it; later than it was scheduled where another step was on its way.
  public let started: Int64
  /// When its result is there.
  public let ended: Int64
  /// What it does.
  public let shape: StepShape
  /// Requests that run after it was scheduled.
  public let running: Int
  /// Requests that wait after it was scheduled.
  public let waiting: Int
  /// Blocks that could be had after it was scheduled.
  public let freeAfterScheduling: Int
  /// Who was preempted for it: ids.
  public let preempted: [Int]
  /// Who was admitted: ids, with the tokens that were found in the prefix cache.
  public let admitted: [(id: Int, cachedTokens: Int)]
  /// Whose answers its result completed: ids.
  public internal(set) var finished: [Int] = []
  /// Blocks that could be had after its result was taken in.
  public internal(set) var freeAtEnd = 0
}
