// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Quantities

/// Spot prices over time as a file recorded them, not yet laid on a scenario's time.
///
/// A record is a price from its time on, as AWS publishes them: it holds until the next record. AWS publishes a record
/// a day at least, so that the last one is trusted for a day.
package struct PriceHistory: Sendable {
  /// Which records are asked for.
  package struct Selection: Sendable {
    /// The machine type, by the pool or named beside the file.
    package var type: String?
    /// The zone, by the pool or named beside the file.
    package var zone: String?
    /// The product named beside the file.
    package var product: String?
    /// Whether type and zone were named beside the file: then the file must tell them apart.
    package var namesType = false
    /// The same of the zone.
    package var namesZone = false

    /// A selection of those values.
    package init(type: String?, zone: String?, product: String? = nil) {
      self.type = type
      self.zone = zone
      self.product = product
    }
  }

  /// One record.
  struct Record {
    var time: Int64
    var price: HourlyPrice
    /// Type, zone and product, where the file has them.
    var dimensions: [String?]
    var line: Int
  }

  /// The product that is meant where none is named and the file has several.
  package static let usualProduct = "Linux/UNIX"
  /// How long the last record is trusted.
  package static let trust = TimeSpan.hours(24)

  let records: [Record]
  private let isDated: Bool
  private let notes: [String]

  /// Reads CSV with the columns `time` and `price` (USD an hour), and perhaps `type`, `zone` and `product`, or JSON as
  /// `aws ec2 describe-spot-price-history` prints it, also page after page.
  ///
  /// - Parameters:
  ///   - timeZone: how far times without a zone are ahead of UTC; `nil` where they are errors.
  /// - Throws: everything that is wrong with the file, or that no record, or more than one kind of them, is meant.
  /// - Complexity: O(n log n) for n records.
  package init(
    _ bytes: [UInt8], _ selection: Selection, timeZone: TimeSpan? = nil
  ) throws(TraceErrors) {
    var clock = InputClock(zone: timeZone)
    var notes: [String] = []
    let all =
      JSONFile.looks(like: bytes)
      ? try PriceRecords.json(bytes, &clock, &notes) : try PriceRecords.csv(bytes, &clock, &notes)
    let chosen = try Self.select(all, selection, &notes)
    records = try Self.merged(chosen)
    isDated = clock.isDated
    self.notes = ["\(chosen.count) records"] + notes + [clock.formText]
  }

  private static let names = ["type", "zone", "product"]

  private static func select(
    _ all: [Record], _ selection: Selection, _ notes: inout [String]
  ) throws(TraceErrors) -> [Record] {
    var records = all
    let wanted = [selection.type, selection.zone, selection.product]
    let named = [selection.namesType, selection.namesZone, selection.product != nil]
    for (number, name) in names.enumerated() {
      let found = distinct(records, number)
      guard !found.isEmpty else {
        if named[number], let text = wanted[number] {
          throw MeasuredFile.failure(
            "no \(name) in any record", "\(name): \(text) for files that have one")
        }
        continue
      }
      guard let text = wanted[number] ?? choice(of: found, number) else {
        throw MeasuredFile.failure(
          "several \(name)s: " + found.joined(separator: ", "),
          "one of them named, such as \(name): \(found[0])")
      }
      guard found.contains(text) else {
        throw MeasuredFile.failure(
          "no price of \(name) \(text), but of " + found.joined(separator: ", "),
          "one of these named, such as \(name): \(found[0])")
      }
      let before = records.count
      records = records.filter { $0.dimensions[number] == text }
      notes.append("\(name) \(text)")
      if records.count < before {
        let others = found.filter { $0 != text }.prefix(4).joined(separator: ", ")
        notes.append("left out \(before - records.count) of \(others)")
      }
    }
    return records
  }

  /// The value that is meant where nothing names one: the only one, or Linux of several products.
  private static func choice(of found: [String], _ number: Int) -> String? {
    if found.count == 1 { return found[0] }
    return number == 2 && found.contains(usualProduct) ? usualProduct : nil
  }

  private static func distinct(_ records: [Record], _ number: Int) -> [String] {
    var found: [String] = []
    for record in records {
      if let text = record.dimensions[number], !found.contains(text) { found.append(text) }
    }
    return found.sorted()
  }

  /// The records in order of time; pages overlap, and equal records are one.
  private static func merged(_ chosen: [Record]) throws(TraceErrors) -> [Record] {
    var merged: [Record] = []
    for record in chosen.sorted(by: { ($0.time, $0.line) < ($1.time, $1.line) }) {
      guard let last = merged.last, last.time == record.time else {
        merged.append(record)
        continue
      }
      guard last.price == record.price else {
        throw TraceErrors(errors: [
          TraceError(
            line: record.line, column: 1,
            found: "another price at the time of line \(last.line)", allowed: "one price a time")
        ])
      }
    }
    return merged
  }

  // MARK: Calendar

  /// The prices on a scenario's time; the last before the start holds at the start.
  ///
  /// - Throws: how much of the horizon is missing, where nothing says what holds there.
  package func series(
    start: UTCDate, horizon: TimeSpan, rules: CalendarRules = CalendarRules()
  ) throws(TraceErrors) -> PriceSeries {
    let isMoved = !isDated || rules.isRelative
    let origin =
      !isDated ? 0 : rules.isRelative ? records[0].time : start.nanosecondsSince1970
    func moment(_ time: Int64) -> String {
      let instant = Instant(nanoseconds: time - origin)
      return CalendarText.moment(instant, from: isMoved ? nil : start)
    }
    let shift = isMoved ? "" : ", or times: relative to lay the first record at the start"
    let (first, last) = (records[0], records[records.count - 1])
    if first.time > origin, rules.begin == nil {
      throw Self.failure(
        first,
        "prices that begin at \(moment(first.time)), \(TimeSpan(nanoseconds: first.time - origin)) after the "
          + "scenario starts",
        "a price at \(moment(origin)) or before it, or begin: hold to take the first one back to it\(shift)"
      )
    }
    let covered = last.time - origin + Self.trust.nanoseconds
    if covered < horizon.nanoseconds, rules.end == nil {
      throw Self.failure(
        last,
        "prices that end at \(moment(last.time)), \(TimeSpan(nanoseconds: horizon.nanoseconds - (last.time - origin))) "
          + "before the horizon ends; a price is trusted for \(Self.trust)",
        "records up to \(moment(origin + horizon.nanoseconds)), or end: hold to keep the last one\(shift)"
      )
    }
    var changes: [PriceSeries.Change] = []
    for record in records where record.time - origin < horizon.nanoseconds || changes.isEmpty {
      let at = max(.start, Instant(nanoseconds: record.time - origin))
      if changes.isEmpty {
        changes.append(.init(at: .start, price: record.price))
      } else if at == .start {
        changes[changes.count - 1] = .init(at: .start, price: record.price)
      } else if changes[changes.count - 1].price != record.price {
        changes.append(.init(at: at, price: record.price))
      }
    }
    return PriceSeries(changes: changes)
  }

  private static func failure(_ record: Record, _ found: String, _ allowed: String) -> TraceErrors {
    TraceErrors(errors: [
      TraceError(line: record.line, column: 1, found: found, allowed: allowed)
    ])
  }

  /// What was read, in a line, with the mean of what holds over a horizon.
  func summary(of series: PriceSeries, over horizon: TimeSpan) -> String {
    let (first, last) = (records[0].time, records[records.count - 1].time)
    let dates =
      isDated
      ? "\(UTCDate(nanosecondsSince1970: first)) to \(UTCDate(nanosecondsSince1970: last))"
      : "\(TimeSpan(nanoseconds: first)) to \(TimeSpan(nanoseconds: last)) after the start"
    var sum = 0.0
    for (index, change) in series.changes.enumerated() {
      let next = index + 1 < series.changes.count ? series.changes[index + 1].at : .start + horizon
      sum +=
        Double(change.price.nanodollarsPerHour) / 1e9
        * (min(next, .start + horizon) - change.at).inSeconds
    }
    let mean = formatted(sum / horizon.inSeconds, places: 4)
    return ([notes[0], dates, "mean \(mean) USD/h over the horizon"] + notes.dropFirst())
      .joined(separator: ", ")
  }
}
