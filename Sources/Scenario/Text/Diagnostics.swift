// SPDX-License-Identifier: GPL-3.0-or-later

/// The errors found so far; reading goes on after each, so that all are reported together.
package struct Diagnostics: Sendable {
  /// The errors in the order found.
  package private(set) var errors: [ScenarioError] = []

  /// The key paths that readers asked for, whether they were there or not, in the order of reading.
  ///
  /// A test holds that each of them changes a result or is listed with its reason.
  package private(set) var knownKeys: [String] = []

  /// No errors yet.
  package init() {}

  /// Whether nothing is wrong so far.
  package var isEmpty: Bool { errors.isEmpty }

  /// Notes an error.
  package mutating func report(
    _ problem: ScenarioError.Problem, at location: SourceLocation, keyPath: String
  ) {
    errors.append(ScenarioError(problem, at: location, keyPath: keyPath))
  }

  /// Notes an error that is already at hand.
  package mutating func report(_ error: ScenarioError) {
    errors.append(error)
  }

  /// Notes that keys are known.
  mutating func know(_ keys: [String]) { knownKeys += keys }

  /// Ends the reading where anything was wrong.
  ///
  /// - Throws: all errors, in the order of their places.
  package func throwIfAny(files: [ScenarioFile] = []) throws(ScenarioErrors) {
    guard errors.isEmpty else { throw ScenarioErrors(errors, files: files) }
  }
}
