// SPDX-License-Identifier: GPL-3.0-or-later

/// Arrivals in two phases at different rates, exponential service, one server: MMPP(2)/M/1.
///
/// The phase moves on its own as a two-state Markov chain. The number in the system has a
/// matrix-geometric law, whose matrix R comes from logarithmic reduction. Sources: Neuts,
/// Matrix-Geometric Solutions in Stochastic Models (Johns Hopkins, 1981), ISBN 978-0-8018-2560-6;
/// Latouche and Ramaswami, "A logarithmic reduction algorithm for quasi-birth-death processes",
/// Journal of Applied Probability 30 (1993), DOI 10.2307/3214773.
package struct MMPP2M1: Hashable, Sendable {
  /// Arrivals per unit of time in each phase.
  package let arrivalRates: [Double]
  /// The rates at which the first phase turns into the second and the second into the first.
  package let changeRates: [Double]
  /// Services per unit of time while the server is busy.
  package let serviceRate: Double
  /// How the probabilities of n + 1 in the system follow from those of n, by phase.
  private let ratio: Matrix2

  /// The queue with these rates of arrivals and of changes, each of the first phase and the second.
  ///
  /// - Precondition: there are two of each; no arrival rate is negative, the others are positive,
  ///   and the server serves more than arrives on average.
  package init(arrivalRates: [Double], changeRates: [Double], serviceRate: Double) {
    precondition(arrivalRates.count == 2 && changeRates.count == 2, "there are two phases")
    precondition(arrivalRates.allSatisfy { $0 >= 0 }, "no arrival rate is negative")
    precondition(
      changeRates.allSatisfy { $0 > 0 } && serviceRate > 0, "the other rates are positive")
    self.arrivalRates = arrivalRates
    self.changeRates = changeRates
    self.serviceRate = serviceRate
    let (first, second) = (changeRates[0], changeRates[1])
    let up = Matrix2(a: arrivalRates[0], b: 0, c: 0, d: arrivalRates[1])
    // Minus the rates within a number of requests.
    let within = Matrix2(
      a: first + arrivalRates[0] + serviceRate, b: -first, c: -second,
      d: second + arrivalRates[1] + serviceRate)
    let down = Matrix2(a: serviceRate, b: 0, c: 0, d: serviceRate)
    ratio =
      up * (within - up * Self.firstDescent(within.inverse * up, within.inverse * down)).inverse
    precondition(
      meanArrivalRate > 0 && meanArrivalRate < serviceRate,
      "a queue settles only if it serves more than arrives")
  }

  /// The mean arrivals per unit of time.
  package var meanArrivalRate: Double {
    phases.0 * arrivalRates[0] + phases.1 * arrivalRates[1]
  }

  /// The share of time in which the server is busy.
  package var utilization: Double { meanArrivalRate / serviceRate }

  /// What the variance of the number of arrivals over its mean tends to over long times; 1 for
  /// Poisson.
  ///
  /// Source: Heffes and Lucantoni, "A Markov modulated characterization of packetized voice and data
  /// traffic and related statistical multiplexer performance", IEEE Journal on Selected Areas in
  /// Communications 4 (1986), DOI 10.1109/JSAC.1986.1146393.
  package var dispersionLimit: Double {
    let difference = arrivalRates[0] - arrivalRates[1]
    return 1 + 2 * difference * difference * phases.0 * phases.1
      / ((changeRates[0] + changeRates[1]) * meanArrivalRate)
  }

  /// The share of time in which nobody is there.
  package var emptyProbability: Double { 1 - utilization }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double {
    (ratio * (Matrix2.identity - ratio).inverse).sum(from: phases)
  }

  /// The mean time before and in service.
  package var sojournTimeMean: Double { requestsInSystemMean / meanArrivalRate }

  /// The share of time in which at least `count` are waiting or in service.
  ///
  /// - Complexity: linear in the count.
  package func probability(ofAtLeast count: Int) -> Double {
    (0..<count).reduce(Matrix2.identity) { power, _ in power * ratio }.sum(from: phases)
  }

  /// The shares of time in the two phases.
  private var phases: (Double, Double) {
    let sum = changeRates[0] + changeRates[1]
    return (changeRates[1] / sum, changeRates[0] / sum)
  }

  /// The phase in which one request less is first there, from the rates up and down as shares.
  private static func firstDescent(_ up: Matrix2, _ down: Matrix2) -> Matrix2 {
    var (high, low) = (up, down)
    var (descent, path) = (down, up)
    // Each round covers twice the height of the one before.
    for _ in 0..<64 {
      let stay = (Matrix2.identity - (high * low + low * high)).inverse
      (high, low) = (stay * (high * high), stay * (low * low))
      let change = path * low
      descent = descent + change
      path = path * high
      if change.sum(from: (1, 1)) < 1e-17 { break }
    }
    return descent
  }
}

/// A matrix of two rows, (a b) and (c d).
private struct Matrix2: Hashable, Sendable {
  var a, b, c, d: Double

  static let identity = Matrix2(a: 1, b: 0, c: 0, d: 1)

  static func + (left: Matrix2, right: Matrix2) -> Matrix2 {
    Matrix2(a: left.a + right.a, b: left.b + right.b, c: left.c + right.c, d: left.d + right.d)
  }

  static func - (left: Matrix2, right: Matrix2) -> Matrix2 {
    Matrix2(a: left.a - right.a, b: left.b - right.b, c: left.c - right.c, d: left.d - right.d)
  }

  static func * (left: Matrix2, right: Matrix2) -> Matrix2 {
    Matrix2(
      a: left.a * right.a + left.b * right.c, b: left.a * right.b + left.b * right.d,
      c: left.c * right.a + left.d * right.c, d: left.c * right.b + left.d * right.d)
  }

  var inverse: Matrix2 {
    let determinant = a * d - b * c
    return Matrix2(
      a: d / determinant, b: -b / determinant, c: -c / determinant, d: a / determinant)
  }

  /// The sum of all that a row of two weights leads to.
  func sum(from row: (Double, Double)) -> Double { row.0 * (a + b) + row.1 * (c + d) }
}
