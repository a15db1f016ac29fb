// SPDX-License-Identifier: GPL-3.0-or-later

extension ScenarioText {
  /// What a file holds, by the key that says so.
  package enum Kind: String, CaseIterable, Sendable {
    /// A part of scenarios, which they include.
    case fragment = "plimsoll_fragment"
    /// A study of which inputs matter.
    case sensitivity = "plimsoll_sensitivity"
    /// A study of what each lever is worth.
    case levers = "plimsoll_levers"
    /// Claims, each judged on a scenario.
    case claims = "plimsoll_claims"
    /// A user's own entries of the catalogue, which scenarios name.
    case catalogue = "plimsoll_catalogue"
    /// A price book, which scenarios name.
    case prices = "plimsoll_prices"
    /// A scenario, or a file that says nothing.
    case scenario = "plimsoll"
  }
}

extension ScenarioText.Kind {
  /// What such a file is called.
  private var noun: String {
    switch self {
    case .fragment: "a fragment"
    case .sensitivity: "a study of uncertain inputs"
    case .levers: "a study of levers"
    case .claims: "a file of claims"
    case .catalogue: "a catalogue"
    case .prices: "a price book"
    case .scenario: "a scenario"
    }
  }

  /// Who reads such a file.
  private var readers: String {
    switch self {
    case .fragment: "a scenario reads it with 'include:'"
    case .sensitivity: "'plimsoll sensitivity' reads it"
    case .levers: "'plimsoll explain' reads it"
    case .claims: "'plimsoll check' reads it"
    case .catalogue: "scenarios name it under 'catalogue:'"
    case .prices: "scenarios name it under 'prices:'"
    case .scenario: "'plimsoll run' and 'plimsoll check' read it"
    }
  }

  /// The keys that such a file begins with.
  private var form: String {
    switch self {
    case .fragment: "plimsoll_fragment: 1"
    case .sensitivity: "plimsoll_sensitivity: 1, scenario: FILE, inputs: [...]"
    case .levers: "plimsoll_levers: 1, scenario: FILE, over: [KEY=VALUES], levers: [...]"
    case .claims: "plimsoll_claims: 1, claims: [...]"
    case .catalogue: "plimsoll_catalogue: 1, source: TEXT, read: DATE, machines: {...}"
    case .prices: "plimsoll_prices: 1, name: NAME, machines: {...}"
    case .scenario: "plimsoll: 1, start: DATE, horizon: TIME, prices: FILE, ..."
    }
  }
}

extension LoadedScenario {
  /// Ends with one error where the file is of another kind than is read here.
  func check(is wanted: ScenarioText.Kind, path: String) throws(ScenarioErrors) {
    guard kind != wanted else { return }
    let says = root.entries?.contains { $0.key == kind.rawValue } ?? false
    let found = says ? "this is \(kind.said)" : "this does not say what it is"
    throw ScenarioErrors(
      [
        ScenarioError(
          .rule(.file, "\(found); \(wanted.wantedHere)"), at: ScenarioText.fileStart(path),
          keyPath: "")
      ], files: files)
  }
}

extension ScenarioText.Kind {
  fileprivate var said: String { "\(noun), and \(readers)" }
  fileprivate var wantedHere: String { "\(noun) is read here, which begins with: \(form)" }
}
