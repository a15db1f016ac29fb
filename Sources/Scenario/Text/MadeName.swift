// SPDX-License-Identifier: GPL-3.0-or-later

/// A name that an override put beside others: a new pool, or the misspelt name of one that is there.
package struct MadeName: Equatable, Sendable {
  /// The name.
  let name: String
  /// The names that lead to it, with its own.
  let keyPath: String
  /// The names beside it.
  let beside: [String]
  /// The override.
  let location: SourceLocation
  /// The name of the mapping that it is in; empty for the scenario as a whole.
  let parent: String

  /// What is called by such a name.
  private var noun: String {
    switch parent {
    case "fleet": "pool"
    case "models": "model"
    case "on": "machine type"
    default: "key"
    }
  }

  /// The one error in place of those of what is missing inside it; `nil` where there are none.
  func error(insteadOf errors: [ScenarioError]) -> ScenarioError? {
    let inside = errors.filter { isInside($0) }
    guard !inside.isEmpty else { return nil }
    let nearest = nearestKey(to: name, among: beside).map { "; did you mean '\($0)'?" } ?? ""
    let missing = inside.compactMap { error -> String? in
      guard error.problem == .missingKey else { return nil }
      return KeyPathNames.names(in: error.keyPath[...])?.last
    }
    let lacks = missing.isEmpty ? "" : "; a new one needs: \(missing.joined(separator: ", "))"
    let known = beside.joined(separator: ", ")
    return ScenarioError(
      .other(
        "there is no \(noun) \(ScenarioError.quoted(name))\(nearest) (there is: \(known)\(lacks))"),
      at: location, keyPath: keyPath)
  }

  /// Whether an error is about something inside it that an override brought, or did not bring.
  func isInside(_ error: ScenarioError) -> Bool {
    error.location.isOverride && error.keyPath.hasPrefix("\(keyPath).")
  }
}

extension [ScenarioError] {
  /// The errors, those inside each name that an override made told as one.
  func told(of made: [MadeName]) -> [ScenarioError] {
    var errors = self
    for name in made {
      guard let error = name.error(insteadOf: errors) else { continue }
      errors.removeAll { name.isInside($0) }
      errors.append(error)
    }
    return errors
  }
}
