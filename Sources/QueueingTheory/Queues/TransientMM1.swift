// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/1 queue some time after it was empty; at any load.
///
/// By uniformization: the jumps of the chain come at a constant rate. Sources: Abate and Whitt,
/// "Transient behavior of the M/M/1 queue: starting at the origin", Queueing Systems 2 (1987),
/// DOI 10.1007/BF01182933; Grassmann, "Transient solutions in Markovian queueing systems", Computers
/// and Operations Research 4 (1977), DOI 10.1016/0305-0548(77)90007-7.
package struct TransientMM1: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// Services per unit of time while the server is busy.
  package let serviceRate: Double
  /// The time since the queue was empty.
  package let time: Double
  /// The mean number waiting or in service at that time.
  package let requestsInSystemMean: Double
  /// The probability that nobody is there at that time.
  package let emptyProbability: Double
  /// The mean over the time since the start of the number in the system: what a run without a
  /// warm-up finds.
  package let requestsInSystemTimeAverage: Double

  /// The queue with these rates after this time.
  ///
  /// - Precondition: all are positive.
  /// - Complexity: the number of jumps within the time, times the number of states among them.
  package init(arrivalRate: Double, serviceRate: Double, time: Double) {
    precondition(arrivalRate > 0 && serviceRate > 0, "requests arrive and are served")
    precondition(time > 0, "some time has passed")
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
    self.time = time
    let jumps = PoissonTerms(mean: (arrivalRate + serviceRate) * time)
    let up = arrivalRate / (arrivalRate + serviceRate)
    var state = [1.0]
    // A jump more than `number` happens within the time with probability `later`; the chain spends
    // that over the mean number of jumps of its time after `number` of them.
    var later = 1.0
    var (mean, empty, area) = (0.0, 0.0, 0.0)
    for number in 0...jumps.last {
      let weight = jumps.probability(of: number)
      later = number > jumps.first ? jumps.probability(ofAtLeast: number + 1) : 1 - weight
      let present = state.mean { Double($0) }
      mean += weight * present
      empty += weight * state[0]
      area += later * present
      state = Self.jump(state, up: up)
    }
    requestsInSystemMean = mean
    emptyProbability = empty
    requestsInSystemTimeAverage = area / ((arrivalRate + serviceRate) * time)
  }

  /// The law after one jump; a service that ends with nobody there changes nothing.
  private static func jump(_ state: [Double], up: Double) -> [Double] {
    var next = [Double](repeating: 0, count: state.count + 1)
    for (number, probability) in state.enumerated() {
      next[number + 1] += probability * up
      next[max(0, number - 1)] += probability * (1 - up)
    }
    while let last = next.last, last < 1e-25 { next.removeLast() }
    return next
  }
}
