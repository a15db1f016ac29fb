// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

extension UnreadableQuantity? {
  /// The same error with another sentence.
  func saying(_ allowed: String) -> UnreadableQuantity {
    self?.isOfRange == true
      ? UnreadableQuantity(range: allowed) : UnreadableQuantity(allowed: allowed)
  }
}

/// Reads a length of time above zero.
func positiveSpan(_ text: String) throws -> TimeSpan {
  let span = try shortEnough(text)
  guard span > .zero else { throw UnreadableQuantity(range: "a time above 0, such as 730h") }
  return span
}

/// Reads a length of time that is not negative.
func nonNegativeSpan(_ text: String) throws -> TimeSpan {
  let span = try shortEnough(text)
  guard span >= .zero else { throw UnreadableQuantity(range: "a time of 0 or more, such as 5ms") }
  return span
}

/// Reads a length of time of whole minutes, one at least.
func wholeMinutes(_ text: String) throws -> TimeSpan {
  let span = try shortEnough(text)
  guard span > .zero, span.nanoseconds % TimeSpan.minutes(1).nanoseconds == 0 else {
    throw UnreadableQuantity(range: "whole minutes, such as 5min")
  }
  return span
}

private func shortEnough(_ text: String) throws -> TimeSpan {
  let span = try TimeSpan(parsing: text)
  guard span <= .longestStretch else {
    throw UnreadableQuantity(range: "a time of at most \(TimeSpan.longestStretch)")
  }
  return span
}

/// Reads a length of time from `low` to `high`.
func span(_ text: String, from low: TimeSpan, to high: TimeSpan) throws -> TimeSpan {
  let span = try TimeSpan(parsing: text)
  guard span >= low, span <= high else {
    throw UnreadableQuantity(range: "a time from \(low) to \(high)")
  }
  return span
}

/// Reads a share from nothing to the whole.
func shareOfWhole(_ text: String) throws -> Share {
  let share = try Share(parsing: text)
  guard share >= .zero, share <= .whole else {
    throw UnreadableQuantity(range: "a share from 0% to 100%")
  }
  return share
}

/// Reads what something has of something else, which may be more than the whole.
func proportion(_ text: String) throws -> Share {
  let share = try Share(parsing: text)
  guard share >= .zero, share <= .hundredfold else {
    throw UnreadableQuantity(range: "a share from 0% to 10000%, such as 70% or 180%")
  }
  return share
}

/// Reads a share from nothing to less than the whole.
func shareBelowWhole(_ text: String) throws -> Share {
  let share = try shareOfWhole(text)
  guard share < .whole else { throw UnreadableQuantity(range: "a share from 0% to below 100%") }
  return share
}

extension Rate {
  /// The highest rate of arrivals: a minute of more requests would not fit the numbers of a cell.
  static var highestRead: Rate { Rate(nanoPerSecond: 250_000_000_000_000) }
}

/// Reads a rate above zero.
func positiveRate(_ text: String) throws -> Rate {
  let rate = try Rate(parsing: text)
  guard rate > .zero, rate <= .highestRead else {
    throw UnreadableQuantity(
      range: "a rate above 0 and of at most \(Rate.highestRead), such as 220/s")
  }
  return rate
}

/// Reads the price of a machine for an hour, with any number of decimals, rounded to the nanodollar.
func hourlyPrice(_ text: String) throws -> HourlyPrice {
  try price(text, upTo: .highest, "a price", "9.83 USD/h")
}

/// Reads what a whole fleet, or a promise of dollars, may cost an hour.
func hourlyAmount(_ text: String) throws -> HourlyPrice {
  try price(text, upTo: .highestOfFleet, "an amount", "175 USD/h")
}

private func price(
  _ text: String, upTo most: HourlyPrice, _ what: String, _ example: String
) throws -> HourlyPrice {
  let price = try HourlyPrice(roundingParsed: text)
  guard price.nanodollarsPerHour >= 0, price <= most else {
    throw UnreadableQuantity(range: "\(what) from 0 to \(most), such as \(example)")
  }
  return price
}

/// Reads an amount for a calendar month.
func monthlyAmount(_ text: String) throws -> USD {
  let allowed = "an amount a month of at most \(USD.largestRead), such as 2_000 USD/month"
  guard text.hasSuffix("/month") else { throw UnreadableQuantity(allowed: allowed) }
  let amount: USD
  do {
    amount = try USD(parsing: text.dropLast("/month".count))
  } catch {
    throw Optional(error).saying(allowed)
  }
  guard amount >= .zero, amount <= .largestRead else { throw UnreadableQuantity(range: allowed) }
  return amount
}

/// Reads an amount of money that is not negative.
func nonNegativeAmount(_ text: String) throws -> USD {
  let amount = try USD(parsing: text)
  guard amount >= .zero, amount <= .largestRead else {
    throw UnreadableQuantity(range: "an amount from 0 to \(USD.largestRead), such as 0.09 USD")
  }
  return amount
}

/// Reads a seed: a whole number of 64 bits without sign.
func parseSeed(_ text: String) throws -> UInt64 {
  let allowed = "a whole number from 0 to 18446744073709551615"
  guard let digits = wholeNumber(text) else { throw UnreadableQuantity(allowed: allowed) }
  guard let seed = UInt64(digits) else { throw UnreadableQuantity(range: allowed) }
  return seed
}

/// Reads a confidence.
func parseConfidence(_ text: String) throws -> Share {
  let share = try Share(parsing: text)
  guard share >= Share(billionths: 500_000_000), share < .whole else {
    throw UnreadableQuantity(range: "a confidence from 50% to below 100%")
  }
  return share
}

/// Reads a time of day such as `15:00`.
func timeOfDay(_ text: String) throws -> TimeSpan {
  let allowed = UnreadableQuantity(allowed: "a time of day in UTC, such as \"15:00\"")
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  let isDigits = parts.allSatisfy { part in
    part.utf8.count == 2
      && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
  guard parts.count == 2, isDigits, let hour = Int64(parts[0]), let minute = Int64(parts[1]),
    (0..<24).contains(hour), (0..<60).contains(minute)
  else { throw allowed }
  return .minutes(hour * 60 + minute)
}

/// Reads a number of bytes above zero, such as `40GB`; units are decimal, `GiB` and the like
/// binary.
func byteCount(_ text: String) throws -> Int64 {
  let allowed = "a number of bytes above 0, such as 40GB or 512MiB"
  let units: [(name: String, bytes: Int64)] = [
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1_000),
    ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
  ]
  let (written, name) = text.splitAfterNumber()
  guard let unit = units.first(where: { $0.name == name }),
    let number = try? DecimalText(parsing: written)
  else { throw UnreadableQuantity(allowed: allowed) }
  guard let bytes = number.exactly(times: unit.bytes), bytes > 0 else {
    throw UnreadableQuantity(range: allowed)
  }
  return bytes
}

/// Reads bytes a second above zero, such as `2GB/s`.
func bandwidth(_ text: String) throws -> Int64 {
  let allowed = "bytes a second above 0, such as 2GB/s"
  guard text.hasSuffix("/s") else { throw UnreadableQuantity(allowed: allowed) }
  do {
    return try byteCount(String(text.dropLast(2)))
  } catch let error as UnreadableQuantity {
    throw Optional(error).saying(allowed)
  }
}

extension Share {
  /// A hundred times the whole.
  fileprivate static var hundredfold: Share { Share(billionths: 100_000_000_000) }
}
