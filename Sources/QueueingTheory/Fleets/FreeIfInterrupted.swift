// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// What is billed for a machine that costs nothing if it is taken back before some age.
///
/// Machines live for an exponential time; whole units of time are billed, as started. A life that ends at
/// age x ≥ f, for f whole units, is billed x rounded up: E = P(X ≥ f)·(f + u/(1 - e^(-u/m))), as what is
/// left beyond f is exponential again and the number of started units geometric. Source: as
/// ``RoundedBilling``; the rule is AWS's for spot machines that it interrupts in their first hour.
package struct FreeIfInterrupted: Hashable, Sendable {
  /// The mean time that a machine lives.
  package let lifeMean: Double
  /// The age before which an interrupted machine is free.
  package let freeBefore: Double
  /// The unit that lives are rounded up to.
  package let unit: Double

  /// The bill for lives of this mean.
  ///
  /// - Precondition: life and unit are positive; the free age is a multiple of the unit or 0.
  package init(lifeMean: Double, freeBefore: Double, unit: Double) {
    precondition(lifeMean > 0 && unit > 0 && freeBefore >= 0, "times are positive")
    self.lifeMean = lifeMean
    self.freeBefore = freeBefore
    self.unit = unit
  }

  /// The share of lives that cost nothing.
  package var freeProbability: Double { decayIntegral(rate: 1, freeBefore / lifeMean) }

  /// The mean time billed for a life.
  package var billedMean: Double {
    decay(freeBefore / lifeMean) * (freeBefore + unit / decayIntegral(rate: 1, unit / lifeMean))
  }

  /// The mean time billed over the mean time lived, below 1 for units that are short.
  package var billedPerLived: Double { billedMean / lifeMean }
}
