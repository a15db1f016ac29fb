// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import Testing

@Suite("Counted windows")
struct CountedWindowsTests {
  private let hour = TimeSpan.hours(1).nanoseconds

  private func windows(
    _ hours: [Int64], length: TimeSpan? = nil, isDated: Bool = true
  ) throws(TraceErrors) -> CountedWindows {
    try CountedWindows(
      hours.map { (time: $0 * hour, count: 5) }, lines: Array(2..<hours.count + 2), length: length,
      isDated: isDated)
  }

  @Test("fill the hours that a file leaves out, and the first and last day with them")
  func filled() throws {
    // Hours 9 to 11 of two days: 48 hours in all.
    let windows = try windows([9, 10, 11, 33, 34, 35])
    #expect(windows.windows.count == 48 && windows.length == .hours(1))
    #expect(windows.windows.map(\.time) == (0..<48).map { $0 * hour })
    #expect(windows.windows.reduce(0) { $0 + $1.count } == 30)
  }

  @Test("begin with the first row where a day has earlier rows than its")
  func partDay() throws {
    // From 9 on without a break but for hour 30, which is 6 in the morning.
    let windows = try windows((9...40).filter { $0 != 30 })
    #expect(windows.windows.first?.time == 9 * hour && windows.windows.count == 32)
  }

  @Test("stand in order, whatever that of the rows")
  func order() throws {
    #expect(try windows([3, 1, 2, 0]).windows.map(\.time) == [0, 1, 2, 3].map { $0 * hour })
  }

  @Test("are refused where they overlap, come twice, or differ in length")
  func refused() {
    #expect(throws: TraceErrors.self) { try windows([0, 1, 2], length: .hours(2)) }
    #expect(throws: TraceErrors.self) { try windows([0, 1, 1]) }
    #expect(throws: TraceErrors.self) { try windows([0, 1, 5, 15]) }
    #expect(throws: TraceErrors.self) {
      try CountedWindows(
        [0, 1, 2, 9_000_000].map { (time: $0 * 1_000_000_000, count: 5) }, lines: [2, 3, 4, 5],
        length: nil, isDated: true)
    }
  }
}
