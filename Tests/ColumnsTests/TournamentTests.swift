// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import RandomStreams
import Testing

@Suite("The tournament")
struct TournamentTests {
  @Test("always names the smallest number, and of equals the first contestant")
  func winner() {
    var tournament = Tournament(count: 13)
    var numbers = [Int64](repeating: .max, count: 13)
    var stream = RandomStream(seed: 2, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<20_000 {
      let bits = stream.next()
      let contestant = Int(bits % 13)
      let number = bits % 5 == 0 ? Int64.max : Int64(bits >> 58)
      numbers[contestant] = number
      tournament.set(contestant, to: number)
      let smallest = numbers.min() ?? .max
      #expect(tournament.smallest == smallest && tournament[contestant] == number)
      if smallest != .max { #expect(tournament.winner == numbers.firstIndex(of: smallest)) }
    }
  }

  @Test("names the smallest number of a part that has a root of its own")
  func parts() {
    // Parts of 8, 4 and 1 contestants that begin at 0, 8 and 12 of 16 leaves.
    let parts: [(first: Int, size: Int)] = [(0, 8), (8, 4), (12, 1)]
    var tournament = Tournament(count: 13)
    #expect(tournament.leaves == 16)
    var numbers = [Int64](repeating: .max, count: 13)
    var stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<5_000 {
      let bits = stream.next()
      let contestant = Int(bits % 13)
      let part = parts.first(where: { contestant < $0.first + $0.size }) ?? (0, 1)
      numbers[contestant] = Int64(bits >> 58)
      let root = (16 + part.first) / part.size
      let smallest = tournament.set(contestant, to: numbers[contestant], upTo: root)
      #expect(smallest == numbers[part.first..<part.first + part.size].min())
    }
    // Nothing lies above the root of all.
    var whole = Tournament(count: 13)
    #expect(whole.set(3, to: 5, upTo: 0) == 5 && whole.set(9, to: 7, upTo: -2) == 5)
    #expect(whole.smallest == 5 && whole.winner == 3)
  }

  @Test("traps who takes no part", arguments: [-1, 3])
  func preconditions(contestant: Int) async {
    await #expect(processExitsWith: .failure) { [contestant] in
      var tournament = Tournament(count: 3)
      tournament.set(contestant, to: 1)
    }
  }
}
