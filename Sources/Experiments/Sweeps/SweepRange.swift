// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The numbers from one to another, in whole steps or all of them: `0..8`, `10m..60m:10m`, `5..20 USD/h`.
package struct SweepRange: Sendable, Equatable {
  private let low: Int64
  private let high: Int64
  private let step: Int64?
  private let places: Int
  private let unit: String

  /// The most values that a range may be made of.
  static var countLimit: Int { 100_000 }

  /// The most digits after the point.
  private static var placeLimit: Int { 9 }

  /// Whether any number in between may be taken: there is no step, and it counts no whole things.
  ///
  /// Whole numbers without a unit count things, which come one by one.
  package var isContinuous: Bool { step == nil && (places > 0 || !unit.isEmpty) }

  /// Reads `lo..hi` or `lo..hi:step`; `nil` for a text that is no range because it starts with no number.
  ///
  /// - Throws: what is allowed, as a clause.
  init?(parsing text: Substring) throws(Refused) {
    guard let dots = text.firstIndexOfDots, text.startsWithNumber else { return nil }
    let rest = text[dots...].dropFirst(2)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let low = try Self.number(text[..<dots], of: text)
    let high = try Self.number(parts[0], of: text)
    let step = try parts.count > 1 ? Self.number(parts[1], of: text) : nil
    unit = high.unit
    for other in [low, step].compactMap(\.self)
    where !other.bareUnit.isEmpty && other.bareUnit != high.bareUnit {
      throw Refused(
        "'\(text)' has numbers of different units; write them in one, as in 10m..60m:10m")
    }
    let places = max(low.number.places, high.number.places, step?.number.places ?? 0)
    guard places <= Self.placeLimit, let lowest = low.digits(places),
      let highest = high.digits(places)
    else { throw Refused("'\(text)' has a number of too many digits") }
    self.places = places
    self.low = lowest
    self.high = highest
    guard lowest < highest else {
      throw Refused("'\(text)' does not run upwards; allowed: lo..hi with lo below hi")
    }
    let stride = step.flatMap { $0.digits(places) }
    self.step = stride
    guard step == nil || (stride ?? 0) > 0 else {
      throw Refused("'\(text)' has a step that is not above 0")
    }
    let (width, overflows) = highest.subtractingReportingOverflow(lowest)
    guard !overflows, isContinuous || width / (stride ?? 1) < Int64(Self.countLimit) else {
      throw Refused("'\(text)' has more than \(Self.countLimit) values")
    }
  }

  /// Why a text that starts as a range is none.
  struct Refused: Error {
    let clause: String
    init(_ clause: String) { self.clause = clause }
  }

  /// The values of a range with steps; whole numbers without a unit go by ones.
  ///
  /// The upper end is among them where the steps meet it.
  ///
  /// - Precondition: it is not continuous.
  package var steps: [String] {
    precondition(!isContinuous, "a range without steps has no list of values")
    return stride(from: low, through: high, by: Int64.Stride(step ?? 1)).map { written($0, places) }
  }

  /// The value that lies so far between the ends of a continuous range, to a millionth of its width or finer.
  ///
  /// - Parameters:
  ///   - place: 0 for the lower end; below 1.
  package func value(at place: Double) -> String {
    var (cells, finer, scale) = (Int128(high) - Int128(low), 0, Int128(1))
    while cells < 1_000_000 && places + finer < Self.placeLimit {
      cells *= 10
      scale *= 10
      finer += 1
    }
    let cell = min(cells - 1, max(0, Int128(place * Double(cells))))
    let value = Int128(low) * scale + cell
    guard let digits = Int64(exactly: value) else {
      preconditionFailure("a refined range is narrow enough for 64 bits")
    }
    return written(digits, places + finer)
  }

  private func written(_ digits: Int64, _ places: Int) -> String {
    formatted(digits: digits, places: places, trimmingZeros: true) + unit
  }

  /// A number with what follows it.
  private struct Number {
    let number: DecimalText
    /// The unit as it was written, with the blank before it.
    let unit: String
    /// The unit alone.
    let bareUnit: Substring

    /// The number as a whole number of 10^-places.
    func digits(_ places: Int) -> Int64? {
      var scale: Int64 = 1
      for _ in 0..<places { scale *= 10 }
      return number.exactly(times: scale)
    }
  }

  private static func number(_ text: Substring, of range: Substring) throws(Refused) -> Number {
    let trimmed = text.trimmed
    let (number, unit) = trimmed.splitAfterNumber()
    let decimal: DecimalText
    do { decimal = try DecimalText(parsing: number) } catch {
      throw Refused(
        "'\(range)' is no range: found '\(trimmed)', allowed: a number, with a unit where the key has one"
      )
    }
    return Number(
      number: decimal, unit: String(trimmed[number.endIndex...]), bareUnit: unit)
  }
}

extension Substring {
  /// Where the first two points stand.
  fileprivate var firstIndexOfDots: Index? {
    indices.first { self[$0...].hasPrefix("..") }
  }

  fileprivate var startsWithNumber: Bool {
    let rest = drop { $0 == " " }
    let digits = rest.drop { $0 == "-" || $0 == "+" }
    return digits.first.map { ("0"..."9").contains($0) } ?? false
  }

  /// Without blanks at either end.
  var trimmed: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
