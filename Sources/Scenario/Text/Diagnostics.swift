// SPDX-License-Identifier: GPL-3.0-or-later

/// The errors found so far; reading goes on after each, so that all are reported together.
package struct Diagnostics: Sendable {
  /// The errors in the order found.
  package var errors: [ScenarioError] { noted.compactMap(\.self) }
  /// How many there are, with those that were taken back.
  var count: Int { noted.count }

  /// The errors; `nil` where one was taken back.
  private var noted: [ScenarioError?] = []
  private var takenBack = 0

  /// The key paths that readers asked for, whether they were there or not, in the order of reading.
  ///
  /// A test holds that each of them changes a result or is listed with its reason.
  package private(set) var knownKeys: [String] = []

  /// What readers asked for that the table of keys does not have, or has in another way.
  ///
  /// A test holds that there is nothing.
  package private(set) var untabled: [String] = []

  /// No errors yet.
  package init() {}

  /// Whether nothing is wrong so far.
  package var isEmpty: Bool { noted.count == takenBack }

  /// Notes an error.
  ///
  /// - Parameter code: what kind of mistake it is, where the problem alone does not say so.
  package mutating func report(
    _ problem: ScenarioError.Problem, at location: SourceLocation, keyPath: String,
    code: ErrorCode? = nil
  ) {
    noted.append(ScenarioError(problem, at: location, keyPath: keyPath, code: code))
  }

  /// Notes an error that is already at hand.
  package mutating func report(_ error: ScenarioError) {
    noted.append(error)
  }

  /// Takes back that a key is missing, once it is known under which name it was written.
  ///
  /// - Parameter number: how many errors there were before that one.
  mutating func takeBack(missing keyPath: String, notedAs number: Int) {
    guard noted.indices.contains(number), let error = noted[number], error.problem == .missingKey,
      error.keyPath == keyPath
    else { return }
    noted[number] = nil
    takenBack += 1
  }

  /// Notes that a reader asked for something that the table of keys does not say.
  mutating func note(untabled what: String) { untabled.append(what) }

  /// Notes that keys are known.
  mutating func know(_ keys: [String]) { knownKeys += keys }

  /// Ends the reading where anything was wrong.
  ///
  /// - Throws: all errors, in the order of their places.
  package func throwIfAny(files: [ScenarioFile] = []) throws(ScenarioErrors) {
    guard isEmpty else { throw ScenarioErrors(errors, files: files) }
  }
}
