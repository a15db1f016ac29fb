// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the driver counts; all of it has as many rows as the configuration has models, engines and tenants.
public struct Tally: Sendable {
  /// By model, how many requests ended in each way, by the raw value of `RequestOutcome`.
  public internal(set) var outcomes: [[UInt64]]
  /// By engine, how many calls were made.
  public internal(set) var calls: [UInt64]
  /// By engine, how many calls failed.
  public internal(set) var failedCalls: [UInt64]
  /// By tenant, what answers cost.
  public internal(set) var spent: [USD]
  /// Calls that were made again.
  public internal(set) var retries: UInt64 = 0
  /// Calls that were not made again since too many had been.
  public internal(set) var retriesDenied: UInt64 = 0
  /// Calls that nobody waited for any more.
  public internal(set) var cancelledCalls: UInt64 = 0
  /// Clients that went away before their answer was complete.
  public internal(set) var clientsGone: UInt64 = 0
  /// Requests that no budget held.
  public internal(set) var overBudget: UInt64 = 0
  /// Answers that said nothing of their usage.
  public internal(set) var unpriced: UInt64 = 0

  init(models: Int, engines: Int, tenants: Int) {
    outcomes = Array(repeating: Array(repeating: 0, count: 6), count: models)
    calls = Array(repeating: 0, count: engines)
    failedCalls = calls
    spent = Array(repeating: .zero, count: tenants)
  }
}
