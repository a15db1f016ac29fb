// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The chi-square law, the law of a sum of squared normal draws.
package enum ChiSquare {
  /// The value that a draw stays at or below with probability `p`.
  ///
  /// Source: Pearson, "On the criterion that a given system of deviations …", Philosophical
  /// Magazine 50 (1900), DOI 10.1080/14786440009463897; computed as a gamma law of shape ½ per
  /// degree.
  ///
  /// - Precondition: `p` lies in 0..<1 and there is at least 1 degree of freedom.
  package static func quantile(_ p: Double, degreesOfFreedom: Int) -> Double {
    precondition(p >= 0 && p < 1, "a chi-square quantile is finite only below 1")
    precondition(degreesOfFreedom >= 1, "a chi-square law has at least one degree of freedom")
    GSL.prepare()
    let answer = gsl_cdf_chisq_Pinv(p, Double(degreesOfFreedom))
    precondition(answer.isFinite, "GSL's chi-square quantile converged")
    return answer
  }

  /// The probability of a draw above `x`, the p-value of a test.
  ///
  /// - Precondition: there is at least 1 degree of freedom.
  package static func survival(_ x: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 1, "a chi-square law has at least one degree of freedom")
    GSL.prepare()
    return gsl_cdf_chisq_Q(x, Double(degreesOfFreedom))
  }
}
