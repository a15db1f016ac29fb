// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Testing

@Suite("Columns")
struct ColumnsTests {
  @Test("keep their values while they grow, from a few bytes to several huge pages")
  func growing() {
    var column = GrowingColumn<UInt64>(minimumCapacity: 1)
    let count = 1_000_000
    for number in 0..<count { column.append(UInt64(number) &* 0x9E37_79B9) }
    #expect(column.count == count)
    #expect((0..<count).allSatisfy { column[$0] == UInt64($0) &* 0x9E37_79B9 })
    column.removeAll()
    #expect(column.count == 0)
    column.append(7)
    #expect(column[0] == 7)
    var filled = GrowingColumn<Int32>(repeating: 3, count: 5)
    filled.fill(with: -1)
    #expect((0..<5).allSatisfy { filled[$0] == -1 })
  }

  @Test(
    "of fixed length hold what they were given, large ones too", arguments: [0, 1, 1_000, 300_000])
  func fixed(count: Int) {
    let values = (0..<count).map { Double($0) / 3 }
    var column = Column(values)
    #expect(column.count == count)
    #expect(column.values(0..<count) == values)
    #expect(column.withSpan { span in span.indices.allSatisfy { span[$0] == values[$0] } })
    guard count > 2 else { return }
    column.withMutableSpan(of: 1..<3) { $0[0] = -1 }
    column[2] = -2
    #expect(column.values(0..<4) == [values[0], -1, -2, values[3]])
    #expect(Column(repeating: Int8(4), count: count).values(0..<count).allSatisfy { $0 == 4 })
  }

  @Test("take values of another column in between their own")
  func copying() {
    var source = GrowingColumn<Int>(minimumCapacity: 1)
    for value in 1...4 { source.append(value) }
    source.append(repeating: 5, count: 1)
    var column = Column(repeating: 0, count: 4)
    column.copy(2, of: source, from: 3, to: 1)
    column.copy(0, of: source, from: 5, to: 4)
    #expect(column.values(0..<4) == [0, 4, 5, 0])
  }

  @Test("trap what lies outside of them")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = Column([1, 2])[2] }
    await #expect(processExitsWith: .failure) {
      var column = Column([1, 2])
      column[-1] = 0
    }
    await #expect(processExitsWith: .failure) { _ = Column([1, 2]).values(1..<3) }
    await #expect(processExitsWith: .failure) {
      var column = Column([1, 2])
      column.copy(2, of: GrowingColumn(repeating: 1, count: 2), from: 1, to: 0)
    }
    await #expect(processExitsWith: .failure) {
      var column = Column([1, 2])
      column.copy(2, of: GrowingColumn(repeating: 1, count: 2), from: 0, to: 1)
    }
    await #expect(processExitsWith: .failure) {
      var column = GrowingColumn<Int>(minimumCapacity: 8)
      column[0] = 1
    }
  }
}
