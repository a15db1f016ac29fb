// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities

extension Scenario {
  /// What a scenario was read from, and what a reader should know of it.
  package struct Origin: Sendable {
    /// The path that it was read from.
    package let path: String
    /// What it asks, in the words of its author.
    package let about: String
    /// Its text with all that it extends and every override, in one canonical form.
    package let canonicalText: String
    /// What the author assumes and a reader should know, printed beside every verdict.
    package let assumptions: [String]
    /// What is wrong with it and does not keep it from running.
    package let warnings: [String]
    /// What was read of each file of measurements, a line each.
    package let inputs: [String]

    /// An origin of those values.
    package init(
      path: String, about: String, canonicalText: String, assumptions: [String] = [],
      warnings: [String] = [], inputs: [String] = []
    ) {
      self.path = path
      self.about = about
      self.canonicalText = canonicalText
      self.assumptions = assumptions
      self.warnings = warnings
      self.inputs = inputs
    }
  }

  /// What is simulated of a scenario, and how often.
  package struct Run: Sendable {
    /// The date of its start.
    package let start: UTCDate
    /// How long it runs and is billed for.
    package let horizon: TimeSpan
    /// Where requests are simulated.
    package internal(set) var requests: Requests
    /// How many replications are run.
    package let replications: ReplicationPlan
    /// Into how many sections a replication is cut.
    package let sections: Int
    /// Whether the sections of one long replication stand for independent ones.
    package let isSectioned: Bool
    /// The confidence of intervals.
    package let confidence: Share
    /// The seed of all random streams.
    package let seed: UInt64

    /// A run of those values.
    ///
    /// - Parameters:
    ///   - sections: how many sections stand for independent replications; `nil` where none do.
    package init(
      start: UTCDate, horizon: TimeSpan, requests: Requests, replications: ReplicationPlan,
      sections: Int? = nil, confidence: Share, seed: UInt64
    ) {
      self.start = start
      self.horizon = horizon
      self.requests = requests
      self.replications = replications
      self.sections = sections ?? Self.usualSections
      isSectioned = sections != nil
      self.confidence = confidence
      self.seed = seed
    }

    /// Sections enough to tell how requests depend on each other, each long against that dependence.
    private static var usualSections: Int { 20 }
  }

  /// What is paid in a scenario, and by which rules.
  package struct Costs: Sendable {
    /// The name of the price book.
    package let priceBook: String
    /// The provider's rules of billing.
    package let rules: BillingRules
    /// All that was promised to be paid.
    package let commitments: Commitments
    /// Costs that don't depend on the run.
    package let fixed: [FixedCost]
    /// Costs of the bytes that leave the cloud.
    package let egress: [EgressCost]

    /// Costs of those values.
    package init(
      priceBook: String, rules: BillingRules = .aws, commitments: Commitments, fixed: [FixedCost],
      egress: [EgressCost]
    ) {
      self.priceBook = priceBook
      self.rules = rules
      self.commitments = commitments
      self.fixed = fixed
      self.egress = egress
    }
  }

  /// The policies that decide in a scenario.
  package struct FleetPolicies: Sendable {
    /// The policies that every request passes.
    package internal(set) var requests: RequestPolicies
    /// The settings of the spot manager.
    package let spot: SpotManager.Configuration
    /// The autoscaler; `nil` for a fleet of fixed size.
    package let autoscaling: Autoscaling?
    /// How often a request is moved from a lost replica to another before it fails.
    package let migrationLimit: Int

    /// Policies of those values.
    package init(
      requests: RequestPolicies, spot: SpotManager.Configuration, autoscaling: Autoscaling?,
      migrationLimit: Int
    ) {
      self.requests = requests
      self.spot = spot
      self.autoscaling = autoscaling
      self.migrationLimit = migrationLimit
    }
  }
}
