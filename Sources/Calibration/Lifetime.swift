// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// How long something lived, or that it still lived when it was last seen.
package struct Lifetime: Sendable, Equatable {
  /// The time in seconds.
  package let seconds: Double
  /// Whether its end was not seen: it lived longer than that.
  package let isCensored: Bool

  /// A lifetime of that many seconds.
  package init(seconds: Double, isCensored: Bool) {
    self.seconds = seconds
    self.isCensored = isCensored
  }
}

/// The share that outlives each time, from lifetimes of which some were cut short.
///
/// Source: Kaplan and Meier, "Nonparametric estimation from incomplete observations", Journal of the
/// American Statistical Association 53 (1958) 457–481, DOI 10.1080/01621459.1958.10501452; the variance is
/// Greenwood's, and intervals are those of ln(-ln S): Kalbfleisch and Prentice, The Statistical Analysis
/// of Failure Time Data, 2nd ed. (2002), DOI 10.1002/9781118032985, section 1.4.
package struct KaplanMeier: Sendable, Equatable {
  /// A time at which some ended.
  package struct Step: Sendable, Equatable {
    /// The time.
    package let time: Double
    /// The share that outlives it.
    package let survival: Double
    /// Greenwood's sum up to it, the variance of ln S.
    package let variance: Double
  }

  /// The steps in order of time.
  package let steps: [Step]

  /// The estimate from lifetimes.
  ///
  /// - Complexity: O(n log n).
  package init(_ lifetimes: [Lifetime]) {
    // At one time ends come before those who were last seen then.
    let sorted = lifetimes.sorted {
      ($0.seconds, $0.isCensored ? 1 : 0) < ($1.seconds, $1.isCensored ? 1 : 0)
    }
    var steps: [Step] = []
    var (survival, variance) = (1.0, 0.0)
    var index = 0
    while index < sorted.count {
      let time = sorted[index].seconds
      let atRisk = Double(sorted.count - index)
      var ended = 0.0
      while index < sorted.count, sorted[index].seconds == time {
        if !sorted[index].isCensored { ended += 1 }
        index += 1
      }
      guard ended > 0 else { continue }
      survival *= 1 - ended / atRisk
      variance += atRisk > ended ? ended / (atRisk * (atRisk - ended)) : .infinity
      steps.append(Step(time: time, survival: survival, variance: variance))
    }
    self.steps = steps
  }

  /// The share that outlives a time.
  package func survival(at time: Double) -> Double {
    steps.last { $0.time <= time }?.survival ?? 1
  }

  /// An interval of that share; nil before the first end and after all have ended.
  package func interval(at time: Double, confidence: Double) -> (low: Double, high: Double)? {
    guard let step = steps.last(where: { $0.time <= time }), step.survival > 0, step.survival < 1
    else { return nil }
    let z = Normal.quantile(0.5 + confidence / 2)
    let logarithm = ElementaryFunctions.log(step.survival)
    let width = z * step.variance.squareRoot() / -logarithm
    func bound(_ sign: Double) -> Double {
      ElementaryFunctions.exp(logarithm * ElementaryFunctions.exp(sign * width))
    }
    return (bound(1), bound(-1))
  }

  /// The time that half of them do not outlive; nil when more than half outlive all ends that were seen.
  package var median: Double? { steps.first { $0.survival <= 0.5 }?.time }
}
