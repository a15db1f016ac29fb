// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// Student's t law, the law of a mean over its estimated standard error.
package enum StudentT {
  /// The value that a draw stays at or below with probability `p`.
  ///
  /// Source: Student, "The probable error of a mean", Biometrika 6 (1908), DOI
  /// 10.1093/biomet/6.1.1; computed by GSL from Hill, "Algorithm 396: Student's t-quantiles",
  /// Communications of the ACM 13 (1970), DOI 10.1145/355598.355600, and Newton steps.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1 and there is at least 1 degree of freedom.
  package static func quantile(_ p: Double, degreesOfFreedom: Int) -> Double {
    precondition(p > 0 && p < 1, "a t quantile is finite only strictly between 0 and 1")
    precondition(degreesOfFreedom >= 1, "a t law has at least one degree of freedom")
    GSL.prepare()
    let answer = gsl_cdf_tdist_Pinv(p, Double(degreesOfFreedom))
    precondition(answer.isFinite, "GSL's t quantile converged")
    return answer
  }

  /// The probability of a draw at or below `x`.
  ///
  /// - Precondition: there is at least 1 degree of freedom.
  package static func cumulative(_ x: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 1, "a t law has at least one degree of freedom")
    GSL.prepare()
    return gsl_cdf_tdist_P(x, Double(degreesOfFreedom))
  }
}
