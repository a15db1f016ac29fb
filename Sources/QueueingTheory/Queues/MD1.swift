// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/D/1 queue: Poisson arrivals, one server that always takes the same time.
///
/// Means and variances are those of `MG1`; this adds the law of the wait. Erlang's series for it
/// alternates and loses all digits after some thirty services; here every term is positive.
/// Sources: Tijms, A First Course in Stochastic Models (Wiley, 2003), DOI 10.1002/047001363X,
/// section 9.2, for the number in the system, and Franx, "A simple solution for the M/D/c waiting
/// time distribution", Operations Research Letters 29 (2001), DOI 10.1016/S0167-6377(01)00108-0,
/// for the wait.
package struct MD1: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The time that each service takes.
  package let serviceTime: Double
  /// At each index n, the probability of at most n + 1 in the system.
  private let numberCumulative: [Double]

  /// The queue with this arrival rate and this time of service.
  ///
  /// - Precondition: both are positive and their product is below 1; for the law of the wait at
  ///   most 0.999.
  /// - Complexity: the square of the number of states up to one that has probability below 1e-15.
  package init(arrivalRate: Double, serviceTime: Double) {
    precondition(arrivalRate > 0 && serviceTime > 0, "requests arrive and take time")
    precondition(
      arrivalRate * serviceTime <= 0.999, "the law of the wait is worked out up to 0.999 of load")
    self.arrivalRate = arrivalRate
    self.serviceTime = serviceTime
    numberCumulative = Self.numberCumulative(load: arrivalRate * serviceTime)
  }

  /// The share of time in which the server is busy, and of arrivals that wait.
  package var utilization: Double { arrivalRate * serviceTime }

  /// The same queue as one of any law of service, for means and variances.
  package var moments: MG1 {
    MG1(
      arrivalRate: arrivalRate, serviceMean: serviceTime,
      serviceSecondMoment: serviceTime * serviceTime,
      serviceThirdMoment: serviceTime * serviceTime * serviceTime)
  }

  /// The share of arrivals that wait at most `t`.
  ///
  /// - Complexity: linear in the number of services in `t`.
  package func waitingTimeCumulative(_ t: Double) -> Double {
    if t < 0 { return 0 }
    let services = (t / serviceTime).rounded(.down) + 1
    guard services <= Double(numberCumulative.count) else { return 1 }
    // P(W ≤ t) = Σ_j e^-y y^j/j! P(N ≤ k - j) with kD the first multiple of D beyond t, y = λ(kD -
    // t).
    let y = arrivalRate * (services * serviceTime - t)
    var poisson = decay(y)
    var sum = 0.0
    for j in 0..<Int(services) {
      sum += poisson * numberCumulative[Int(services) - 1 - j]
      poisson *= y / Double(j + 1)
    }
    return sum
  }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: serviceTime, of: waitingTimeCumulative)
  }

  /// Probabilities of at most 1, 2, … in the system, by the recursion
  /// p_n (1 - T₀) = T_(n-1) p₀ + Σ_(i<n) T_(n-i) p_i, where T_n = P(more than n arrivals in a
  /// service).
  private static func numberCumulative(load: Double) -> [Double] {
    let tails = poissonTails(load)
    var probabilities = [1 - load]
    var sums = [1 - load]
    while let last = sums.last, 1 - last > 1e-15, sums.count < 50_000 {
      let n = probabilities.count
      var mass = (n - 1 < tails.count ? tails[n - 1] : 0) * probabilities[0]
      for i in max(1, n - tails.count + 1)..<max(1, n) {
        mass += tails[n - i] * probabilities[i]
      }
      probabilities.append(mass / (1 - tails[0]))
      sums.append(last + mass / (1 - tails[0]))
    }
    return Array(sums.dropFirst())
  }

  /// The probabilities of more than 0, 1, … Poisson arrivals, down to 1e-30.
  private static func poissonTails(_ mean: Double) -> [Double] {
    var terms = [decay(mean)]
    while let last = terms.last, last > 1e-30 { terms.append(last * mean / Double(terms.count)) }
    var tails: [Double] = []
    var sum = 0.0
    // Summed from the smallest term, so that the small tails keep their digits.
    for term in terms.dropFirst().reversed() {
      sum += term
      tails.append(sum)
    }
    return tails.reversed()
  }
}
