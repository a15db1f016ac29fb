// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Scenario

/// A fleet is to be the cheapest that holds all service targets, and has none to hold.
package struct NoTargets: Error, CustomStringConvertible {
  /// The path of its scenario.
  package let scenario: String

  /// The budgets that it has.
  package let budgets: [String]

  /// What is wrong, and what would mend it.
  package var description: String {
    "\(scenario): targets: required: at least one, such as p99(latency) <= 200ms; "
      + "without any the cheapest fleet is the smallest"
      + (budgets.isEmpty ? "" : ", whatever its budget (\(budgets.joined(separator: ", ")))")
  }

  /// - Throws: `NoTargets` where a fleet has none.
  static func check(_ loaded: LoadedExperiment, of scenario: String) throws(NoTargets) {
    let targets = loaded.scenario.targets
    guard targets.allSatisfy(\.isBudget) else { return }
    throw NoTargets(scenario: scenario, budgets: targets.map(\.text))
  }
}
