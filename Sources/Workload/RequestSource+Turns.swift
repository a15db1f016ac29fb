// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Quantities
import RandomStreams

/// The requests of conversations that are still to come.
struct ComingTurns: ~Copyable {
  /// A request that comes, and how many come after it.
  struct Turn: BitwiseCopyable {
    var arrival: Arrival
    var left: UInt32

    static var none: Turn { Turn(arrival: .none, left: 0) }

    /// Requests of one instant are in the order of their numbers.
    func comes(before other: Turn) -> Bool {
      arrival.time != other.arrival.time
        ? arrival.time < other.arrival.time : arrival.number < other.arrival.number
    }
  }

  /// The first requests of conversations, as they were drawn.
  var starts: Column<Arrival>
  var position = 0
  var filled = 0
  /// A binary heap: none comes before the one at half its place.
  private var heap: ContiguousArray<Turn> = []

  init(count: Int) { starts = Column(repeating: .none, count: count) }

  /// The next one that is no first request; never where there is none.
  var nextTime: Instant { heap.first?.arrival.time ?? .never }

  mutating func clear() {
    heap.removeAll(keepingCapacity: true)
    (position, filled) = (0, 0)
  }

  /// Takes in first requests that were drawn.
  mutating func take(_ column: borrowing Column<Arrival>, from first: Int, to end: Int) {
    for index in first..<end { starts[index] = column[index] }
    (position, filled) = (first, end)
  }

  /// Whether the next request is one that begins a conversation.
  var isStartNext: Bool { starts[position].time <= nextTime }

  mutating func add(_ turn: Turn) {
    heap.append(turn)
    var place = heap.count - 1
    while place > 0, turn.comes(before: heap[(place - 1) / 2]) {
      heap[place] = heap[(place - 1) / 2]
      place = (place - 1) / 2
    }
    heap[place] = turn
  }

  /// Takes out the next one that is no first request.
  ///
  /// - Precondition: there is one.
  mutating func take() -> Turn {
    let first = heap[0]
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    var place = 0
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1].comes(before: heap[child]) { child += 1 }
      guard heap[child].comes(before: last) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = last
    return first
  }
}

/// Requests of conversations: first ones, which are drawn as other requests are, and those that follow them.
extension RequestSource {
  /// Goes on with the requests from `start` on, those of conversations that began before among them.
  mutating func restartTurns(_ conversations: Conversations, at start: Instant) {
    turns.clear()
    restartDrawing(at: start - conversations.longest)
    turns.take(column, from: position, to: filled)
    repeat {
      mergeTurns(conversations)
      position = 0
      while position < filled, column[position].time < start { position += 1 }
    } while position == filled
  }

  /// Puts the next requests into the column: up to the last first request that was drawn.
  mutating func mergeTurns(_ conversations: Conversations) {
    if turns.position == turns.filled {
      drawRequests()
      turns.take(column, from: 0, to: filled)
    }
    filled = 0
    while filled < column.count, turns.position < turns.filled {
      var turn: ComingTurns.Turn
      if turns.isStartNext {
        turn = first(turns.starts[turns.position], conversations)
        // Where nothing begins any more the last ones come, and then none.
        if turn.arrival.time == .never, filled > 0 { return }
        if turn.arrival.time != .never { turns.position += 1 }
      } else {
        turn = turns.take()
      }
      column[filled] = turn.arrival
      filled += 1
      if turn.arrival.time == .never { return }
      if turn.left > 0 { turns.add(following(turn)) }
    }
  }

  /// The first request of a conversation.
  private func first(_ start: Arrival, _ conversations: Conversations) -> ComingTurns.Turn {
    guard start.time != .never else { return ComingTurns.Turn(arrival: start, left: 0) }
    var arrival = start
    arrival.promptTokens = Self.sum(arrival.promptTokens, UInt32(conversations.prefix))
    let bits = turnStream(of: start.number).block(at: Self.draw(start.number))
    let count = turnDraws?.turns(for: UInt32(truncatingIfNeeded: bits.low)) ?? 1
    return ComingTurns.Turn(arrival: arrival, left: count - 1)
  }

  /// The request that follows one: its prompt is that one's prompt and answer, and new words.
  private func following(_ turn: ComingTurns.Turn) -> ComingTurns.Turn {
    var arrival = turn.arrival
    arrival.number += 1 << Conversations.numberBits
    arrival.contentID = Arrival.uniqueMark | arrival.number
    let bits = turnStream(of: arrival.number).block(at: Self.draw(arrival.number))
    let lengthBits = UInt32(truncatingIfNeeded: bits.low)
    let said = Self.sum(arrival.promptTokens, arrival.outputTokens)
    arrival.promptTokens = Self.sum(said, lengths.prompt?.wholeValue(for: lengthBits) ?? 1)
    arrival.outputTokens =
      lengths.output?.wholeValue(for: UInt32(truncatingIfNeeded: bits.low >> 32)) ?? 1
    arrival.textIndex = model.mix.textIndex(for: lengthBits, class: arrival.classIndex)
    if let turnDraws {
      arrival.time =
        arrival.time + turnDraws.interval(for: UInt32(truncatingIfNeeded: bits.high))
    }
    return ComingTurns.Turn(arrival: arrival, left: turn.left - 1)
  }

  /// When the request comes that follows one in its conversation; `nil` where none does.
  package func timeOfNext(after number: UInt64, at time: Instant) -> Instant? {
    guard let turnDraws else { return nil }
    let stream = turnStream(of: number)
    let start = stream.block(at: Self.draw(number & (1 << Conversations.numberBits - 1)))
    let next = number + 1 << Conversations.numberBits
    let count = turnDraws.turns(for: UInt32(truncatingIfNeeded: start.low))
    guard next >> Conversations.numberBits < count else { return nil }
    let bits = stream.block(at: Self.draw(next))
    return time + turnDraws.interval(for: UInt32(truncatingIfNeeded: bits.high))
  }

  /// Tokens, up to a thousand million.
  private static func sum(_ tokens: UInt32, _ others: UInt32) -> UInt32 {
    min(1_000_000_000, tokens + others)
  }

  /// The stream that all requests of a conversation draw from.
  private func turnStream(of number: UInt64) -> RandomStream {
    RandomStream(
      seed: run.seed, replication: run.replication, purpose: .turns,
      entity: UInt32(truncatingIfNeeded: number >> 24 & 0xFF_FFFF))
  }

  /// Where in that stream a request draws: by its conversation and its place in it.
  private static func draw(_ number: UInt64) -> UInt64 {
    (number & 0xFF_FFFF) << 16 | number >> Conversations.numberBits
  }
}
