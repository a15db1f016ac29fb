// SPDX-License-Identifier: GPL-3.0-or-later

/// The probabilities of 0, 1, … successes among independent trials.
///
/// Worked out from the most likely number in both directions, so that nothing overflows. Source:
/// Feller, An Introduction to Probability Theory and Its Applications 1, 3rd ed. (Wiley, 1968),
/// ISBN 978-0-471-25708-0, chapter 6.
struct BinomialTerms {
  /// At each index, the probability of that many successes.
  let probabilities: [Double]

  /// So many trials with this probability of success and `failure` for the rest.
  ///
  /// - Precondition: the probabilities are not negative and sum to 1, as far as they are known.
  /// - Complexity: linear in the trials.
  init(trials: Int, success: Double, failure: Double) {
    precondition(trials >= 0 && success >= 0 && failure >= 0, "a probability is not negative")
    let mode = min(trials, Int(Double(trials + 1) * success))
    var weights = [Double](repeating: 0, count: trials + 1)
    weights[mode] = 1
    for number in stride(from: mode, to: 0, by: -1) {
      weights[number - 1] =
        weights[number] * Double(number) / Double(trials - number + 1) * (failure / success)
    }
    for number in mode..<trials {
      weights[number + 1] =
        weights[number] * Double(trials - number) / Double(number + 1) * (success / failure)
    }
    let sum = weights.reduce(0, +)
    probabilities = weights.map { $0 / sum }
  }

  /// The probability of `number` or more.
  func probability(ofAtLeast number: Int) -> Double {
    probabilities.dropFirst(max(0, number)).reversed().reduce(0, +)
  }

  /// The probability of fewer than `number`.
  func probability(ofLessThan number: Int) -> Double {
    probabilities.prefix(max(0, number)).reduce(0, +)
  }
}
