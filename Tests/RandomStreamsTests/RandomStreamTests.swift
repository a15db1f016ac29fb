// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Testing

@Suite("A random stream")
struct RandomStreamTests {
  private func stream(
    seed: UInt64 = 1, replication: UInt32 = 0, purpose: StreamPurpose = .testing,
    entity: UInt32 = 0
  ) -> RandomStream {
    RandomStream(seed: seed, replication: replication, purpose: purpose, entity: entity)
  }

  @Test("gives the same draw for the same index, in whatever order it is asked")
  func indexed() {
    var sequential = stream()
    let drawn = (0..<100).map { _ in sequential.next() }
    let asked = (0..<100).reversed().map { stream().block(at: UInt64($0)).low }
    #expect(drawn == asked.reversed())
  }

  @Test(
    "fills columns, in registers of every width, with the blocks drawn one by one",
    arguments: VectorWidth.all)
  func columns(width: VectorWidth) {
    let stream = stream(seed: 8, entity: 5)
    for index: UInt64 in [0, 3, 0xFFFF_FFFD, 1 << 40] {
      var words = [UInt64](repeating: 0, count: 48)
      var span = words.mutableSpan
      stream.fill(&span, from: index, in: width)
      for place in 0..<24 {
        let block = stream.block(at: index + UInt64(place))
        #expect(words[place] == block.low && words[24 + place] == block.high)
      }
    }
  }

  @Test(
    "makes exponentials, in registers of every width, with the bits of the scalar function",
    arguments: VectorWidth.all)
  func exponentials(width: VectorWidth) {
    let stream = stream(seed: 9)
    let extremes: [UInt64] = [0, .max, 1 << 11, .max - 2048, 1, 2047, 1 << 63, 1 << 63 - 1]
    let bits = (0..<100_000).map { stream.block(at: $0).low } + extremes
    var words = bits
    var span = words.mutableSpan
    Elementary.makeUnitExponentials(of: &span, in: width)
    let different = bits.indices.filter {
      words[$0] != (0 - Elementary.log(positiveUniform(bits[$0]))).bitPattern
    }
    #expect(different.isEmpty)
  }

  @Test("adds up terms with the bits of a plain loop, as long as the sum stays below its limit")
  func sums() {
    let stream = stream(seed: 10)
    let terms = (0..<1_000).map { positiveUniform(stream.block(at: $0).low) }
    let bits = terms.map(\.bitPattern)
    for (limit, begin, start) in [
      (0x1p62, 0.0, Int64(-5)), (1e9, 3.25, 7), (0, 0, 1), (2e6, 1e6, 0),
    ] {
      var expected: [Int64] = []
      var reached = begin
      for term in terms {
        guard reached + term * 123_456.789 < limit else { break }
        reached += term * 123_456.789
        expected.append(start + Int64(reached))
      }
      var sum = begin
      var sums = [Int64](repeating: .min, count: terms.count)
      var span = sums.mutableSpan
      let count = Elementary.addUp(
        bits.span, times: 123_456.789, below: limit, from: start, sum: &sum,
        into: &span)
      #expect(count == expected.count && Array(sums.prefix(count)) == expected && sum == reached)
      #expect(sums.dropFirst(count).allSatisfy { $0 == .min })
    }
  }

  @Test("shares no block with another purpose, entity or replication")
  func distinctBlocks() {
    var seen: Set<Philox.Block> = []
    var made = 0
    for purpose in StreamPurpose.allCases {
      for entity in UInt32(0)..<50 {
        for replication in UInt32(0)..<25 {
          let one = stream(replication: replication, purpose: purpose, entity: entity)
          for index in UInt64(0)..<100 {
            seen.insert(one.block(at: index))
            made += 1
          }
        }
      }
    }
    #expect(made >= 1_000_000)
    #expect(seen.count == made)
  }

  @Test("keeps an item's draws apart from what another item uses up")
  func itemDraws() {
    var first = stream().draws(of: 7)
    for _ in 0..<1_000 { _ = first.next() }
    var second = stream().draws(of: 8)
    var again = stream().draws(of: 8)
    #expect(second.next() == again.next())
    #expect(first.nextIndex < second.nextIndex)
  }

  /// 64 cells of 10^6 draws: the statistic is χ² with 63 degrees of freedom, whose quantiles at
  /// 1e-6 and 1 - 1e-6 are 22.4 and 131.0 (Abramowitz and Stegun 26.4).
  @Test("spreads its draws evenly over the unit interval")
  func evenSpread() {
    var counts = [Int](repeating: 0, count: 64)
    var stream = stream(seed: 20_241_209)
    for _ in 0..<1_000_000 { counts[Int(stream.nextUniform() * 64)] += 1 }
    let expected = 1_000_000.0 / 64
    let statistic = counts.reduce(0.0) { sum, count in
      sum + (Double(count) - expected) * (Double(count) - expected) / expected
    }
    #expect((22.4...131.0).contains(statistic))
  }

  /// The correlation of n independent pairs is about normal with variance 1/n.
  @Test("is uncorrelated with its neighbours among 1,000 streams")
  func uncorrelated() {
    let draws = 1_000
    var previous: [Double] = []
    for entity in UInt32(0)..<1_000 {
      var stream = stream(entity: entity)
      let current = (0..<draws).map { _ in (stream.nextUniform() - 0.5) * 12.0.squareRoot() }
      if !previous.isEmpty {
        let products = zip(previous, current).reduce(0.0) { $0 + $1.0 * $1.1 }
        #expect(abs(products / Double(draws)) < 5 / Double(draws).squareRoot())
      }
      previous = current
    }
  }

  @Test("never gives zero where a logarithm follows")
  func positive() {
    #expect(positiveUniform(0) > 0)
    #expect(positiveUniform(.max) <= 1)
  }
}
