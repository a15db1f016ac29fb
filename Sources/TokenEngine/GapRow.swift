// SPDX-License-Identifier: Apache-2.0

/// Times between tokens of answers, in femtoseconds: those of equal steps, or of steps whose times grow evenly.
///
/// For each `step` from 0 to `steps - 1` there are `count` tokens, each `first + step * growth` after the token before it
/// of the same answer. A first token has no gap.
@frozen
public struct GapRow: Equatable, Sendable {
  /// Tokens of each step.
  public internal(set) var count: Int
  /// Steps.
  public internal(set) var steps: Int
  /// Femtoseconds between the tokens of the first step and those before them.
  public internal(set) var first: Int128
  /// How many femtoseconds each step takes longer than the one before.
  public internal(set) var growth: Int128

  /// The gap of a step, counted from 0.
  @inlinable
  public func gap(_ step: Int) -> Int128 { first + Int128(step) * growth }
}

/// When tokens were there, as far as it is needed to tell their gaps.
@usableFromInline
struct TokenClock {
  /// When the last result was there.
  private var previous = EngineTime(nanoseconds: 0)
  /// By slot when its last token was there, of those that pause.
  private var lastTokens: ContiguousArray<EngineTime> = []

  @usableFromInline
  init() {}

  /// Notes a result.
  @usableFromInline
  mutating func note(
    _ news: TokenNews, at time: EngineTime, _ gaps: inout ContiguousArray<GapRow>
  ) {
    var count = news.tokens
    if !news.isSteady {
      pauseAndResume(news, at: time, &gaps)
      count -= news.resumed.count
    }
    if count > 0 { append(count, time.femtoseconds(since: previous), &gaps) }
    previous = time
  }

  /// Notes a row of results that bring the same requests tokens; none of them a first one.
  ///
  /// - Parameters:
  ///   - first: the femtoseconds from the start to the first result.
  ///   - second: those from it to the second.
  @usableFromInline
  mutating func note(
    _ news: TokenNews, steps: Int, start: EngineTime, first: Int128, second: Int128,
    growth: Int128, end: EngineTime, _ gaps: inout ContiguousArray<GapRow>
  ) {
    defer { previous = end }
    let gap = start.femtoseconds(since: previous) + first
    if news.isSteady && gap == second - growth {
      gaps.append(GapRow(count: news.tokens, steps: steps, first: gap, growth: growth))
      return
    }
    note(news, at: start.later(by: first), &gaps)
    guard steps > 1 else { return }
    gaps.append(GapRow(count: news.tokens, steps: steps - 1, first: second, growth: growth))
  }

  private mutating func pauseAndResume(
    _ news: TokenNews, at time: EngineTime, _ gaps: inout ContiguousArray<GapRow>
  ) {
    for slot in news.paused {
      while lastTokens.count <= slot { lastTokens.append(previous) }
      lastTokens[slot] = previous
    }
    for slot in news.resumed {
      let gap = time.femtoseconds(since: lastTokens[slot])
      if let row = gaps.last, row.steps == 1, row.first == gap {
        gaps[gaps.count - 1].count += 1
      } else {
        gaps.append(GapRow(count: 1, steps: 1, first: gap, growth: 0))
      }
    }
  }

  /// Adds gaps of one step, to the last row where they continue it.
  private func append(_ count: Int, _ gap: Int128, _ gaps: inout ContiguousArray<GapRow>) {
    if let row = gaps.last, row.count == count {
      let last = gaps.count - 1
      if row.steps == 1 && gap >= row.first {
        gaps[last].growth = gap - row.first
        gaps[last].steps = 2
        return
      }
      if gap == row.gap(row.steps) {
        gaps[last].steps += 1
        return
      }
    }
    gaps.append(GapRow(count: count, steps: 1, first: gap, growth: 0))
  }
}
