// SPDX-License-Identifier: Apache-2.0

/// A decimal number as it was written: `digits × 10^-places`, exactly, and whether more follows.
///
/// Decimals that would take the number beyond 24 digits are dropped; that something other than zeros was is kept, so
/// that rounding is that of the number as written.
///
/// Scenario files write `9.83 USD/h`; binary floating point cannot hold 9.83, and a bill has to come
/// out to the cent. So numbers with a unit go from text to integers without passing through `Double`.
public struct DecimalText: Hashable, Sendable {
  /// All digits, before and after the point, with the sign.
  public let digits: Int128
  /// How many of the digits stand after the point.
  public let places: Int
  /// Whether digits other than 0 follow that were dropped.
  public let isCut: Bool

  /// How many digits are held: more than any quantity here can hold.
  static let digitLimit = 24

  /// Reads an optional sign, digits with `_` between them, and at most one point; nothing else.
  public init(parsing text: some StringProtocol) throws(UnreadableQuantity) {
    var digits: Int128 = 0
    var places = 0
    var digitCount = 0
    var sawPoint = false
    var previousWasDigit = false
    var isNegative = false
    var isCut = false
    for (position, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        previousWasDigit = true
        if digitCount == Self.digitLimit {
          guard sawPoint else { throw Self.tooLong }
          isCut = isCut || byte != UInt8(ascii: "0")
          continue
        }
        digits = digits * 10 + Int128(byte - UInt8(ascii: "0"))
        digitCount += 1
        places += sawPoint ? 1 : 0
        continue
      case UInt8(ascii: "_") where previousWasDigit && !sawPoint:
        break
      case UInt8(ascii: ".") where previousWasDigit && !sawPoint:
        sawPoint = true
      case UInt8(ascii: "-") where position == 0:
        isNegative = true
      case UInt8(ascii: "+") where position == 0:
        break
      default:
        throw Self.unreadable
      }
      previousWasDigit = false
    }
    guard previousWasDigit else { throw Self.unreadable }
    self.digits = isNegative ? -digits : digits
    self.places = places
    self.isCut = isCut
  }

  /// Reads the same, or with a power of ten behind it as programs print numbers: `1.5e1`, `2E-3`.
  public init(parsingScientific text: some StringProtocol) throws(UnreadableQuantity) {
    guard let mark = text.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
      try self.init(parsing: text)
      return
    }
    let number = try DecimalText(parsing: text[..<mark])
    var power = text[text.utf8.index(after: mark)...]
    if power.hasPrefix("+") { power = power.dropFirst() }
    guard let exponent = Int(power), (-60...60).contains(exponent) else { throw Self.unreadable }
    var digits = number.digits
    var places = number.places - exponent
    while places < 0 {
      let (larger, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw Self.unreadable }
      digits = larger
      places += 1
    }
    // A number this small is nothing in any unit here, and its power of ten would not fit.
    var isCut = number.isCut
    while places > Self.digitLimit {
      isCut = isCut || digits % 10 != 0
      digits /= 10
      places -= 1
    }
    self.init(digits: digits, places: places, isCut: isCut)
  }

  private init(digits: Int128, places: Int, isCut: Bool) {
    self.digits = digits
    self.places = places
    self.isCut = isCut
  }

  private static let unreadable = UnreadableQuantity(
    allowed: "a decimal number such as 1_000 or 9.83")

  private static let tooLong = UnreadableQuantity(
    range: "a decimal number such as 1_000 or 9.83")

  /// The number times `scale`, if that is a whole number that fits.
  public func exactly(times scale: Int64) -> Int64? {
    let divisor = Self.powerOfTen(places)
    let (product, overflow) = digits.multipliedReportingOverflow(by: Int128(scale))
    guard !overflow, !isCut, product % divisor == 0 else { return nil }
    return Int64(exactly: product / divisor)
  }

  /// The number times `scale` over `divisor`, rounded to the nearest whole number, ties to even.
  ///
  /// - Returns: `nil` when the result does not fit.
  public func roundedToNearestOrEven(times scale: Int64, over divisor: Int64 = 1) -> Int64? {
    let (product, overflow) = digits.multipliedReportingOverflow(by: Int128(scale))
    guard !overflow else { return nil }
    let whole = Self.powerOfTen(places) * Int128(divisor)
    let rounded = product.dividedRoundingToNearestOrEven(by: whole)
    // A half that something follows is no half: the even number is right only where it lies further from zero.
    let (even, twice) = (rounded * 2 * whole, product * 2)
    let isHalf = isCut && (even - twice == whole || twice - even == whole)
    let wanted = product < 0 ? -whole : whole
    return Int64(exactly: isHalf && twice - even == wanted ? rounded + wanted.signum() : rounded)
  }

  private static func powerOfTen(_ exponent: Int) -> Int128 {
    var power: Int128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}

extension StringProtocol {
  /// The text cut where the number ends: `"180ms"` becomes `"180"` and `"ms"`, blanks trimmed.
  package func splitAfterNumber() -> (number: SubSequence, unit: SubSequence) {
    let numeric = utf8.prefix { byte in
      byte.isDecimalDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
    }
    let rest = self[numeric.endIndex...].drop { $0 == " " }
    return (self[..<numeric.endIndex], rest)
  }
}

extension UInt8 {
  /// True for the bytes of `0` to `9`.
  var isDecimalDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
