// SPDX-License-Identifier: Apache-2.0

/// Whom the last result brought a token, as far as it differs from the result before; of a scheduler that tells tokens.
///
/// After a row of quiet steps it is about the first of them; in the others the same requests got a token.
public struct TokenNews: Sendable {
  /// How many requests got a token that is not their first.
  public internal(set) var tokens = 0
  /// Who of them had their token before from an earlier result than the last one.
  public internal(set) var resumed: ContiguousArray<Int> = []
  /// Who got a token from the result before, but not from this one, and is not completed. Somebody may be named who goes
  /// on after all.
  public internal(set) var paused: ContiguousArray<Int> = []

  /// Whether the same requests got a token from the result before, but for those that had their first or last.
  @inlinable var isSteady: Bool { resumed.isEmpty && paused.isEmpty }

  /// Forgets everything.
  mutating func clear() {
    tokens = 0
    resumed.clear()
    paused.clear()
  }
}

/// Finds out who pauses and who goes on. Each request has the number of the result that brought its last token.
@usableFromInline
struct TokenMarks {
  /// Whether tokens are told.
  private(set) var isOn = false
  /// The number of the last result.
  private(set) var result = 0
  /// What the last result, or the last row of quiet steps, brought.
  @usableFromInline private(set) var news = TokenNews()
  /// Who got a token from the last result, and how many of those have gone.
  private var all = 0
  private var gone = 0
  /// Who can go on, and who does.
  private var expected = 0
  private var goingOn = 0
  /// Who was preempted and may have had a token from the last result.
  private var preempted: ContiguousArray<Int> = []
  /// Who is taken together with others from the next result on, without a token from the last one.
  private var late: ContiguousArray<Int> = []

  /// Begins to tell tokens.
  mutating func turnOn() { isOn = true }

  /// Begins so many results, which bring tokens to the same requests.
  mutating func begin(_ results: Int = 1) {
    news.clear()
    expected = all - gone
    result += results
    all = 0
    gone = 0
    goingOn = 0
  }

  /// Notes so many results that bring each of those that are taken together a token, and nobody else.
  ///
  /// - Returns: whether that is all; else somebody pauses or goes on, and nothing is noted.
  mutating func noteQuiet(_ results: Int, together count: Int) -> Bool {
    guard preempted.isEmpty && late.isEmpty else { return false }
    news.clear()
    news.tokens = count
    result += results
    all = count
    gone = 0
    expected = count
    goingOn = count
    return true
  }

  /// Notes a request that gets a token.
  ///
  /// - Parameters:
  ///   - last: the number of the result that brought the one before.
  ///   - before: the number of the result before the first of these.
  mutating func note(_ slot: Int, last: Int, before: Int, isFirst: Bool) {
    all += 1
    if last == before { goingOn += 1 } else if !isFirst { news.resumed.append(slot) }
    if !isFirst { news.tokens += 1 }
  }

  /// Ends the results that were begun.
  ///
  /// - Parameter last: the number of the result that brought a request's last token.
  /// - Returns: whether there are requests that pause, beside those that were preempted.
  mutating func end(before: Int, last: (Int) -> Int) -> Bool {
    if !preempted.isEmpty {
      for slot in preempted where last(slot) == before {
        news.paused.append(slot)
        goingOn += 1
      }
      preempted.removeAll { last($0) != result }
    }
    return goingOn < expected
  }

  /// Notes a request that pauses, if it got a token from the result before.
  mutating func pause(_ slot: Int, last: Int, before: Int) {
    if last == before { news.paused.append(slot) }
  }

  /// A request loses its blocks.
  mutating func preempt(_ slot: Int) { preempted.append(slot) }

  /// A request is completed or cancelled.
  ///
  /// - Parameter last: the number of the result that brought its last token.
  mutating func leave(_ last: Int) { if last == result { gone += 1 } }

  // MARK: Taken together

  /// A request that had a token is taken together with others: each gets one from each result.
  mutating func take(_ slot: Int, last: Int) { if last != result { late.append(slot) } }

  /// Notes those that are taken together.
  mutating func noteTogether(_ count: Int) {
    all += count
    goingOn += count - late.count
    news.tokens += count
    guard !late.isEmpty else { return }
    for slot in late { news.resumed.append(slot) }
    late.clear()
  }

  /// Nobody is taken together.
  mutating func disperse() { late.clear() }
}
