// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// e^-x for any x from 0 on; zero where it is too small to matter beside any probability.
func decay(_ x: Double) -> Double {
  x > 700 ? 0 : ElementaryFunctions.exp(-x)
}

/// (1 - e^-(rate t))/rate, which is t at rate 0; accurate also for small and negative rates.
func decayIntegral(rate: Double, _ t: Double) -> Double {
  let x = rate * t
  guard abs(x) < 0.5 else { return (1 - ElementaryFunctions.exp(-min(700, x))) / rate }
  // Σ (-x)^k/(k+1)! t; below ½ the 16th term is less than 2^-60.
  var sum = 0.0
  for k in stride(from: 16, through: 1, by: -1) { sum = (sum + 1) * -x / Double(k + 1) }
  return t * (1 + sum)
}

/// The least t at which a distribution function reaches `p`, to the last bit or so.
///
/// - Complexity: about 60 calls and one for each factor of two between `start` and the answer.
func quantile(_ p: Double, from start: Double, of cumulative: (Double) -> Double) -> Double {
  precondition(p > 0 && p < 1, "a quantile is asked for a probability strictly between 0 and 1")
  if cumulative(0) >= p { return 0 }
  var low = 0.0
  var high = start
  while cumulative(high) < p {
    low = high
    high *= 2
  }
  var middle = low + (high - low) / 2
  while low < middle && middle < high {
    if cumulative(middle) < p { low = middle } else { high = middle }
    middle = low + (high - low) / 2
  }
  return high
}
