// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/M/1 queue of several classes, of which each goes before all later ones.
///
/// All classes have the same exponential service. Sources: Cobham, "Priority assignment in waiting
/// line problems", Operations Research 2 (1954), DOI 10.1287/opre.2.1.70; White and Christie,
/// "Queuing with preemptive priorities or with breakdown", Operations Research 6 (1958),
/// DOI 10.1287/opre.6.1.79.
package struct PriorityMM1: Hashable, Sendable {
  /// Arrivals per unit of time of each class, the first to be served first.
  package let arrivalRates: [Double]
  /// Services per unit of time while the server is busy.
  package let serviceRate: Double

  /// The queue with these rates.
  ///
  /// - Precondition: the rates are positive and the server serves more than arrives.
  package init(arrivalRates: [Double], serviceRate: Double) {
    precondition(arrivalRates.allSatisfy { $0 > 0 } && !arrivalRates.isEmpty, "requests arrive")
    precondition(
      arrivalRates.reduce(0, +) < serviceRate,
      "a queue settles only if it serves more than arrives")
    self.arrivalRates = arrivalRates
    self.serviceRate = serviceRate
  }

  /// The mean time before service of the class with this index, if no service is interrupted.
  package func waitingTimeMean(ofClass index: Int) -> Double {
    let load = arrivalRates.reduce(0, +) / serviceRate
    return load / serviceRate / (free(before: index) * free(before: index + 1))
  }

  /// The mean time before service over all classes, if no service is interrupted.
  package var waitingTimeMean: Double {
    arrivalRates.indices.reduce(0) { $0 + arrivalRates[$1] * waitingTimeMean(ofClass: $1) }
      / arrivalRates.reduce(0, +)
  }

  /// The mean time before and in service of the class with this index, if an earlier class
  /// interrupts its service, which is later resumed.
  package func sojournTimeMeanPreemptive(ofClass index: Int) -> Double {
    let load = arrivalRates.prefix(index + 1).reduce(0, +) / serviceRate
    let residual = load / serviceRate / free(before: index + 1)
    return (1 / serviceRate + residual) / free(before: index)
  }

  /// The share of time in which the classes before this index leave the server free.
  private func free(before index: Int) -> Double {
    1 - arrivalRates.prefix(index).reduce(0, +) / serviceRate
  }
}
