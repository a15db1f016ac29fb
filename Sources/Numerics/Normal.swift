// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The normal law with mean 0 and variance 1.
package enum Normal {
  /// The value that a draw stays at or below with probability `p`.
  ///
  /// Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
  /// Statistics 37 (1988), DOI 10.2307/2347330, in GSL's version.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a normal quantile is finite only strictly between 0 and 1")
    GSL.prepare()
    return gsl_cdf_ugaussian_Pinv(p)
  }

  /// The probability of a draw at or below `x`.
  package static func cumulative(_ x: Double) -> Double {
    GSL.prepare()
    return gsl_cdf_ugaussian_P(x)
  }
}
