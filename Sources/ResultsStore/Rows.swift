// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import SQLite
import Serving
import Statistics

/// An `INSERT` into the named columns of a table, prepared once for many rows.
struct Insertion {
  private let statement: Statement

  init(into table: String, _ columns: [String], in database: Database) throws {
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    statement = try database.cachedStatement(
      sql: "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
  }

  /// Inserts one row.
  func callAsFunction(_ values: [(any DatabaseValueConvertible)?]) throws {
    try statement.execute(arguments: values)
  }
}

/// The columns in which an interval is kept: all `NULL` where there is none.
enum IntervalColumns {
  static let names = ["estimate", "low", "high", "samples", "is_exact"]

  static func values(_ interval: Interval?) -> [(any DatabaseValueConvertible)?] {
    guard let interval else { return [nil, nil, nil, nil, nil] }
    return [
      interval.estimate, interval.low, interval.high, interval.samples, interval.isExact,
    ]
  }
}

/// The columns in which a price and an amount are kept: as a decimal text and in nanodollars.
enum MoneyColumns {
  static let price = ["price_usd_per_hour", "price_nanodollars_per_hour"]

  static func values(_ price: HourlyPrice?) -> [(any DatabaseValueConvertible)?] {
    [price.map { decimal($0.nanodollarsPerHour) }, price?.nanodollarsPerHour]
  }

  static func values(_ amount: USD) -> [(any DatabaseValueConvertible)?] {
    [decimal(amount.nanodollars), amount.nanodollars]
  }

  private static func decimal(_ nanodollars: Int64) -> String {
    formatted(digits: nanodollars, places: 9)
  }
}

/// A number of 128 bits as a column of any type keeps it: a whole number, or the text of its digits.
func wide(_ value: Int128) -> any DatabaseValueConvertible {
  if let short = Int64(exactly: value) { return short }
  return String(value)
}

extension RequestCounts {
  /// The values of ``Schema/requestColumns``.
  var columnValues: [(any DatabaseValueConvertible)?] {
    [arrived] + RequestOutcome.allCases.map { self[$0] }
  }

  /// The counts that a row with ``Schema/requestColumns`` holds.
  init(_ row: Row) throws {
    self.init()
    arrived = try row.count("arrived")
    for outcome in RequestOutcome.allCases { self[outcome] = try row.count(outcome.name) }
  }
}

extension Row {
  /// A count in that column.
  func count(_ column: String) throws -> UInt64 {
    guard let stored = try self[column] as Int64?, let count = UInt64(exactly: stored) else {
      throw Refusal(reason: "is damaged: the column \(column) holds no count")
    }
    return count
  }

  /// The number of 128 bits in that column; `nil` where there is none.
  func wide(_ column: String) throws -> Int128? {
    switch try self[column] as DatabaseValue {
    case .null: return nil
    case .int64(let short): return Int128(short)
    case .string(let digits):
      if let long = Int128(digits) { return long }
    default: break
    }
    throw Refusal(reason: "is damaged: the column \(column) holds no whole number")
  }

  /// Time of several machines in that column, which is in nanoseconds.
  func machineTime(_ column: String) throws -> MachineTime? {
    try wide(column).map(MachineTime.init(nanoseconds:))
  }

  /// A length of time in that column, which is in nanoseconds.
  func span(_ column: String) throws -> TimeSpan { TimeSpan(nanoseconds: try self[column]) }

  /// The price in ``MoneyColumns/price``.
  var hourlyPrice: HourlyPrice? {
    get throws {
      try (self["price_nanodollars_per_hour"] as Int64?).map(HourlyPrice.init(nanodollarsPerHour:))
    }
  }

  /// The interval in ``IntervalColumns``; what is not a number was stored as `NULL`.
  var interval: Interval? {
    get throws {
      guard let samples = try self["samples"] as Int? else { return nil }
      return try Interval(
        estimate: self["estimate"] as Double? ?? .nan, low: self["low"] as Double? ?? .nan,
        high: self["high"] as Double? ?? .nan, samples: samples,
        isExact: self["is_exact"] as Bool? ?? false)
    }
  }
}
