// SPDX-License-Identifier: GPL-3.0-or-later

/// One file of a scenario, as it was read.
package struct ScenarioFile: Equatable, Sendable {
  /// The path it was asked for by.
  package let path: String
  /// Its text.
  package let text: String

  /// A file that was read.
  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// A scenario as text: one tree, made of all files it extends and all overrides.
package struct LoadedScenario: Equatable, Sendable {
  /// The merged tree; always a mapping.
  package let root: ScenarioNode
  /// What the tree holds.
  package let kind: ScenarioText.Kind
  /// The files it came from, in the order read: the scenario first, then what it extends.
  package let files: [ScenarioFile]
  /// The names that overrides put beside others.
  let made: [MadeName]

  /// A tree and the files it came from.
  package init(
    root: ScenarioNode, kind: ScenarioText.Kind, files: [ScenarioFile], made: [MadeName] = []
  ) {
    self.made = made
    self.root = root
    self.kind = kind
    self.files = files
  }
}
