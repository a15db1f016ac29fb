// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The logarithm of the gamma function.
package enum LogGamma {
  /// ln Γ(x).
  ///
  /// Source: Lanczos, "A precision approximation of the gamma function", SIAM Journal on Numerical
  /// Analysis B 1 (1964) 86–96, DOI 10.1137/0701008, in GSL's version.
  ///
  /// - Precondition: `x` is positive.
  package static func value(_ x: Double) -> Double {
    precondition(x > 0, "the gamma function is asked for positive numbers")
    GSL.prepare()
    return gsl_sf_lngamma(x)
  }
}
