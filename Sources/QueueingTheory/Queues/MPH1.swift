// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics

/// The M/PH/1 queue: Poisson arrivals, service in exponential phases, one server.
///
/// First come first served. Means and variances are those of `MG1`; this adds the law of the wait,
/// for service that is exponential, Erlang or a mixture of exponentials. Source: Neuts,
/// Matrix-Geometric Solutions in Stochastic Models (Johns Hopkins, 1981), ISBN 978-0-8018-2560-6;
/// Asmussen, Applied Probability and Queues, 2nd ed. (Springer, 2003), DOI 10.1007/b97236,
/// section VIII.5.
package struct MPH1: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The law of the time of service.
  package let service: Distribution
  /// Steps per unit of time of the chain that the wait runs through.
  private let stepRate: Double
  /// At each index n, the probability that the wait takes more than n steps.
  private let survivals: [Double]

  /// The queue with this arrival rate and this law of service.
  ///
  /// - Precondition: the law is exponential, hyperexponential or gamma with a whole shape; the
  ///   arrival rate is positive and its product with the mean at most 0.999.
  /// - Complexity: the number of phases times the number of steps, in which 1e-18 of waits remain.
  package init(arrivalRate: Double, service: Distribution) {
    let load = arrivalRate * service.mean
    precondition(arrivalRate > 0, "requests arrive")
    precondition(load <= 0.999, "the law of the wait is worked out up to 0.999 of load")
    self.arrivalRate = arrivalRate
    self.service = service
    let phases = Phases(service)
    let stepRate = phases.rates.reduce(0, max)
    var state = phases.residual.map { $0 * load }
    var survivals = [load]
    while let last = survivals.last, last > 1e-18 {
      state = phases.step(state, load: load, stepRate: stepRate)
      survivals.append(state.reduce(0, +))
    }
    self.stepRate = stepRate
    self.survivals = survivals
  }

  /// The share of time in which the server is busy, and of arrivals that wait.
  package var utilization: Double { arrivalRate * service.mean }

  /// The same queue as one of any law of service, for means and variances.
  package var moments: MG1 { MG1(arrivalRate: arrivalRate, service: service) }

  /// The share of arrivals that wait longer than `t`.
  ///
  /// - Complexity: the square root of the number of steps in `t`.
  package func waitingTimeSurvival(_ t: Double) -> Double {
    if t < 0 { return 1 }
    let steps = stepRate * t
    // So late that not even the least part of the steps could remain.
    guard steps < 2 * Double(survivals.count) + 1_000 else { return 0 }
    let poisson = PoissonTerms(mean: steps)
    return zip(poisson.first..., poisson.probabilities).reduce(0) { sum, term in
      sum + (term.0 < survivals.count ? term.1 * survivals[term.0] : 0)
    }
  }

  /// The wait that a share `p` of arrivals does not exceed; 0 where fewer than 1 - p wait at all.
  ///
  /// - Precondition: `p` lies strictly between 0 and 1.
  package func waitingTimeQuantile(_ p: Double) -> Double {
    quantile(p, from: service.mean) { 1 - waitingTimeSurvival($0) }
  }

  /// Service as exponential phases, gone through one after another or one of them drawn.
  private struct Phases {
    /// One over the mean of each phase.
    let rates: [Double]
    /// The probabilities of the phase that an arrival to a busy server finds.
    let residual: [Double]
    /// Whether each phase leads to the next.
    let isSeries: Bool

    init(_ service: Distribution) {
      switch service.law {
      case .exponential(let mean):
        (rates, residual, isSeries) = ([1 / mean], [1], true)
      case .gamma(let shape, let scale) where shape == shape.rounded():
        rates = [Double](repeating: 1 / scale, count: Int(shape))
        residual = [Double](repeating: 1 / shape, count: Int(shape))
        isSeries = true
      case .hyperexponential(let probabilities, let means):
        rates = means.map { 1 / $0 }
        residual = zip(probabilities, means).map { $0 * $1 / service.mean }
        isSeries = false
      default: preconditionFailure("a law of service without exponential phases")
      }
    }

    /// One step of the wait: a phase ends, and after the last of a service there may be another.
    func step(_ state: [Double], load: Double, stepRate: Double) -> [Double] {
      var next = state
      var served = 0.0
      for phase in state.indices {
        let moved = state[phase] * rates[phase] / stepRate
        next[phase] -= moved
        if isSeries && phase + 1 < state.count { next[phase + 1] += moved } else { served += moved }
      }
      for phase in state.indices { next[phase] += served * load * residual[phase] }
      return next
    }
  }
}
