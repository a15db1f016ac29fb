// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What an amount of an invoice was paid for: work, waiting for work, and getting ready or done.
///
/// Workload + idle + overhead = the amount, as in the OpenCost specification (opencost/opencost,
/// `spec/opencost-specv01.md`), to the nanodollar.
public struct CostSplit: Equatable, Sendable {
  /// Paid for time in which requests were served.
  public let workload: USD
  /// Paid for time in which a machine was ready and had nothing to do.
  public let idle: USD
  /// Paid for time in which a machine booted, loaded weights or was drained.
  public let overhead: USD

  /// The split of an amount by the time that was spent on each.
  ///
  /// - Precondition: no time is negative, and some time is positive unless the amount is zero.
  public init(of amount: USD, busy: MachineTime, idle: MachineTime, overhead: MachineTime) {
    let parts = Apportionment.split(
      amount, over: [busy.nanoseconds, idle.nanoseconds, overhead.nanoseconds])
    workload = parts[0]
    self.idle = parts[1]
    self.overhead = parts[2]
  }

  /// The whole amount.
  public var total: USD { workload + idle + overhead }

  /// The workload's amount by model, in proportion to the engine time that each used.
  ///
  /// Engine time is shared by the requests of a batch: it is what they took of it, and not how long
  /// they were there.
  ///
  /// - Complexity: O(n log n) for n models.
  /// - Precondition: no time is negative, and some time is positive unless the workload cost nothing.
  public func workload(over engineTimes: [MachineTime]) -> [USD] {
    Apportionment.split(workload, over: engineTimes.map(\.nanoseconds))
  }

  /// What the reference design says that a request costs: the whole node for as long as it took.
  ///
  /// Requests that share a batch are each charged for all of it, so their sum exceeds what the node
  /// costs. Source: `calculate_cost_per_request` of the reference design's `CostAnalytics`, whose price
  /// is that of spot, whatever was rented.
  ///
  /// - Precondition: `inferenceTime` is not negative.
  public static func naiveRequestCost(of inferenceTime: TimeSpan, node: HourlyPrice) -> USD {
    node.cost(of: inferenceTime)
  }
}
