// SPDX-License-Identifier: GPL-3.0-or-later

/// The Poisson probabilities around a mean, of which none overflows and none that matters vanishes.
///
/// Worked out from the most likely number in both directions and then divided by their sum. Source:
/// Fox and Glynn, "Computing Poisson probabilities", Communications of the ACM 31 (1988),
/// DOI 10.1145/42404.42409.
struct PoissonTerms {
  /// The number that the first of the probabilities belongs to.
  let first: Int
  /// The probabilities of `first`, `first + 1` and so on.
  let probabilities: [Double]

  /// The probabilities down to 1e-40 of the greatest.
  ///
  /// - Precondition: the mean is from 0 to 1e9.
  /// - Complexity: the square root of the mean, for means that are not small.
  init(mean: Double) {
    precondition(mean >= 0 && mean <= 1e9, "a Poisson law is worked out for means up to 1e9")
    let mode = Int(mean)
    var below: [Double] = []
    var weight = 1.0
    var number = mode
    while number > 0 && weight > 1e-40 {
      weight *= Double(number) / mean
      number -= 1
      below.append(weight)
    }
    var above = [1.0]
    weight = 1
    var next = Double(mode + 1)
    while mean > 0 && weight > 1e-40 {
      weight *= mean / next
      next += 1
      above.append(weight)
    }
    first = mode - below.count
    let weights = below.reversed() + above
    // From both ends, so that the small weights count.
    let sum = below.reversed().reduce(0, +) + above.reversed().reduce(0, +)
    probabilities = weights.map { $0 / sum }
  }

  /// The last number with a probability.
  var last: Int { first + probabilities.count - 1 }

  /// The probability of exactly `number`.
  func probability(of number: Int) -> Double {
    number >= first && number <= last ? probabilities[number - first] : 0
  }

  /// The probability of `number` or more, to full precision where it is small.
  ///
  /// - Complexity: linear in the probabilities.
  func probability(ofAtLeast number: Int) -> Double {
    if number <= first { return 1 }
    if number > last { return 0 }
    return min(1, probabilities[(number - first)...].reversed().reduce(0, +))
  }

  /// The probability of `number` or less, to full precision where it is small.
  ///
  /// - Complexity: linear in the probabilities.
  func probability(ofAtMost number: Int) -> Double {
    if number < first { return 0 }
    if number >= last { return 1 }
    return min(1, probabilities[...(number - first)].reduce(0, +))
  }
}
