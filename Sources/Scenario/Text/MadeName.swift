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

  /// What is called by such a name; `nil` for a key, whose name is right where what it holds was read.
  private var noun: String? {
    switch parent {
    case "fleet": "pool"
    case "models": "model"
    case "on": "machine type"
    default: nil
    }
  }

  /// The one error in place of those of what is missing inside it; `nil` where nothing is.
  func error(insteadOf errors: [ScenarioError]) -> ScenarioError? {
    let missing = errors.filter { isMissing($0) }.compactMap { error in
      KeyPathNames.names(in: error.keyPath[...])?.last
    }
    guard !missing.isEmpty else { return nil }
    return unknown(lacking: "; a new one needs: \(missing.joined(separator: ", "))")
  }

  /// Notes a model that no pool serves: what an override says of it would change nothing.
  func reportUnserved(in root: ScenarioNode, into diagnostics: inout Diagnostics) {
    guard keyPath == KeyPathNames.appending(name, to: "models") else { return }
    let pools = root.entries?.first { $0.key == "fleet" }?.value.entries ?? []
    let isServed = pools.contains { pool in
      let serves = pool.value.entries?.first { $0.key == "serves" }?.value.entries ?? []
      return serves.contains { $0.key == name }
    }
    if !isServed { diagnostics.report(unknown(lacking: "; a new one must be served by a pool")) }
  }

  private func unknown(lacking: String) -> ScenarioError {
    let nearest = nearestKey(to: name, among: beside).map { "; did you mean '\($0)'?" } ?? ""
    let known = beside.joined(separator: ", ")
    return ScenarioError(
      .other(
        "there is no \(noun ?? "key") \(ScenarioError.quoted(name))\(nearest) (there is: \(known)\(lacking))"
      ),
      at: location, keyPath: keyPath)
  }

  /// Whether an error is about something inside it that the override did not bring.
  func isMissing(_ error: ScenarioError) -> Bool {
    noun != nil && error.problem == .missingKey && error.location.isOverride
      && error.keyPath.hasPrefix("\(keyPath).")
  }
}

extension [ScenarioError] {
  /// The errors, what is missing inside each name that an override made told as one.
  func told(of made: [MadeName]) -> [ScenarioError] {
    var errors = self
    for name in made {
      guard let error = name.error(insteadOf: errors) else { continue }
      errors.removeAll { name.isMissing($0) }
      errors.append(error)
    }
    return errors
  }
}
