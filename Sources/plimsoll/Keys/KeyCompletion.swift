// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// Completion of key paths in a shell, name by name.
///
/// Where names are free it offers those of the scenario that the command line names, and without one the general name
/// in capitals.
enum KeyCompletion {
  /// Completions of a path.
  static func paths(_ words: [String], _ position: Int, _ prefix: String) -> [String] {
    completions(of: prefix, root: nil, isAssignment: false)
  }

  /// Completions of a key and its value, `fleet.base.machines=`, for `--set` and the like.
  static func assignments(_ words: [String], _ position: Int, _ prefix: String) -> [String] {
    guard !prefix.contains("=") else { return [] }
    return completions(of: prefix, root: scenario(in: words), isAssignment: true)
  }

  /// The scenario of a command line, as it is written.
  private static func scenario(in words: [String]) -> ScenarioNode? {
    let file = words.dropFirst().first { word in
      (word.hasSuffix(".yaml") || word.hasSuffix(".yml"))
        && FileManager.default.fileExists(atPath: word)
    }
    guard let file else { return nil }
    return try? ScenarioText.load(file, files: Terminal.files, overrides: []).root
  }

  private static func completions(
    of prefix: String, root: ScenarioNode?, isAssignment: Bool
  ) -> [String] {
    // The last name may be half written; names in quotation marks may have points.
    let parent = KeyTable.parent(of: prefix)
    var shape = KeyTable.scenario
    if !parent.isEmpty {
      guard case .entry(let entry) = KeyTable.find(parent) else { return [] }
      shape = entry.key.shape
    }
    let node = root.flatMap { KeyTable.node(at: parent, in: $0) }
    let candidates = KeyTable.names(of: shape, in: node).map { name in
      let path = parent.isEmpty ? name.text : "\(parent).\(name.text)"
      return path + (name.leadsOn ? "." : isAssignment ? "=" : "")
    }
    let own = candidates.filter { $0.hasPrefix(prefix) }
    // A shell puts a blank behind the only word that there is; so the next names are offered with it.
    guard own.count == 1, let only = own.first else { return own.isEmpty ? candidates : own }
    if only.hasSuffix(".") {
      return completions(of: only, root: root, isAssignment: isAssignment)
    }
    guard only.hasSuffix("="), case .entry(let entry) = KeyTable.find(String(only.dropLast())),
      !entry.key.example.contains(" ")
    else { return own }
    return [only, only + entry.key.example]
  }
}
