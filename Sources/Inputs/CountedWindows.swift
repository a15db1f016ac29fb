// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Counts in windows of one length that follow each other without a gap: windows of which a file has no row are empty.
package struct CountedWindows: Sendable {
  /// The beginnings of the windows, in nanoseconds, and how many came in each.
  package private(set) var windows: [(time: Int64, count: Double)] = []
  /// How long each is.
  package let length: TimeSpan
  /// How many of them had a row.
  private let rows: Int
  /// Whether the first and the last day were made whole.
  private var isWholeDays = false

  /// The most windows that are filled in: a file that needs more has a time that is wrong.
  private static let most: Int64 = 5_000_000

  /// The windows of rows in any order.
  ///
  /// Where exports leave out empty hours, they also do before the first and after the last row: if no row of a dated
  /// file lies earlier in its day than the first row, the first day is counted from midnight UTC, and the last one
  /// likewise.
  ///
  /// - Parameters:
  ///   - lines: the line of each row, for errors.
  ///   - length: the length of windows; `nil` for the usual distance of rows.
  /// - Throws: windows that overlap, or whose length cannot be told.
  package init(
    _ rows: [(time: Int64, count: Double)], lines: [Int], length: TimeSpan?, isDated: Bool
  ) throws(TraceErrors) {
    let order = rows.indices.sorted { (rows[$0].time, $0) < (rows[$1].time, $1) }
    let sorted = order.map { rows[$0] }
    let gaps = zip(sorted, sorted.dropFirst()).map { $1.time - $0.time }
    if let same = gaps.firstIndex(of: 0) {
      throw Self.failure(
        max(lines[order[same]], lines[order[same + 1]]), "the time of another row again",
        "one row a window")
    }
    guard let usual = length?.nanoseconds ?? UsualGap.of(gaps), usual > 0 else {
      throw Self.failure(
        lines.first ?? 1, "rows whose distances differ", "windows of one length, or --per LENGTH")
    }
    self.length = TimeSpan(nanoseconds: usual)
    self.rows = rows.count
    for (index, row) in sorted.enumerated() {
      if index > 0 {
        let gap = gaps[index - 1]
        // A clock that is a little off is no overlap.
        guard gap >= usual - usual / 10 else {
          throw Self.failure(
            lines[order[index]], "a time \(TimeSpan(nanoseconds: gap)) after the one before",
            "windows of \(TimeSpan(nanoseconds: usual)), which do not overlap")
        }
        let missing = (gap + usual / 2) / usual - 1
        guard missing < Self.most - Int64(windows.count) else {
          throw Self.failure(
            lines[order[index]], "a gap of \(TimeSpan(nanoseconds: gap))",
            "at most \(Self.most) windows of \(TimeSpan(nanoseconds: usual))")
        }
        let before = sorted[index - 1].time
        for number in 0..<max(0, missing) { windows.append((before + usual * (number + 1), 0)) }
      }
      windows.append(row)
    }
    if isDated, windows.count > sorted.count { fillDays(sorted.map(\.time)) }
  }

  private mutating func fillDays(_ times: [Int64]) {
    let day = TimeSpan.hours(24).nanoseconds
    guard day % length.nanoseconds == 0, let first = times.first, let last = times.last else {
      return
    }
    func inDay(_ time: Int64) -> Int64 { ((time % day) + day) % day }
    guard times.allSatisfy({ inDay($0) % length.nanoseconds == 0 }) else { return }
    if times.allSatisfy({ inDay($0) >= inDay(first) }) {
      let before = stride(
        from: first - inDay(first), to: first, by: Int64.Stride(length.nanoseconds))
      windows.insert(contentsOf: before.map { (time: $0, count: 0.0) }, at: 0)
      isWholeDays = true
    }
    if times.allSatisfy({ inDay($0) <= inDay(last) }) {
      let after = stride(
        from: last + length.nanoseconds, to: last - inDay(last) + day,
        by: Int64.Stride(length.nanoseconds))
      windows += after.map { (time: $0, count: 0.0) }
      isWholeDays = true
    }
  }

  /// What was read, as a clause.
  package var summary: String {
    let empty = windows.count - rows
    let days = isWholeDays ? ", the first and last day counted whole" : ""
    return "\(rows) rows of \(length)"
      + (empty > 0 ? ", \(empty) windows without a row counted as empty\(days)" : "")
  }

  private static func failure(_ line: Int, _ found: String, _ allowed: String) -> TraceErrors {
    TraceErrors(errors: [TraceError(line: line, column: 1, found: found, allowed: allowed)])
  }
}

/// The distance that most neighbours have.
package enum UsualGap {
  /// The distance that more than half of the gaps have, within a tenth; `nil` where there is none, or where one gap
  /// stands against one.
  package static func of(_ gaps: [Int64]) -> Int64? {
    guard gaps.count > 1 else { return gaps.first }
    let sorted = gaps.sorted()
    let middle = sorted[(sorted.count - 1) / 2]
    let alike = gaps.count { ($0 - middle).magnitude <= middle.magnitude / 10 }
    return 2 * alike > gaps.count ? middle : nil
  }
}
