// SPDX-License-Identifier: Apache-2.0

/// Whom the last result brought a token, as far as it differs from the result before; of a scheduler that tells tokens.
///
/// After a row of quiet steps it is about the first of them; in the others the same requests got a token.
public struct TokenNews: Sendable {
  /// Who goes on or pauses.
  struct Changes {
    var resumed: ContiguousArray<Int> = []
    var paused: ContiguousArray<Int> = []
  }

  /// How many requests got a token that is not their first.
  public internal(set) var tokens = 0
  /// Nothing in most results, so that they carry no lists.
  var changes: Changes?

  /// Who of them had their token before from an earlier result than the last one.
  public var resumed: ContiguousArray<Int> { changes?.resumed ?? [] }
  /// Who got a token from the result before, but not from this one, and is not completed. Somebody may be named who goes
  /// on after all.
  public var paused: ContiguousArray<Int> { changes?.paused ?? [] }

  mutating func resume(_ slot: Int) {
    if changes == nil { changes = Changes() }
    changes?.resumed.append(slot)
  }

  mutating func pause(_ slot: Int) {
    if changes == nil { changes = Changes() }
    changes?.paused.append(slot)
  }
}

/// Finds out who pauses and who goes on. Each request has the number of the result that brought its last token.
struct TokenMarks {
  /// Whether tokens are told.
  private(set) var isOn = false
  /// The number of the last result.
  private(set) var result = 0
  private var news = TokenNews()
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

  /// What there is to tell; afterwards there is nothing.
  mutating func takeNews() -> TokenNews {
    var taken = TokenNews()
    swap(&taken, &news)
    return taken
  }

  /// Begins so many results, which bring tokens to the same requests.
  mutating func begin(_ results: Int = 1) {
    news = TokenNews()
    expected = all - gone
    result += results
    all = 0
    gone = 0
    goingOn = 0
  }

  /// Notes a request that gets a token.
  ///
  /// - Parameters:
  ///   - last: the number of the result that brought the one before.
  ///   - before: the number of the result before the first of these.
  mutating func note(_ slot: Int, last: Int, before: Int, isFirst: Bool) {
    all += 1
    if last == before { goingOn += 1 } else if !isFirst { news.resume(slot) }
    if !isFirst { news.tokens += 1 }
  }

  /// Ends the results that were begun.
  ///
  /// - Parameter last: the number of the result that brought a request's last token.
  /// - Returns: whether there are requests that pause, beside those that were preempted.
  mutating func end(before: Int, last: (Int) -> Int) -> Bool {
    if !preempted.isEmpty {
      for slot in preempted where last(slot) == before {
        news.pause(slot)
        goingOn += 1
      }
      preempted.removeAll { last($0) != result }
    }
    return goingOn < expected
  }

  /// Notes a request that pauses, if it got a token from the result before.
  mutating func pause(_ slot: Int, last: Int, before: Int) {
    if last == before { news.pause(slot) }
  }

  /// A request loses its blocks.
  mutating func preempt(_ slot: Int) { preempted.append(slot) }

  /// A request is completed or cancelled.
  mutating func leave(last: inout Int) {
    if last == result { gone += 1 }
    last = -1
  }

  // MARK: Taken together

  /// A request that had a token is taken together with others: each gets one from each result.
  mutating func take(_ slot: Int, last: Int) { if last != result { late.append(slot) } }

  /// Notes those that are taken together.
  mutating func noteTogether(_ count: Int) {
    all += count
    goingOn += count - late.count
    news.tokens += count
    guard !late.isEmpty else { return }
    for slot in late { news.resume(slot) }
    late.clear()
  }

  /// Nobody is taken together.
  mutating func disperse() { late.clear() }
}
