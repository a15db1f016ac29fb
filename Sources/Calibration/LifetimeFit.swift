// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams

/// A law of lifetimes that makes what was seen most likely, among those of a family.
package struct LifetimeFit: Sendable {
  /// A parameter with its interval.
  package struct Parameter: Sendable {
    /// Its name.
    package let name: String
    /// Its most likely value, in seconds where it is a time.
    package let value: Double
    /// The ends of its profile-likelihood interval; nil where the likelihood does not fall so far.
    package let interval: (low: Double, high: Double)?
  }

  /// The family.
  package let family: LifetimeFamily
  /// The law.
  package let law: Distribution
  /// The logarithm of the likelihood.
  package let logLikelihood: Double
  /// Where the search ended.
  let place: [Double]
  private let sample: LifetimeSample
  private let limit: Double?

  /// Akaike's criterion, lower for better: twice the parameters less twice the logarithm of the likelihood.
  ///
  /// Source: Akaike, "A new look at the statistical model identification", IEEE Transactions on Automatic
  /// Control 19 (1974) 716–723, DOI 10.1109/TAC.1974.1100705.
  package var criterion: Double { 2 * Double(place.count) - 2 * logLikelihood }

  /// The most likely law of a family; nil where none is found.
  ///
  /// - Complexity: some hundred likelihoods.
  package init?(_ family: LifetimeFamily, to sample: LifetimeSample, limit: Double? = nil) {
    guard sample.ends > 0, family != .bathtub || limit != nil else { return nil }
    let start = family.start(mean: sample.exposure / Double(sample.ends), limit: limit)
    self.init(family, to: sample, limit: limit, from: start)
  }

  init?(
    _ family: LifetimeFamily, to sample: LifetimeSample, limit: Double?, from start: [Double]
  ) {
    var best = Minimum.of(
      { -family.logLikelihood($0, of: sample, limit: limit) }, from: start)
    // A simplex that has shrunk too early finds further down from a fresh one.
    if start.count > 1 {
      best = Minimum.of(
        { -family.logLikelihood($0, of: sample, limit: limit) }, from: best.place, step: 0.1,
        tolerance: 1e-7)
    }
    guard best.value.isFinite, let law = family.law(best.place, limit: limit) else { return nil }
    self.family = family
    self.law = law
    self.sample = sample
    self.limit = limit
    logLikelihood = -best.value
    place = best.place
  }

  /// The parameters with their profile-likelihood intervals.
  ///
  /// All other parameters are fitted anew for every value of one, and values are inside the interval where
  /// twice the fall of the likelihood's logarithm stays below the chi-square law's quantile. Source:
  /// Venzon and Moolgavkar, "A method for computing profile-likelihood-based confidence intervals",
  /// Applied Statistics 37 (1988) 87–94, DOI 10.2307/2347496.
  ///
  /// - Complexity: some forty fits of one parameter fewer for each parameter.
  package func parameters(confidence: Double) -> [Parameter] {
    let fall = ChiSquare.quantile(confidence, degreesOfFreedom: 1) / 2
    let values = family.parameters(place)
    return family.parameterNames.indices.map { index in
      let low = bound(of: index, direction: -1, fall: fall)
      let high = bound(of: index, direction: 1, fall: fall)
      var interval: (low: Double, high: Double)?
      if let low, let high {
        interval = (ElementaryFunctions.exp(low), ElementaryFunctions.exp(high))
      }
      return Parameter(
        name: family.parameterNames[index], value: values[index], interval: interval)
    }
  }

  /// Where the profile of a parameter has fallen by so much, on the scale of the search.
  private func bound(of index: Int, direction: Double, fall: Double) -> Double? {
    var others = place
    others.remove(at: index)
    func excess(_ value: Double) -> Double {
      let profile = Self.profile(
        family, of: index, at: value, others: &others, sample: sample, limit: limit)
      return logLikelihood - profile - fall
    }
    var (inside, step) = (place[index], 0.05)
    var outside = inside + direction * step
    var tries = 0
    while excess(outside) < 0 {
      inside = outside
      step *= 2
      outside = inside + direction * step
      tries += 1
      if tries > 9 { return nil }
    }
    for _ in 0..<14 {
      let middle = (inside + outside) / 2
      if excess(middle) < 0 { inside = middle } else { outside = middle }
    }
    return (inside + outside) / 2
  }

  private static func profile(
    _ family: LifetimeFamily, of index: Int, at value: Double, others: inout [Double],
    sample: LifetimeSample, limit: Double?
  ) -> Double {
    guard !others.isEmpty else {
      return family.logLikelihood([value], of: sample, limit: limit)
    }
    let best = Minimum.of(
      { free in
        var place = free
        place.insert(value, at: index)
        return -family.logLikelihood(place, of: sample, limit: limit)
      }, from: others, step: 0.05, tolerance: 1e-4, limit: 300)
    others = best.place
    return -best.value
  }

  /// The largest distance between the share that outlives a time by the data and by the law.
  ///
  /// - Complexity: O(n log n).
  package func distance(to lifetimes: [Lifetime]) -> Double {
    let curve = KaplanMeier(lifetimes)
    var (before, largest) = (1.0, 0.0)
    for step in curve.steps {
      // At a limit all have ended by the law; a curve that ends there too is as near as before it.
      let fitted = law.survival(step.time * (1 - 1e-12))
      largest = max(largest, abs(before - fitted))
      if step.time < limit ?? .infinity {
        largest = max(largest, abs(step.survival - law.survival(step.time)))
      }
      before = step.survival
    }
    return largest
  }

  /// How often lifetimes that do follow the law lie as far from their own fit as these do.
  ///
  /// Lives are drawn from the law and cut short by what cut these short, redrawn with replacement from the
  /// times of those whose end was not seen and of those that lived to the end as lower bounds: a
  /// parametric bootstrap of the Kolmogorov–Smirnov distance with estimated parameters. Source: Stute,
  /// Gonzáles Manteiga and Presedo Quindimil, "Bootstrap based goodness-of-fit tests", Metrika 40 (1993)
  /// 243–256, DOI 10.1007/BF02613687.
  ///
  /// - Complexity: `rounds` fits.
  package func distanceProbability(
    of lifetimes: [Lifetime], rounds: Int, seed: UInt64
  ) -> Double {
    let found = distance(to: lifetimes)
    // When one would have been cut short: known where it was, after its end where it was not.
    let censoring = KaplanMeier(
      lifetimes.map { Lifetime(seconds: $0.seconds, isCensored: !$0.isCensored) })
    var further = 0
    for round in 0..<rounds {
      let stream = RandomStream(
        seed: seed, replication: UInt32(round), purpose: .testing, entity: 77)
      let drawn = lifetimes.indices.map { index -> Lifetime in
        var draws = stream.draws(of: UInt64(index))
        let life = min(limit ?? .infinity, max(1e-6, law.sample(from: &draws)))
        let share = draws.nextUniform()
        let cut = censoring.steps.first { $0.survival <= share }?.time ?? .infinity
        return Lifetime(seconds: min(life, max(cut, 1e-6)), isCensored: cut < life)
      }
      let sample = LifetimeSample(drawn, limit: limit)
      guard sample.ends > 0,
        let fit = LifetimeFit(family, to: sample, limit: limit, from: place)
      else { continue }
      if fit.distance(to: drawn) >= found { further += 1 }
    }
    return Double(further + 1) / Double(rounds + 1)
  }
}
