// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Statistics
import Testing

@Suite("The Shapley value")
struct ShapleyValueTests {
  /// A game with a value for each coalition, drawn at random.
  private func game(players: Int, number: UInt32) -> [Double] {
    var draws = RandomStream(seed: 9, replication: number, purpose: .testing, entity: 1)
    return [0] + (1..<1 << players).map { _ in draws.nextUniform() * 100 - 20 }
  }

  private func orders(of players: [Int]) -> [[Int]] {
    guard !players.isEmpty else { return [[]] }
    return players.flatMap { first in
      orders(of: players.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// By the definition: what a player adds, averaged over all orders.
  private func bruteForce(_ values: [Double], players: Int) -> [Double] {
    let all = orders(of: Array(0..<players))
    return (0..<players).map { player in
      all.reduce(0.0) { sum, order in
        let before = order.prefix { $0 != player }.reduce(0) { $0 | 1 << $1 }
        return sum + values[before | 1 << player] - values[before]
      } / Double(all.count)
    }
  }

  @Test("is the mean over all orders of what a player adds", arguments: 1...6)
  func definition(players: Int) {
    for number in 0..<5 {
      let values = game(players: players, number: UInt32(number))
      let shares = ShapleyValue.exact(players: players) { values[$0] }
      for (share, known) in zip(shares, bruteForce(values, players: players)) {
        #expect(abs(share - known) < 1e-9)
      }
    }
  }

  @Test("adds up to what all achieve")
  func efficiency() {
    for number in 0..<20 {
      let values = game(players: 8, number: UInt32(number))
      let sum = ShapleyValue.exact(players: 8) { values[$0] }.reduce(0, +)
      #expect(abs(sum - values[255]) < 1e-9)
    }
  }

  @Test("gives players that add the same the same, and one that adds nothing nothing")
  func symmetryAndNull() {
    for number in 0..<20 {
      let values = game(players: 5, number: UInt32(number))
      // Players 0 and 1 count only by how many of them there are; player 5 is never asked.
      func value(_ coalition: Int) -> Double {
        let both = (coalition & 3).nonzeroBitCount
        return values[(coalition & 0b11100) | (both == 2 ? 3 : both)]
      }
      let shares = ShapleyValue.exact(players: 6, value: value)
      #expect(abs(shares[0] - shares[1]) < 1e-9)
      #expect(abs(shares[5]) < 1e-9)
    }
  }

  @Test("is estimated by orders drawn at random, which add up in every order")
  func sampled() {
    let values = game(players: 6, number: 3)
    var draws = RandomStream(seed: 2, replication: 0, purpose: .testing, entity: 2)
    let drawn = ShapleyValue.orders(4_000, players: 6) { draws.nextUniform() }
    let exact = ShapleyValue.exact(players: 6) { values[$0] }
    var means = [Double](repeating: 0, count: 6)
    for order in drawn {
      #expect(order.sorted() == Array(0..<6))
      let added = ShapleyValue.marginals(order) { values[$0] }
      #expect(abs(added.reduce(0, +) - values[63]) < 1e-9)
      for player in 0..<6 { means[player] += added[player] / 4_000 }
    }
    // What a player adds lies within 120 of zero: five standard errors are below 5.
    for (mean, share) in zip(means, exact) { #expect(abs(mean - share) < 5) }
  }

  @Test("is rounded so that the parts add up, each to a neighbour of its value")
  func rounding() {
    #expect(LargestRemainder.wholes([1.5, 1.5, 1.0], total: 4) == [2, 1, 1])
    #expect(LargestRemainder.wholes([-1.4, 2.7, 0.7], total: 2) == [-2, 3, 1])
    var draws = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 3)
    for _ in 0..<200 {
      let values = (0..<7).map { _ in (draws.nextUniform() - 0.5) * 1e7 }
      let total = Int(values.reduce(0, +).rounded())
      let wholes = LargestRemainder.wholes(values, total: total)
      #expect(wholes.reduce(0, +) == total)
      for (value, whole) in zip(values, wholes) { #expect(abs(value - Double(whole)) <= 1) }
    }
  }
}
