// SPDX-License-Identifier: GPL-3.0-or-later

/// A scenario with those that its targets compare it with.
package struct LoadedExperiment: Sendable {
  /// The scenario.
  package let scenario: Scenario
  /// The scenarios that its targets name, each once.
  package let references: [Scenario]

  /// A scenario with those that it is compared with.
  package init(scenario: Scenario, references: [Scenario]) {
    self.scenario = scenario
    self.references = references
  }

  /// The same, with requests in the windows of another scenario where both run equally long.
  package func simulating(inWindowsOf other: Scenario) -> LoadedExperiment {
    guard scenario.run.horizon == other.run.horizon else { return self }
    return LoadedExperiment(
      scenario: scenario.simulatingRequests(in: other.run.requests), references: references)
  }
}
