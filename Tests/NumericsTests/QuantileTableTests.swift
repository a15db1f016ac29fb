// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("A quantile table")
struct QuantileTableTests {
  static func laws() throws -> [Distribution] {
    [
      try .lognormal(median: 350, p99: 3_000), try .gamma(mean: 180, cv: 0.9),
      try Distribution(.exponential(mean: 5)),
    ]
  }

  @Test("has the mean of its law to 0.2 %", arguments: 0..<3)
  func means(index: Int) throws {
    let law = try Self.laws()[index]
    #expect(abs(QuantileTable(law).mean / law.mean - 1) < 0.002)
  }

  @Test("yields draws with the mean it states", arguments: 0..<3)
  func drawnMeans(index: Int) throws {
    let law = try Self.laws()[index]
    let table = QuantileTable(law)
    var stream = testStream(1)
    let draws = meanOfDraws(100_000) { table.value(for: stream.next()) }
    #expect(abs(draws.mean - table.mean) < 5 * (law.variance / 100_000).squareRoot())
  }

  @Test("yields draws of its law (Kolmogorov–Smirnov at 1e-6)", arguments: 0..<3)
  func drawsFollowTheLaw(index: Int) throws {
    let law = try Self.laws()[index]
    let table = QuantileTable(law)
    var stream = testStream(2)
    let draws = (0..<100_000).map { _ in
      table.value(for: UInt32(truncatingIfNeeded: stream.next()))
    }
    #expect(kolmogorovDistance(draws, law.cumulative) * 100_000.0.squareRoot() < 2.7)
  }

  @Test(
    "gives the quantile of the tail to 1e-6",
    arguments: [0x1p-1, 0x1p-10, 3 * 0x1p-20, 0x1p-20, 5 * 0x1p-30, 0x1p-30])
  func tails(survival: Double) throws {
    for law in try Self.laws() {
      let bits = UInt64((1 - survival) * 0x1p53) << 11
      #expect(abs(QuantileTable(law).value(for: bits) / law.upperQuantile(survival) - 1) < 1e-6)
    }
  }

  @Test(
    "fills columns, in registers of every width, with the whole values drawn one by one",
    arguments: VectorWidth.all)
  func columns(width: VectorWidth) throws {
    var stream = testStream(3)
    let edges: [UInt32] = [
      0, 1, .max, .max - 1, 1_022 << 22, 1_023 << 22, 1_023 << 22 - 1, 0xFFFF_F000, 0xFFFF_EFFF,
      0xFFFF_FFFC, 1 << 31, 1 << 31 - 1,
    ]
    let ends = edges.flatMap { one in edges.map { UInt64(one) << 32 | UInt64($0) } }
    let words = (0..<100_000).map { _ in stream.next() } + ends
    // Of the last law, values below 1 and above 10^9 are drawn too.
    for law in try Self.laws() + [.lognormal(median: 30, p99: 1e9)] {
      let table = QuantileTable(law)
      for isHigh in [false, true] {
        var column = [UInt32](repeating: 0, count: words.count)
        var span = column.mutableSpan
        table.fill(&span, forHighBits: isHigh, of: words.span, in: width)
        let different = words.indices.filter {
          let bits = UInt32(truncatingIfNeeded: isHigh ? words[$0] >> 32 : words[$0])
          return column[$0] != table.wholeValue(for: bits)
        }
        #expect(different.isEmpty)
      }
    }
  }

  @Test("rises with its bits, also where the cells become finer")
  func rises() throws {
    for table in try Self.laws().map(QuantileTable.init) {
      let marks: [UInt64] = [0, 0x7FFF << 48, 1_023 << 54, 0xFFFF_F << 44, 0xFFFF_FFFC << 32, .max]
      for mark in marks {
        #expect(table.value(for: mark &- (mark == 0 ? 0 : 1)) <= table.value(for: mark))
      }
      let values = marks.map { table.value(for: $0) }
      #expect(zip(values, values.dropFirst()).allSatisfy(<))
    }
  }

  @Test("of a constant yields it exactly")
  func constant() throws {
    let table = QuantileTable(try Distribution(.constant(7)))
    #expect([table.value(for: UInt32.min), table.value(for: UInt32.max), table.mean] == [7, 7, 7])
  }

  @Test("reads 32 bits as the upper half of 64")
  func narrow() throws {
    let table = QuantileTable(try Distribution(.exponential(mean: 5)))
    let wide = table.value(for: 0x9ABC_DEF0_8000_0000 as UInt64)
    #expect(table.value(for: 0x9ABC_DEF0 as UInt32) == wide)
  }
}
