// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import RandomStreams
import Testing

@Suite("A set of numbers")
struct NumberSetTests {
  @Test(
    "knows its smallest number as one that looks at all of them does",
    arguments: [1, 2, 63, 64, 65, 4_096, 4_097, 300_000])
  func smallest(limit: Int) {
    var stream = RandomStream(
      seed: 1, replication: 0, purpose: .testing, entity: UInt32(limit))
    var set = NumberSet(limit: limit)
    var plain = Set<Int>()
    #expect(set.first == nil)
    for step in 0..<600 {
      // Half of them lie close together, so that words fill and empty.
      let span = step % 2 == 0 ? limit : min(limit, 130)
      let bits = stream.next()
      let number = Int(bits >> 8) % span
      if bits & 0xFF < 140 {
        set.insert(number)
        plain.insert(number)
      } else {
        set.remove(number)
        plain.remove(number)
      }
      #expect(set.first == plain.min())
      #expect(set.contains(number) == plain.contains(number))
    }
    for number in plain.sorted() {
      #expect(set.first == number)
      set.remove(number)
    }
    #expect(set.first == nil)
  }
}
