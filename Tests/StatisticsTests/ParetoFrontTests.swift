// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Statistics
import Testing

@Suite("A Pareto front")
struct ParetoFrontTests {
  /// The definition, word by word: on the front is what no other pair beats.
  private func bruteForce(_ pairs: [(first: Double, second: Double)]) -> [Int] {
    pairs.indices.filter { position in
      let own = pairs[position]
      guard own.first.isFinite && own.second.isFinite else { return false }
      return !pairs.contains { other in
        other.first.isFinite && other.second.isFinite && other.first <= own.first
          && other.second <= own.second && (other.first < own.first || other.second < own.second)
      }
    }
  }

  @Test("is what no other pair beats, on random pairs with many ties and some that are not finite")
  func random() {
    var draws = RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)
    var sizes = 0
    for round in 0..<400 {
      // A coarse grid makes ties frequent.
      let levels = Double(round % 7 == 0 ? 1_000 : 2 + round % 9)
      func number() -> Double {
        let value = (draws.nextUniform() * levels).rounded(.down)
        return draws.nextUniform() < 0.05 ? [.infinity, .nan][Int(value) % 2] : value
      }
      let pairs = (0..<(round % 40)).map { _ in (first: number(), second: number()) }
      let front = ParetoFront.positions(of: pairs)
      #expect(front.sorted() == bruteForce(pairs))
      #expect(zip(front, front.dropFirst()).allSatisfy { pairs[$0].first <= pairs[$1].first })
      sizes = max(sizes, front.count)
    }
    #expect(sizes > 5)
  }

  @Test(
    "of four pairs by hand: (1, 5) and (2, 3) are on it, (2, 4) and (3, 3) are beaten by (2, 3)")
  func byHand() {
    #expect(ParetoFront.positions(of: [(3, 3), (2, 3), (1, 5), (2, 4)]) == [2, 1])
    #expect(ParetoFront.positions(of: [(1, 1), (1, 1)]) == [0, 1])
    #expect(ParetoFront.positions(of: []).isEmpty)
  }
}
