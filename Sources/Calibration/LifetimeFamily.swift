// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// A family of laws of lifetimes, by what makes one of them likely.
///
/// Parameters are the logarithms of the positive ones, so that any numbers are parameters; the
/// log-normal
/// law's mean of the logarithm is itself. Where lives have a limit, one that reached it counts
/// with the
/// probability of that in every family, so that likelihoods compare; late ends of the bathtub set
/// in at the
/// limit. Source of the likelihoods of lifetimes that are cut short:
/// Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. (2002),
/// DOI 10.1002/9781118032985, chapter 3.
package enum LifetimeFamily: String, Sendable, CaseIterable {
  case exponential, weibull, gamma, lognormal, bathtub

  /// The names of the parameters as a scenario has them; all but shapes and shares are times.
  var parameterNames: [String] {
    switch self {
    case .exponential: ["mean"]
    case .weibull: ["scale", "shape"]
    case .gamma: ["mean", "cv"]
    case .lognormal: ["median", "log_deviation"]
    case .bathtub: ["share", "early", "late"]
    }
  }

  /// The parameters in their own units from those of the search.
  func parameters(_ place: [Double]) -> [Double] {
    place.map { ElementaryFunctions.exp(max(-300, min(300, $0))) }
  }

  /// The law of parameters; nil where there is none.
  func law(_ place: [Double], limit: Double?) -> Distribution? {
    let p = parameters(place)
    switch self {
    case .exponential: return try? Distribution(.exponential(mean: p[0]))
    case .weibull: return try? Distribution(.weibull(shape: p[1], scale: p[0]))
    case .gamma: return try? Distribution.gamma(mean: p[0], cv: p[1])
    case .lognormal: return try? Distribution(.lognormal(logMean: place[0], logDeviation: p[1]))
    case .bathtub:
      guard let limit else { return nil }
      return try? Distribution(
        .bathtub(
          ConstrainedLife(share: p[0], early: p[1], late: p[2], onset: limit, limit: limit)))
    }
  }

  /// Where a search begins, from the mean time to an end: exposure over ends.
  func start(mean: Double, limit: Double?) -> [Double] {
    let size = ElementaryFunctions.log(mean)
    switch self {
    case .exponential: return [size]
    case .weibull, .gamma: return [size, 0]
    case .lognormal: return [size - 0.5, 0]
    case .bathtub:
      let end = limit ?? mean
      return [0.4, end / 24, end / 30].map { ElementaryFunctions.log($0) }
    }
  }

  /// Whether a search may go there: times from e^-60 to e^60 seconds, shapes and variations from
  /// 0.0009 to 1,097.
  ///
  /// Lives that are nearly alike are the more likely the narrower the law, without end.
  private func isWithinReach(_ place: [Double]) -> Bool {
    zip(place, parameterNames).allSatisfy { value, name in
      abs(value) <= (["shape", "cv", "log_deviation"].contains(name) ? 7 : 60)
    }
  }

  /// The logarithm of the likelihood of lifetimes; minus infinity where there is no such law.
  ///
  /// - Parameters:
  ///   - sample: the lifetimes with their logarithms.
  /// - Complexity: O(n), with a function of the incomplete gamma kind for each that was cut short.
  func logLikelihood(_ place: [Double], of sample: LifetimeSample, limit: Double?) -> Double {
    guard isWithinReach(place) else { return -.infinity }
    let p = parameters(place)
    switch self {
    case .exponential:
      return -Double(sample.ends) * ElementaryFunctions.log(p[0]) - sample.exposure / p[0]
    case .weibull:
      let (scale, shape) = (ElementaryFunctions.log(p[0]), p[1])
      var sum = 0.0
      for index in sample.times.indices {
        let z = shape * (sample.logarithms[index] - scale)
        sum -= ElementaryFunctions.exp(max(-700, min(600, z)))
        if !sample.isCensored[index] {
          sum += ElementaryFunctions.log(shape) + z - sample.logarithms[index]
        }
      }
      return sum
    case .gamma:
      let shape = 1 / (p[1] * p[1])
      guard let law = law(place, limit: nil), case .gamma(_, let scale) = law.law else {
        return -.infinity
      }
      let constant = -LogGamma.value(shape) - shape * ElementaryFunctions.log(scale)
      var sum = 0.0
      for index in sample.times.indices {
        if sample.isCensored[index] {
          sum += Self.safeLog(law.survival(sample.times[index]))
        } else {
          sum += constant + (shape - 1) * sample.logarithms[index] - sample.times[index] / scale
        }
      }
      return sum
    case .lognormal:
      let (mean, deviation) = (place[0], p[1])
      let constant = -ElementaryFunctions.log(deviation) - 0.9189385332046727
      var sum = 0.0
      for index in sample.times.indices {
        let z = (sample.logarithms[index] - mean) / deviation
        if sample.isCensored[index] {
          sum += Self.safeLog(Normal.cumulative(-z))
        } else {
          sum += constant - z * z / 2 - sample.logarithms[index]
        }
      }
      return sum
    case .bathtub:
      guard let law = law(place, limit: limit), case .bathtub(let life) = law.law else {
        return -.infinity
      }
      let atLimit = Self.safeLog(1 - life.endedBeforeLimit)
      var sum = 0.0
      for index in sample.times.indices {
        let time = sample.times[index]
        if time >= life.limit {
          sum += atLimit
        } else {
          let chance = sample.isCensored[index] ? law.survival(time) : life.density(time)
          sum += Self.safeLog(chance)
        }
      }
      return sum
    }
  }

  /// A logarithm that keeps what cannot happen comparable.
  private static func safeLog(_ x: Double) -> Double {
    x > 1e-300 ? ElementaryFunctions.log(x) : -690
  }
}

/// Lifetimes ready to be summed over many times.
package struct LifetimeSample: Sendable {
  let times: [Double]
  let logarithms: [Double]
  /// Whether more is not known than that they lived so long; those that reached a limit are among
  /// them.
  let isCensored: [Bool]
  /// How many ended before any limit.
  package let ends: Int
  /// The sum of all times.
  package let exposure: Double

  /// Those lifetimes; all times are above 0.
  ///
  /// - Parameters:
  ///   - limit: the longest life, at which longer ones are taken to have ended.
  package init(_ lifetimes: [Lifetime], limit: Double? = nil) {
    times = lifetimes.map { min($0.seconds, limit ?? .infinity) }
    logarithms = times.map { ElementaryFunctions.log($0) }
    isCensored = lifetimes.map { $0.isCensored || $0.seconds >= limit ?? .infinity }
    ends = isCensored.count { !$0 }
    exposure = times.reduce(0, +)
  }
}
