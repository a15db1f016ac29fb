// SPDX-License-Identifier: GPL-3.0-or-later

/// Erlang's loss system M/G/c/c: whoever finds all servers busy is turned away.
///
/// Holds for any law of service with the mean that the offered load counts in. Source: Erlang,
/// "Solution of some problems in the theory of probabilities of significance in automatic telephone
/// exchanges", Elektroteknikeren 13 (1917); Gross, Shortle, Thompson and Harris, Fundamentals of
/// Queueing Theory, 4th ed. (2008), DOI 10.1002/9781118625651, chapter 2.
package struct ErlangB: Hashable, Sendable {
  /// Arrivals per mean service time.
  package let offeredLoad: Double
  /// The number of servers.
  package let servers: Int
  /// The share of arrivals that are turned away.
  package let blockingProbability: Double

  /// The system with this load and so many servers.
  ///
  /// - Precondition: the load is positive and there is at least one server.
  /// - Complexity: linear in the number of servers.
  package init(offeredLoad: Double, servers: Int) {
    precondition(servers >= 1, "there is at least one server")
    self.offeredLoad = offeredLoad
    self.servers = servers
    blockingProbability = Self.blocking(offeredLoad: offeredLoad, servers: servers)
  }

  /// The mean number of busy servers.
  package var busyServersMean: Double { offeredLoad * (1 - blockingProbability) }

  /// The share of its time in which a server is busy.
  package var utilization: Double { busyServersMean / Double(servers) }

  /// Erlang's B by the recursion over servers, B ← aB/(k + aB), which loses no precision.
  ///
  /// - Precondition: the load is positive.
  /// - Complexity: linear in the number of servers.
  package static func blocking(offeredLoad: Double, servers: Int) -> Double {
    precondition(offeredLoad > 0, "requests arrive")
    return (0..<servers).reduce(1) { blocking, index in
      offeredLoad * blocking / (Double(index + 1) + offeredLoad * blocking)
    }
  }
}
