// SPDX-License-Identifier: Apache-2.0

/// A quotient of two whole numbers, held and compared exactly.
///
/// Whether 100 of 1,000 requests are more than `100% - 90%` cannot be told in binary, where 1 - 0.9 is
/// not 0.1. What is counted, billed or written down goes through this type up to the verdict.
public struct Ratio: Hashable, Sendable {
  /// The number above the line, without factors in common with ``denominator``.
  public let numerator: Int128
  /// The number below the line, above zero.
  public let denominator: Int128

  /// The quotient of two whole numbers; `nil` where the divisor is zero, or a number lies at the end of
  /// its range.
  public init?(_ numerator: Int128, over denominator: Int128) {
    guard denominator != 0, numerator != .min, denominator != .min else { return nil }
    let divisor = Self.commonDivisor(numerator.magnitude, denominator.magnitude)
    let sign: Int128 = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / Int128(divisor)
    self.denominator = sign * denominator / Int128(divisor)
  }

  private init(reduced numerator: Int128, _ denominator: Int128) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// So many billionths, as money, shares and times count them.
  public init(billionths: Int64) {
    let divisor = Self.commonDivisor(UInt128(billionths.magnitude), 1_000_000_000)
    self.init(
      reduced: Int128(billionths) / Int128(divisor), 1_000_000_000 / Int128(divisor))
  }

  /// One.
  public static var one: Ratio { Ratio(reduced: 1, 1) }

  private static func commonDivisor(_ first: UInt128, _ second: UInt128) -> UInt128 {
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  /// The nearest number in binary, for printing and for statistics.
  public var inBinary: Double { Double(numerator) / Double(denominator) }

  /// The number to so many decimals, halves away from zero; `nil` where its digits do not fit.
  public func rounded(places: Int) -> Int64? {
    var scale: Int128 = 1
    for _ in 0..<places {
      let (next, overflow) = scale.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      scale = next
    }
    let (product, overflow) = numerator.multipliedReportingOverflow(by: scale)
    guard !overflow, denominator <= Int128.max / 4 else { return nil }
    return Int64(exactly: product.dividedRoundingToNearestOrAwayFromZero(by: denominator))
  }
}

extension Ratio: Comparable {
  /// True when the left number is smaller.
  public static func < (left: Ratio, right: Ratio) -> Bool {
    let ours = left.numerator.multipliedFullWidth(by: right.denominator)
    let theirs = right.numerator.multipliedFullWidth(by: left.denominator)
    return (ours.high, ours.low) < (theirs.high, theirs.low)
  }
}

extension Ratio {
  /// The exact sum; `nil` where it does not fit.
  public func plus(_ other: Ratio) -> Ratio? {
    let (left, overflowsLeft) = numerator.multipliedReportingOverflow(by: other.denominator)
    let (right, overflowsRight) = other.numerator.multipliedReportingOverflow(by: denominator)
    let (below, overflowsBelow) = denominator.multipliedReportingOverflow(by: other.denominator)
    let (sum, overflowsSum) = left.addingReportingOverflow(right)
    guard !overflowsLeft, !overflowsRight, !overflowsBelow, !overflowsSum else { return nil }
    return Ratio(sum, over: below)
  }

  /// The exact difference; `nil` where it does not fit.
  public func minus(_ other: Ratio) -> Ratio? {
    plus(Ratio(reduced: -other.numerator, other.denominator))
  }

  /// The exact product; `nil` where it does not fit.
  public func times(_ other: Ratio) -> Ratio? {
    // Reduced crosswise first, the product has no factor in common and is as small as it can be.
    guard let left = Ratio(numerator, over: other.denominator),
      let right = Ratio(other.numerator, over: denominator)
    else { return nil }
    let (above, overflowsAbove) = left.numerator.multipliedReportingOverflow(by: right.numerator)
    let (below, overflowsBelow) = left.denominator
      .multipliedReportingOverflow(by: right.denominator)
    guard !overflowsAbove, !overflowsBelow else { return nil }
    return Ratio(above, over: below)
  }

  /// The exact quotient; `nil` where it does not fit, or the divisor is zero.
  public func over(_ other: Ratio) -> Ratio? {
    guard other.numerator != 0 else { return nil }
    let sign: Int128 = other.numerator < 0 ? -1 : 1
    return times(Ratio(reduced: sign * other.denominator, sign * other.numerator))
  }

  /// The magnitude.
  public var magnitude: Ratio {
    Ratio(reduced: numerator < 0 ? -numerator : numerator, denominator)
  }
}

extension Ratio: CustomStringConvertible, Codable {
  /// The two numbers: `1/3`, `2`.
  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }

  /// Reads what ``description`` writes; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let above = parts.first.flatMap({ Int128($0) }),
      let below = parts.count == 2 ? Int128(parts[1]) : 1, below > 0
    else { return nil }
    self.init(above, over: below)
  }

  /// Reads the text of a ratio.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let ratio = Ratio(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a ratio is two whole numbers, such as 1/3")
    }
    self = ratio
  }

  /// Writes the ratio as its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
