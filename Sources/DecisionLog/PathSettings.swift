// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// What a request path is told at its start, beside the settings of its policies.
public struct PathSettings: Sendable {
  /// The budgets of a path, beside the limits of the ledger.
  public struct Budget: Sendable {
    /// How long a period is.
    public var period: TimeSpan
    /// What is put aside for a request before it runs.
    public var estimate: USD

    /// Budgets of those values.
    public init(period: TimeSpan, estimate: USD) {
      self.period = period
      self.estimate = estimate
    }
  }

  /// The most hand-overs of one request: a ticket counts them in a byte.
  public static var mostHandOvers: Int { 255 }

  /// The model that clients ask for.
  public var requestedModel: ModelID
  /// Whether any policy is asked.
  public var asksPolicies = true
  /// By which rules answers are kept in the store that the driver asks; `nil` for no store.
  public var storeRule: ResponseCache.Rule?
  /// What is put aside for requests; `nil` where no budget binds.
  public var budget: Budget?
  /// How long a client waits for its answer; `nil` for ever.
  public var timeout: TimeSpan?
  /// How often a request may be handed over from a lost replica to another.
  public var handOverLimit = 3
  /// The longest wait of a request while others are refused to keep it short; `nil` for any.
  public var longestWait: TimeSpan?
  /// How each replica is when the log begins, by number.
  public var replicas: [ReplicaObservation] = []

  /// The settings of a path on which requests ask for a model.
  public init(requestedModel: ModelID) {
    self.requestedModel = requestedModel
  }
}

extension JSONLine {
  mutating func write(_ path: PathSettings) {
    key("path")
    begin()
    field("requested_model", path.requestedModel.index)
    field("asks_policies", path.asksPolicies)
    key("store_rule")
    if let rule = path.storeRule { value(rule.rawValue) } else { null() }
    key("budget")
    if let budget = path.budget {
      begin()
      field("period_ns", budget.period.nanoseconds)
      field("estimate_nanodollars", budget.estimate.nanodollars)
      end()
    } else {
      null()
    }
    field("timeout_ns", path.timeout?.nanoseconds)
    field("hand_over_limit", path.handOverLimit)
    field("longest_wait_ns", path.longestWait?.nanoseconds)
    // Most accept nothing yet; the others are written as lines write replicas.
    key("replicas")
    begin("[")
    for (number, replica) in path.replicas.enumerated()
    where replica.acceptsRequests || replica.outstanding != 0 || !replica.hasRoom {
      row(number, replica)
    }
    end("]")
    end()
  }

  /// How a replica is: its number, whether it accepts requests, how many it has, and whether it has room.
  mutating func row(_ number: Int, _ replica: ReplicaObservation) {
    begin("[")
    value(number)
    value(replica.acceptsRequests ? 1 : 0)
    value(replica.outstanding)
    value(replica.hasRoom ? 1 : 0)
    end("]")
  }
}
