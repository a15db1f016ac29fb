// SPDX-License-Identifier: GPL-3.0-or-later

/// The regular expression of all texts of whole numbers within a range, as the readers take them: a sign, zeros in
/// front, single `_` between digits.
///
/// An editor takes `20_000` for a text, so that the range of such a number has to be in its pattern.
enum CountPattern {
  /// The expression for a range.
  static func text(_ range: ClosedRange<Int>) -> String {
    guard range.lowerBound != .min, range.upperBound != .max else {
      return "^[-+]?[0-9](_?[0-9])*$"
    }
    var parts: [String] = []
    if range.contains(0) { parts.append("[-+]?0(_?0)*") }
    if range.upperBound > 0 {
      parts.append(signed("\\+?", max(1, range.lowerBound)...range.upperBound))
    }
    if range.lowerBound < 0 {
      parts.append(signed("-", max(1, -range.upperBound)...(-range.lowerBound)))
    }
    return "^(\(parts.joined(separator: "|")))$"
  }

  private static func signed(_ sign: String, _ range: ClosedRange<Int>) -> String {
    "\(sign)(0_?)*(\(alternatives(range).joined(separator: "|")))"
  }

  /// An expression for the numbers of each length.
  private static func alternatives(_ range: ClosedRange<Int>) -> [String] {
    let (low, high) = (digits(range.lowerBound), digits(range.upperBound))
    var parts: [String] = []
    for length in low.count...high.count {
      let least = [1] + [Int](repeating: 0, count: length - 1)
      let most = [Int](repeating: 9, count: length)
      let tokens = same(
        length == low.count ? low : least, length == high.count ? high : most)
      for part in tokens { parts.append(part.joined(separator: "_?")) }
    }
    return parts
  }

  /// The numbers from one to another of the same length, digit by digit.
  private static func same(_ low: [Int], _ high: [Int]) -> [[String]] {
    guard let first = low.first, let last = high.first else { return [[]] }
    let rest = low.count - 1
    if low.allSatisfy({ $0 == 0 }), high.allSatisfy({ $0 == 9 }) {
      return [[String](repeating: "[0-9]", count: low.count)]
    }
    let (nines, zeros) = ([Int](repeating: 9, count: rest), [Int](repeating: 0, count: rest))
    let (lowRest, highRest) = (Array(low.dropFirst()), Array(high.dropFirst()))
    if first == last {
      return same(lowRest, highRest).map { ["\(first)"] + $0 }
    }
    // The first and the last digit go with all others where nothing bounds what follows them.
    let from = lowRest == zeros ? first : first + 1
    let to = highRest == nines ? last : last - 1
    var parts: [[String]] = []
    if from > first { parts += same(lowRest, nines).map { ["\(first)"] + $0 } }
    if from <= to {
      parts.append(
        [from == to ? "\(from)" : "[\(from)-\(to)]"] + [String](repeating: "[0-9]", count: rest))
    }
    if to < last { parts += same(zeros, highRest).map { ["\(last)"] + $0 } }
    return parts
  }

  private static func digits(_ number: Int) -> [Int] {
    "\(number)".utf8.map { Int($0 - UInt8(ascii: "0")) }
  }
}
