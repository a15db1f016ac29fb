// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams

/// Conversations: each begins with a request and goes on with others, whose prompts hold all that was said before.
///
/// Answers are taken to have come to their end, whatever became of them, and the time to the next request runs from one
/// request to the next: so all requests are known before any is answered, and the same in every fleet.
package struct Conversations: Sendable, Equatable {
  /// The law of how many requests each has.
  package let turns: Distribution
  /// The law of the seconds from one request to the next.
  package let interval: Distribution
  /// Tokens that stand before the first words of each.
  package let prefix: Int
  /// The most requests of one.
  package let mostTurns: Int
  /// The mean number of requests of one.
  package let meanTurns: Double
  private let laws: OnDemand<[Distribution], [QuantileTable]>

  /// No draw is more than so many times the mean of its law.
  package static var largestDraw: Double { 10 }
  /// The most requests of a conversation.
  package static var mostTurnsOfAll: Int { 1_000 }

  /// Conversations of those laws.
  ///
  /// - Precondition: the means are finite and above 0.
  package init(turns: Distribution, interval: Distribution, prefix: Int = 0) {
    self.turns = turns
    self.interval = interval
    self.prefix = prefix
    laws = OnDemand([turns, interval]) { $0.map { QuantileTable($0) } }
    let largest = min(turns.upperQuantile(0x1p-32), Self.largestDraw * turns.mean)
    let most = max(1, min(Self.mostTurnsOfAll, Int(largest + 0.5)))
    mostTurns = most
    // Numbers are rounded: n or more where the law gives n - 1/2 or more.
    meanTurns = (1..<max(2, most)).reduce(1) { sum, turn in
      turn < most ? sum + turns.survival(Double(turn) + 0.5 - 1e-9) : sum
    }
  }

  /// How long one lasts at the longest, from its first request to its last.
  package var longest: TimeSpan {
    TimeSpan(roundingToMicroseconds: longestInterval * Double(mostTurns - 1))
  }

  /// How long one lasts on average.
  package var usual: TimeSpan {
    TimeSpan(roundingToMicroseconds: interval.mean * (meanTurns - 1))
  }

  private var longestInterval: Double {
    min(interval.upperQuantile(0x1p-32), Self.largestDraw * interval.mean)
  }

  /// The draws of requests.
  var draws: Draws {
    Draws(
      turns: laws.value[0], interval: laws.value[1], mostTurns: UInt32(mostTurns),
      longestInterval: longestInterval)
  }

  /// How the numbers of requests and the times between them are drawn.
  struct Draws: Sendable {
    let turns: QuantileTable
    let interval: QuantileTable
    let mostTurns: UInt32
    let longestInterval: Double

    /// How many requests a conversation has, by 32 random bits.
    func turns(for bits: UInt32) -> UInt32 { min(mostTurns, turns.wholeValue(for: bits)) }

    /// The time to the next request, by 32 random bits.
    func interval(for bits: UInt32) -> TimeSpan {
      TimeSpan(nanoseconds: Int64(min(longestInterval, interval.value(for: bits)) * 1e9))
    }
  }

  /// The bits of a request's number that tell its conversation; those above count its requests.
  package static var numberBits: UInt64 { 48 }

  /// The conversation that a request with that number belongs to, never 0.
  package static func session(of number: UInt64) -> UInt64 {
    mixed(number & (1 << numberBits - 1)) | 1
  }
}
