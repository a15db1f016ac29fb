// SPDX-License-Identifier: Apache-2.0

import Quantities

/// How the cost of one request is worked out.
public enum ChargeRule: Equatable, Sendable {
  /// Its share of the engine's time, at the price of the machine that served it.
  case engineWork
  /// A whole machine at this price for as long as the request was there, as in the reference design.
  case wholeMachine(HourlyPrice)

  /// What a request cost that a batch answered.
  ///
  /// - Parameters:
  ///   - time: from the request's arrival to its answer.
  ///   - batch: how long the batch ran.
  ///   - share: the batch had one part in so many of the machine.
  ///   - size: how many requests share the batch.
  ///   - price: of the machine.
  public func cost(
    of time: TimeSpan, batch: TimeSpan, share: Int64, size: Int, at price: HourlyPrice
  ) -> USD {
    switch self {
    case .engineWork:
      USD(nanodollars: price.cost(of: batch).nanodollars / (share * Int64(max(1, size))))
    case .wholeMachine(let node):
      CostSplit.naiveRequestCost(of: time, node: node)
    }
  }
}
