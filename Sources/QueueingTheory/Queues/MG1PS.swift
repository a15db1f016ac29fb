// SPDX-License-Identifier: GPL-3.0-or-later

/// The M/G/1 queue whose server shares its speed equally among all that are there.
///
/// Only the mean of the sizes matters; the number in the system is that of M/M/1. Source: Kleinrock,
/// Queueing Systems 2: Computer Applications (Wiley, 1976), ISBN 978-0-471-49111-8, section 4.4;
/// Cohen, "The multiple phase service network with generalized processor sharing", Acta Informatica
/// 12 (1979), DOI 10.1007/BF00264581.
package struct MG1PS: Hashable, Sendable {
  /// The queue with exponential service that has the same number in the system.
  package let queue: MM1

  /// The queue with this arrival rate and this mean time of service by the whole server.
  ///
  /// - Precondition: both are positive and their product is below 1.
  package init(arrivalRate: Double, serviceMean: Double) {
    precondition(serviceMean > 0, "requests take time")
    queue = MM1(arrivalRate: arrivalRate, serviceRate: 1 / serviceMean)
  }

  /// The share of time in which the server is busy.
  package var utilization: Double { queue.utilization }

  /// The mean number in the system.
  package var requestsInSystemMean: Double { queue.requestsInSystemMean }

  /// The mean time in the system.
  package var sojournTimeMean: Double { queue.sojournTimeMean }

  /// How many times longer than alone a request takes on average, whatever its size.
  package var slowdown: Double { 1 / (1 - utilization) }

  /// The mean time in the system of a request that would take `size` alone.
  package func sojournTimeMean(ofSize size: Double) -> Double { size * slowdown }
}
