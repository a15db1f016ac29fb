// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Quantities

/// When machines could be had, as others measured it.
package struct MeasuredFile: Sendable {
  /// What the numbers of an availability file count; both kinds are in public use.
  package enum Meaning: String, Sendable, CaseIterable {
    /// Machines that could be had.
    case available
    /// 1 where none could be had, 0 where one could.
    case unavailable
  }

  /// How many could be had over time, from the first measurement on.
  package let trace: AvailabilityTrace
  /// When the first measurement was; `nil` where the file names no date.
  package let beginning: UTCDate?
  /// How the file was read, as clauses.
  let notes: [String]

  private struct Numbers {
    var changes: [AvailabilityTrace.Change]
    var length: TimeSpan
    var beginning: UTCDate?
    var notes: [String]
  }

  /// Reads availability in one of three forms, told apart by how they begin.
  ///
  /// - JSON: `{"metadata": {"gap_seconds": 195}, "data": [0, 1, …]}`, a number every gap.
  /// - CSV with the columns `time` and `available`, each number holding until the next. The last row only says where
  ///   the measurement ended.
  /// - A log of events, `milliseconds,add|remove,machine`: how many machines there were.
  ///
  /// Where no number is above 1 a one is a state and means as many machines as anyone wants.
  ///
  /// - Parameters:
  ///   - meaning: what a 1 means; logs of events say so themselves and take `nil`.
  ///   - zone: how far times without a zone are ahead of UTC; `nil` where they are errors.
  /// - Throws: everything that is wrong with the file.
  /// - Complexity: O(bytes).
  package static func availability(
    _ bytes: [UInt8], ones meaning: Meaning?, zone: TimeSpan? = nil
  ) throws(TraceErrors) -> MeasuredFile {
    let numbers: Numbers
    if JSONFile.looks(like: bytes) {
      numbers = try sampled(bytes)
    } else if isLog(bytes) {
      guard meaning == nil else {
        throw failure(
          "a log of events, which adds and removes machines", "no word of what ones mean")
      }
      let (changes, length) = try AvailabilityLog.numbers(bytes)
      return MeasuredFile(
        trace: AvailabilityTrace(changes: changes, length: length), beginning: nil,
        notes: ["a log of events"])
    } else {
      numbers = try table(bytes, zone: zone)
    }
    guard let meaning else {
      throw failure(
        "nothing that says what a 1 means in this file", "ones: available, or ones: unavailable")
    }
    let isState = numbers.changes.allSatisfy { $0.count <= 1 }
    guard isState || meaning == .available else {
      throw failure("numbers above 1", "0 and 1 beside ones: unavailable")
    }
    let trace = AvailabilityTrace(
      changes: numbers.changes.map { change in
        let isUp = (change.count > 0) == (meaning == .available)
        let count = isState ? (isUp ? Int.max : 0) : change.count
        return AvailabilityTrace.Change(at: change.at, count: count)
      }, length: numbers.length)
    return MeasuredFile(trace: trace, beginning: numbers.beginning, notes: numbers.notes)
  }

  /// A log has no header: its first line begins with a number.
  private static func isLog(_ bytes: [UInt8]) -> Bool {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    return body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      .map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private static func sampled(_ bytes: [UInt8]) throws(TraceErrors) -> Numbers {
    let file = try JSONFile(bytes)
    let root = file.roots[0]
    let gap = root["metadata"]?["gap_seconds"]
    let seconds = gap?.scalar.flatMap { Double($0) }
    guard let seconds, (0.001...1e6).contains(seconds) else {
      throw file.failure(
        gap ?? root, found: gap.map { $0.shown } ?? "no metadata.gap_seconds",
        allowed: "metadata.gap_seconds, a number from 0.001 to 1e6")
    }
    guard let data = root["data"]?.items, !data.isEmpty else {
      throw file.failure(
        root["data"] ?? root, found: "no data", allowed: "at least one sample in data")
    }
    let step = TimeSpan(roundingToMicroseconds: seconds)
    let most = TimeSpan.longestStretch.nanoseconds / step.nanoseconds
    guard data.count <= most else {
      throw file.failure(
        root["data"] ?? root, found: "\(data.count) samples in data",
        allowed: "at most \(most), \(step) apart")
    }
    var changes: [AvailabilityTrace.Change] = []
    for (number, node) in data.enumerated() {
      guard let count = node.scalar.flatMap({ Int($0) }), (0...1_000_000).contains(count) else {
        throw file.failure(node, found: "\(node.shown) at data[\(number)]", allowed: "0 to 1000000")
      }
      changes.append(.init(at: step * Int64(number), count: count))
    }
    return Numbers(
      changes: changes, length: step * Int64(data.count), beginning: nil,
      notes: ["\(data.count) samples \(step) apart"])
  }

  private static func table(_ bytes: [UInt8], zone: TimeSpan?) throws(TraceErrors) -> Numbers {
    let columns = ["time", "available"]
    var reader = try TableReader(bytes, wanted: columns)
    let positions: [Int]
    do {
      positions = try reader.positions(of: columns)
    } catch {
      throw reader.wrongHeader(
        "no columns of availability",
        wanted: "JSON, a log of events, or the columns time and available")
    }
    var clock = InputClock(zone: zone)
    var rows: [(time: Int64, count: Int)] = []
    while let row = reader.next() {
      let field = row[positions[1]]
      guard let count = field.wholeNumber else {
        reader.fail(field, allowed: "a whole number of machines, or 0 and 1")
        continue
      }
      do {
        let time = try clock.read(row[positions[0]])
        if let last = rows.last, time <= last.time {
          reader.fail(row[positions[0]], allowed: "a time after that of the line above")
        } else if let first = rows.first, time - first.time > TimeSpan.longestStretch.nanoseconds {
          reader.fail(
            row[positions[0]], allowed: "a time within \(TimeSpan.longestStretch) of the first")
        } else {
          rows.append((time, Int(count)))
        }
      } catch {
        reader.fail(row[positions[0]], allowed: error.allowed)
      }
    }
    try reader.throwErrors()
    guard rows.count >= 2, let first = rows.first, let last = rows.last else {
      throw failure("\(rows.count) rows", "two lines at least, of which the last ends the file")
    }
    return Numbers(
      changes: rows.dropLast().map {
        .init(at: TimeSpan(nanoseconds: $0.time - first.time), count: $0.count)
      },
      length: TimeSpan(nanoseconds: last.time - first.time),
      beginning: clock.isDated ? UTCDate(nanosecondsSince1970: first.time) : nil,
      notes: ["\(rows.count) rows", clock.formText])
  }

  static func failure(_ found: String, _ allowed: String) -> TraceErrors {
    TraceErrors(errors: [TraceError(line: 1, column: 1, found: found, allowed: allowed)])
  }

  // MARK: Calendar

  /// The law of a capacity that follows the file: laid on the scenario's calendar where the file is dated, else over
  /// and over, from `from` or a time drawn at random.
  ///
  /// - Throws: how much of the horizon is missing, where nothing says what holds there.
  func law(
    from: TimeSpan?, start: UTCDate, horizon: TimeSpan, rules: CalendarRules
  ) throws(TraceErrors) -> CapacityLaw {
    guard let beginning, !rules.isRelative else {
      guard rules.begin == nil, rules.end == nil, rules.repeats == nil else {
        throw Self.failure(
          "a file that lies on no date and is replayed over and over",
          "begin, end and repeat for dated files only")
      }
      return .replay(trace, from: from)
    }
    guard from == nil else {
      throw Self.failure(
        "dates, which lie on the scenario's calendar", "no from, or times: relative beside it")
    }
    let first = beginning - start
    let last = first + trace.length
    try checkEnds(first, last, start, horizon, rules)
    let low = min(.zero, first)
    var changes: [AvailabilityTrace.Change] = []
    if let repeats = rules.repeats, first > .zero {
      let shift =
        ((first.nanoseconds - 1) / repeats.length.nanoseconds + 1) * repeats.length.nanoseconds
      changes += part(
        from: TimeSpan(nanoseconds: shift) - first, to: TimeSpan(nanoseconds: shift), at: .zero
      )
      .filter { $0.at < first }
    } else if first > .zero {
      changes.append(.init(at: .zero, count: rules.begin == .hold ? trace.changes[0].count : 0))
    }
    changes += trace.changes.map { .init(at: $0.at + first - low, count: $0.count) }
    var end = last
    if last < horizon {
      switch (rules.repeats, rules.end) {
      case (let repeats?, _):
        let cycle = part(from: trace.length - repeats.length, to: trace.length, at: .zero)
        let times = (horizon - last).nanoseconds / repeats.length.nanoseconds + 1
        guard Int64(cycle.count).multipliedReportingOverflow(by: times).partialValue <= 5_000_000
        else {
          throw Self.failure("\(cycle.count) changes, \(times) times", "at most 5000000 changes")
        }
        for number in 0..<times {
          let at = last - low + repeats.length * number
          changes += cycle.map { .init(at: $0.at + at, count: $0.count) }
        }
        end = last + repeats.length * times
      case (nil, let fill):
        if fill == .zero { changes.append(.init(at: last - low, count: 0)) }
        end = horizon + .hours(1)
      }
    }
    return .replay(AvailabilityTrace(changes: changes, length: end - low), from: .zero - low)
  }

  /// The changes from a time of the trace to another, moved so that the first is at `place`.
  private func part(
    from start: TimeSpan, to end: TimeSpan, at place: TimeSpan
  ) -> [AvailabilityTrace.Change] {
    let head = AvailabilityTrace.Change(at: place, count: trace.count(at: start))
    return [head]
      + trace.changes.filter { $0.at > start && $0.at < end }.map {
        .init(at: $0.at - start + place, count: $0.count)
      }
  }

  private func checkEnds(
    _ first: TimeSpan, _ last: TimeSpan, _ start: UTCDate, _ horizon: TimeSpan,
    _ rules: CalendarRules
  ) throws(TraceErrors) {
    if let repeats = rules.repeats {
      guard trace.length >= repeats.length else {
        throw Self.failure(
          "availability over \(trace.length)", "a whole \(repeats.rawValue) at least to repeat")
      }
      return
    }
    if first > .zero, rules.begin == nil {
      throw Self.failure(
        "availability that begins at \(start + first), \(first) after the scenario starts: "
          + "\(min(first, horizon)) of the horizon of \(horizon) are missing",
        "availability from \(start) on, or what holds before it: begin: zero or hold, "
          + "repeat: day or week, or times: relative")
    }
    if last < horizon, rules.end == nil {
      throw Self.failure(
        "availability that ends at \(start + last), \(horizon - last) before the horizon ends: "
          + "\(horizon - max(last, .zero)) of \(horizon) are missing",
        "availability up to \(start + horizon), or what holds after it: repeat: day or week, "
          + "end: zero or hold, or times: relative")
    }
  }

  /// What was read, in a line.
  var summary: String {
    let up =
      "\(formatted(trace.share(ofAtLeast: 1) * 100, places: 1)) % of the time at least one machine"
    let dates =
      beginning.map { "\($0) to \($0 + trace.length)" } ?? "\(trace.length) without dates"
    return ([notes[0], dates] + notes.dropFirst() + [up]).joined(separator: ", ")
  }
}
