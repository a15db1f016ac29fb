// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import RandomStreams
import Testing

@Suite("The tournament tree")
struct TournamentTreeTests {
  @Test("always names the earliest competitor, and of equals the lowest number")
  func winner() {
    var tree = TournamentTree(count: 13)
    var times = [Int64](repeating: .max, count: 13)
    var stream = RandomStream(seed: 2, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<20_000 {
      let bits = stream.next()
      let competitor = Int(bits % 13)
      let time = bits % 5 == 0 ? Int64.max : Int64(bits >> 58)
      times[competitor] = time
      tree.set(competitor, to: time)
      let earliest = times.min() ?? .max
      #expect(tree.least() == earliest)
      if earliest != .max { #expect(tree.winner() == times.firstIndex(of: earliest)) }
    }
  }

  @Test("names the winner of each group, whatever the others do")
  func groups() {
    var tree = TournamentTree(groups: 3, of: 5)
    var times = [[Int64]](repeating: [Int64](repeating: .max, count: 5), count: 3)
    var stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<20_000 {
      let bits = stream.next()
      let (group, competitor) = (Int(bits % 3), Int(bits / 3 % 5))
      let time = bits % 5 == 0 ? Int64.max : Int64(bits >> 58)
      times[group][competitor] = time
      tree.set(competitor, in: group, to: time)
      for group in 0..<3 {
        let least = times[group].min() ?? .max
        #expect(tree.least(in: group) == least)
        if least != .max { #expect(tree.winner(in: group) == times[group].firstIndex(of: least)) }
      }
    }
  }
}
