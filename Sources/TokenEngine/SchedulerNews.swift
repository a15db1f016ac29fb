// SPDX-License-Identifier: Apache-2.0

/// What a scheduler did when it was asked last; requests are named by the numbers that they got when they were added.
public struct SchedulerNews: Sendable {
  /// A request that began to run, for the first time or again.
  public struct Admission: Equatable, Sendable {
    /// Which request.
    public let slot: Int
    /// Tokens of it that were found in the prefix cache.
    public let cachedTokens: Int
    /// Whether it had never run before.
    public let isFirst: Bool

    init(slot: Int, cachedTokens: Int, isFirst: Bool) {
      self.slot = slot
      self.cachedTokens = cachedTokens
      self.isFirst = isFirst
    }
  }

  /// A request whose answer is complete; its number may be given to another.
  public struct Completion: Equatable, Sendable {
    /// Which request.
    public let slot: Int
    /// Its id.
    public let id: Int
    /// How often it was made to compute again.
    public let preemptions: Int
    /// Tokens of it that were found in the prefix cache when it was first admitted.
    public let cachedTokens: Int

    init(slot: Int, id: Int, preemptions: Int, cachedTokens: Int) {
      self.slot = slot
      self.id = id
      self.preemptions = preemptions
      self.cachedTokens = cachedTokens
    }
  }

  /// Admitted by the last step, in order.
  public internal(set) var admitted: ContiguousArray<Admission> = []
  /// Made to compute again by the last step, in order.
  public internal(set) var preempted: ContiguousArray<Int> = []
  /// Whose first token the last result brought, in the order in which they were scheduled.
  public internal(set) var firstTokens: ContiguousArray<Int> = []
  /// Whose last token the last result brought, in the order in which they were scheduled.
  public internal(set) var completed: ContiguousArray<Completion> = []

  /// Forgets everything.
  mutating func clear() {
    admitted.clear()
    preempted.clear()
    firstTokens.clear()
    completed.clear()
  }
}
