// SPDX-License-Identifier: GPL-3.0-or-later

/// A fixed number of users who think, ask one server and wait for its answer.
///
/// By exact mean value analysis: exponential service first come first served or any service by
/// processor sharing, any law of thinking. Source: Reiser and Lavenberg, "Mean-value analysis of
/// closed multichain queuing networks", Journal of the ACM 27 (1980), DOI 10.1145/322186.322195.
package struct InteractiveUsers: Hashable, Sendable {
  /// The number of users.
  package let users: Int
  /// The mean time for which a user thinks.
  package let thinkingTimeMean: Double
  /// The mean time of service.
  package let serviceMean: Double
  /// The mean time before and in service.
  package let sojournTimeMean: Double

  /// So many users with these times.
  ///
  /// - Precondition: there is a user, service takes time, thinking no negative one.
  /// - Complexity: linear in the users.
  package init(users: Int, thinkingTimeMean: Double, serviceMean: Double) {
    precondition(users >= 1, "someone asks")
    precondition(thinkingTimeMean >= 0 && serviceMean > 0, "service takes time")
    self.users = users
    self.thinkingTimeMean = thinkingTimeMean
    self.serviceMean = serviceMean
    var (sojourn, present) = (0.0, 0.0)
    for count in 1...users {
      sojourn = serviceMean * (1 + present)
      present = Double(count) * sojourn / (thinkingTimeMean + sojourn)
    }
    sojournTimeMean = sojourn
  }

  /// Requests served per unit of time.
  package var throughput: Double { Double(users) / (thinkingTimeMean + sojournTimeMean) }

  /// The mean number waiting or in service.
  package var requestsInSystemMean: Double { throughput * sojournTimeMean }

  /// The share of time in which the server is busy.
  package var utilization: Double { throughput * serviceMean }

  /// The number of users from which on the server is the limit.
  package var saturationUsers: Double { (thinkingTimeMean + serviceMean) / serviceMean }
}
