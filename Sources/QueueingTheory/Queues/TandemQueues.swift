// SPDX-License-Identifier: GPL-3.0-or-later

/// Single servers that each request goes through in order, each M/M/1.
///
/// Sources: Jackson, "Networks of waiting lines", Operations Research 5 (1957),
/// DOI 10.1287/opre.5.4.518; Burke, "The output of a queuing system", Operations Research 4 (1956),
/// DOI 10.1287/opre.4.6.699.
package struct TandemQueues: Hashable, Sendable {
  /// The servers in order.
  package let stages: [MM1]

  /// The servers with this arrival rate and these rates of service.
  ///
  /// - Precondition: there is one, and each serves more than arrives.
  package init(arrivalRate: Double, serviceRates: [Double]) {
    precondition(!serviceRates.isEmpty, "requests go somewhere")
    stages = serviceRates.map { MM1(arrivalRate: arrivalRate, serviceRate: $0) }
  }

  /// The mean number waiting or in service anywhere.
  package var requestsInSystemMean: Double {
    stages.reduce(0) { $0 + $1.requestsInSystemMean }
  }

  /// The mean time from arrival to the end of the last service.
  package var sojournTimeMean: Double { stages.reduce(0) { $0 + $1.sojournTimeMean } }

  /// Requests per unit of time that the slowest server could serve.
  package var maximumThroughput: Double { stages.map(\.serviceRate).reduce(.infinity, min) }
}
