// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The beta law, the law of order statistics and of shares.
package enum Beta {
  /// The value that a draw stays at or below with probability `p`.
  ///
  /// Source: computed by GSL (`gsl_cdf_beta_Pinv`) with the incomplete beta function of Abramowitz and
  /// Stegun, Handbook of Mathematical Functions (1964), section 26.5.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1, and both parameters are positive.
  package static func quantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    precondition(p > 0 && p < 1, "a beta quantile is asked for strictly between 0 and 1")
    precondition(a > 0 && b > 0, "a beta law has positive parameters")
    GSL.prepare()
    let answer = gsl_cdf_beta_Pinv(p, a, b)
    precondition(answer.isFinite, "GSL's beta quantile converged")
    return answer
  }
}
