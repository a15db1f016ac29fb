// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("An alias table")
struct AliasTableTests {
  @Test(
    "holds each weight's share to 1e-9",
    arguments: [
      [1], [1, 1], [1, 2, 3, 4], [0, 5, 0, 1e-12, 3], [1e300, 1e300, 2e299],
      zipfWeights(count: 100_000, exponent: 0.9),
    ])
  func exact(weights: [Double]) throws {
    let scale = weights.reduce(0) { max($0, $1) }
    let sum = weights.reduce(0) { $0 + $1 / scale }
    let probabilities = try AliasTable(weights: weights).probabilities
    #expect(zip(probabilities, weights).allSatisfy { abs($0 - $1 / scale / sum) < 1e-9 })
  }

  @Test("draws items in proportion to their weights (chi-square at 1e-6)")
  func chiSquare() throws {
    let weights = zipfWeights(count: 200, exponent: 1.1)
    let table = try AliasTable(weights: weights)
    var stream = testStream(1)
    var counts = [Int](repeating: 0, count: 200)
    for _ in 0..<1_000_000 { counts[table.index(for: stream.next())] += 1 }
    let sum = weights.reduce(0, +)
    let statistic = zip(counts, weights).reduce(0) { total, pair in
      let expected = 1_000_000 * pair.1 / sum
      return total + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
    #expect(ChiSquare.survival(statistic, degreesOfFreedom: 199) > 1e-6)
  }

  @Test("never draws an item of weight zero")
  func zeroWeight() throws {
    let table = try AliasTable(weights: [0, 1, 0, 3])
    var stream = testStream(2)
    #expect((0..<10_000).allSatisfy { _ in table.index(for: stream.next()) % 2 == 1 })
  }

  @Test("is the same when weights differ in their last bit")
  func lastBits() throws {
    let weights = zipfWeights(count: 10_000, exponent: 0.8)
    #expect(try AliasTable(weights: weights.map(\.nextUp)) == AliasTable(weights: weights))
  }

  @Test("stays inside for the smallest and the largest word")
  func extremes() throws {
    let table = try AliasTable(weights: [1, 2, 3])
    #expect((0..<3).contains(table.index(for: .min)) && (0..<3).contains(table.index(for: .max)))
  }

  @Test(
    "gives items side by side, in registers of every width, as it gives them one by one",
    arguments: VectorWidth.all)
  func columns(width: VectorWidth) throws {
    var stream = testStream(4)
    let first: UInt64 = 1 << 63 | 5
    let edges: [UInt64] = [.min, .max, 0xFFFF_FFFF, 1 << 32, 1 << 31, .max << 32, 1, .max - 1]
    let words = (0..<10_000).map { _ in stream.next() } + edges
    for weights in [[1], [0, 1], [1, 2, 3], zipfWeights(count: 5_000, exponent: 0.9)] {
      let table = try AliasTable(weights: weights)
      var items = words
      var span = items.mutableSpan
      AliasTable.replace(
        &span, byItemsOf: table.columns.span, zerosFrom: first, in: width)
      let different = words.indices.filter { place in
        let item = table.index(for: words[place])
        return items[place] != (item == 0 ? first + UInt64(place) : UInt64(item))
      }
      #expect(different.isEmpty)
    }
  }

  @Test(
    "is refused without a positive weight",
    arguments: [[], [0, 0], [1, -1], [1, .nan], [.infinity]] as [[Double]])
  func refuses(weights: [Double]) {
    #expect(throws: InvalidDistribution.self) { try AliasTable(weights: weights) }
  }

  @Test("has Zipf weights that fall by the exponent")
  func zipf() {
    let weights = zipfWeights(count: 16, exponent: 0.5)
    #expect(weights[0] == 1 && abs(weights[3] - 0.5) < 1e-15 && abs(weights[15] - 0.25) < 1e-15)
  }
}
