// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Testing

@Suite("A tabulated quantile")
struct QuantileTests {
  /// From any printed table of the normal law.
  @Test("of the normal law is the table's")
  func normal() {
    #expect(abs(Normal.quantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(abs(Normal.quantile(0.99) - 2.3263478740408408) < 1e-14)
  }

  /// With 1 degree the law is Cauchy's: tan(π(p - ½)). With 2 it is (2p-1)/√(2p(1-p)).
  @Test("of Student's law is the closed form's for 1 and 2 degrees of freedom")
  func studentT() {
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: 1) - 12.706204736174694) < 1e-9)
    let two = 0.95 / (2 * 0.975 * 0.025).squareRoot()
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: 2) - two) < 1e-12)
  }

  /// With 2 degrees the law is exponential with mean 2: -2 ln(1-p).
  @Test("of the chi-square law is the exponential's for 2 degrees of freedom")
  func chiSquare() {
    #expect(abs(ChiSquare.quantile(0.95, degreesOfFreedom: 2) - 5.991464547107979) < 1e-10)
  }
}
