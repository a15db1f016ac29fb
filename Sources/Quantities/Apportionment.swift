// SPDX-License-Identifier: Apache-2.0

/// Splits amounts of money so that the parts sum to the whole, to the nanodollar.
public enum Apportionment {
  /// The parts of an amount in proportion to weights, by largest remainder.
  ///
  /// Each gets its proportional part rounded towards zero; the nanodollars that are left go one each to
  /// the largest remainders, of equal ones to the first. No part is a nanodollar or more away from its
  /// exact value. A negative amount, a credit, is split as its magnitude.
  ///
  /// Source: the method of Hamilton in M. L. Balinski and H. P. Young, Fair Representation, Yale
  /// University Press, 1982.
  ///
  /// - Complexity: O(n log n) for n weights.
  /// - Precondition: no weight is negative, and some weight is positive unless the amount is zero.
  public static func split(_ amount: USD, over weights: [Int64]) -> [USD] {
    split(amount, over: weights.map { Int128($0) })
  }

  /// The same over weights of any size; those that sum to 2^62 or more are all cut to as many bits less, where a part
  /// in 10^18 of the whole moves no nanodollar.
  ///
  /// - Complexity: O(n log n) for n weights.
  /// - Precondition: no weight is negative, their sum is below 2^127, and some weight is positive unless the amount is
  ///   zero.
  public static func split(_ amount: USD, over weights: [Int128]) -> [USD] {
    precondition(weights.allSatisfy { $0 >= 0 }, "an amount is split over weights from 0 on")
    let sum = weights.reduce(Int128(0), +)
    let surplus = max(0, 66 - sum.leadingZeroBitCount)
    let weights = surplus == 0 ? weights : weights.map { $0 >> Int128(surplus) }
    let total = surplus == 0 ? sum : weights.reduce(Int128(0), +)
    guard amount != .zero else { return weights.map { _ in .zero } }
    precondition(total > 0, "an amount is split over some positive weight")
    let magnitude = Int128(amount.nanodollars.magnitude)
    let sign: Int128 = amount < .zero ? -1 : 1
    var parts: [Int128] = []
    var remainders: [Int128] = []
    for weight in weights {
      let (part, remainder) = (magnitude * weight).quotientAndRemainder(dividingBy: total)
      parts.append(part)
      remainders.append(remainder)
    }
    let left = Int(magnitude - parts.reduce(0, +))
    let order = weights.indices.sorted {
      (-remainders[$0], $0) < (-remainders[$1], $1)
    }
    for index in order.prefix(left) { parts[index] += 1 }
    return parts.map { USD(nanodollars: Int64(sign * $0)) }
  }
}
