// SPDX-License-Identifier: Apache-2.0

extension Int128 {
  /// The quotient rounded to the nearest whole number; halves go to the even one.
  ///
  /// - Precondition: `divisor` is positive.
  public func dividedRoundingToNearestOrEven(by divisor: Int128) -> Int128 {
    let (quotient, remainder) = flooredQuotientAndRemainder(dividingBy: divisor)
    let twice = remainder * 2
    if twice > divisor || (twice == divisor && quotient % 2 != 0) { return quotient + 1 }
    return quotient
  }

  /// The quotient rounded to the nearest whole number; halves go away from zero, as on invoices.
  ///
  /// - Precondition: `divisor` is positive.
  public func dividedRoundingToNearestOrAwayFromZero(by divisor: Int128) -> Int128 {
    let magnitude = self < 0 ? -self : self
    let (quotient, remainder) = magnitude.flooredQuotientAndRemainder(dividingBy: divisor)
    let rounded = remainder * 2 >= divisor ? quotient + 1 : quotient
    return self < 0 ? -rounded : rounded
  }

  /// The quotient rounded up.
  ///
  /// - Precondition: `divisor` is positive.
  public func dividedRoundingUp(by divisor: Int128) -> Int128 {
    let (quotient, remainder) = flooredQuotientAndRemainder(dividingBy: divisor)
    return remainder == 0 ? quotient : quotient + 1
  }

  /// The number times one factor over another, rounded to the nearest whole number; halves go to the even one.
  ///
  /// The product itself need not fit: a sum of many bills times a month is more than 128 bits hold.
  ///
  /// - Precondition: `divisor` is positive, and it and `factor` are below 2^63 in magnitude.
  public func scaled(by factor: Int128, over divisor: Int128) -> Int128 {
    let (quotient, remainder) = flooredQuotientAndRemainder(dividingBy: divisor)
    let whole = quotient * factor
    let (part, rest) = (remainder * factor).flooredQuotientAndRemainder(dividingBy: divisor)
    let twice = rest * 2
    let isUp = twice > divisor || (twice == divisor && (whole + part) % 2 != 0)
    return whole + part + (isUp ? 1 : 0)
  }

  private func flooredQuotientAndRemainder(dividingBy divisor: Int128) -> (Int128, Int128) {
    precondition(divisor > 0, "a quotient is rounded over a positive divisor only")
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
