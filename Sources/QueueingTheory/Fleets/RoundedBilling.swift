// SPDX-License-Identifier: GPL-3.0-or-later

/// What is billed for machines of exponential life: a minimum, then whole units of time.
///
/// Times are in any one unit. As the life left after the minimum is exponential again, the number of
/// started units is geometric. Source: Feller, An Introduction to Probability Theory and Its
/// Applications 2, 2nd ed. (Wiley, 1971), ISBN 978-0-471-25709-7, chapter 1.
package struct RoundedBilling: Hashable, Sendable {
  /// The mean time that a machine lives.
  package let lifeMean: Double
  /// The least time billed.
  package let minimum: Double
  /// The unit that longer lives are rounded up to.
  package let unit: Double

  /// The bill for lives of this mean.
  ///
  /// - Precondition: life and unit are positive; the minimum is a multiple of the unit or 0.
  package init(lifeMean: Double, minimum: Double, unit: Double) {
    precondition(lifeMean > 0 && unit > 0 && minimum >= 0, "times are positive")
    let units = minimum / unit
    precondition(abs(units - units.rounded()) <= 1e-9 * units, "the minimum is made of whole units")
    self.lifeMean = lifeMean
    self.minimum = minimum
    self.unit = unit
  }

  /// The mean time billed for a life.
  package var billedMean: Double {
    minimum + unit * decay(minimum / lifeMean) / decayIntegral(rate: 1, unit / lifeMean)
  }

  /// The mean time billed over the mean time lived.
  package var billedPerLived: Double { billedMean / lifeMean }
}
