// SPDX-License-Identifier: GPL-3.0-or-later

/// A server that takes all who wait, for a time that grows with their number.
///
/// As `BatchQueue` with no largest batch. Source: Inoue, "Queueing analysis of GPU-based inference
/// servers with dynamic batching: a closed-form characterization", Performance Evaluation 147
/// (2021), DOI 10.1016/j.peva.2020.102183.
package struct TakeAllBatchQueue: Hashable, Sendable {
  /// Arrivals per unit of time.
  package let arrivalRate: Double
  /// The time that a batch takes besides that for its requests.
  package let fixedTime: Double
  /// The further time for each request in it.
  package let timePerRequest: Double
  /// The share of batches that leave 0, 1, … waiting at their end.
  package let leftBehindProbabilities: [Double]

  /// The queue with this arrival rate, whose batches of n take `fixedTime` + n `timePerRequest`.
  ///
  /// - Precondition: the rate and the fixed time are positive, the time per request is not negative,
  ///   and its product with the rate is at most 0.999.
  /// - Complexity: the cube of the number of states up to one of probability below 1e-17.
  package init(arrivalRate: Double, fixedTime: Double, timePerRequest: Double) {
    precondition(arrivalRate > 0 && fixedTime > 0, "requests arrive and take time")
    precondition(timePerRequest >= 0, "no time is negative")
    precondition(
      arrivalRate * timePerRequest <= 0.999, "the steady state is worked out up to 0.999 of load")
    self.arrivalRate = arrivalRate
    self.fixedTime = fixedTime
    self.timePerRequest = timePerRequest
    let typical = arrivalRate * (fixedTime + timePerRequest) / (1 - arrivalRate * timePerRequest)
    leftBehindProbabilities = EmbeddedChain.stationary(startingWith: 32 + 2 * Int(typical)) {
      state in
      let time = fixedTime + Double(max(state, 1)) * timePerRequest
      return EmbeddedChain.Row(kept: 0, arrivals: PoissonTerms(mean: arrivalRate * time))
    }
  }

  /// The mean number of requests in a batch.
  package var batchSizeMean: Double { leftBehindProbabilities.mean { Double(max($0, 1)) } }

  /// The mean time before and in service.
  package var sojournTimeMean: Double {
    let area = leftBehindProbabilities.mean { state in
      let time = batchTime(state)
      return time * (Double(max(state, 1)) + arrivalRate * time / 2)
    }
    let cycle = leftBehindProbabilities.mean(batchTime) + leftBehindProbabilities[0] / arrivalRate
    return area / cycle / arrivalRate
  }

  /// What the mean time before and in service never exceeds, in closed form.
  package var sojournTimeMeanBound: Double {
    let (perRequest, fixed) = (arrivalRate * timePerRequest, arrivalRate * fixedTime)
    let light =
      (timePerRequest + fixedTime) / (2 * (1 - perRequest))
      * (1 + 2 * fixed + (1 - fixed) / (1 + perRequest))
    let heavy =
      1.5 * fixedTime / (1 - perRequest)
      + timePerRequest / 2 * (perRequest + 2) / (1 - perRequest * perRequest)
    return min(light, heavy)
  }

  private func batchTime(_ state: Int) -> Double {
    fixedTime + Double(max(state, 1)) * timePerRequest
  }
}
