// SPDX-License-Identifier: GPL-3.0-or-later

/// The folder of the scenarios holds scenarios, traces and their explanations, and nothing else.
enum ScenarioFolderRule {
  private static let extensions = [".yaml", ".csv", ".json", ".md"]

  /// The paths that do not belong there.
  static func violations(paths: [String]) -> [Violation] {
    paths.filter { path in !extensions.contains { path.hasSuffix($0) } }
      .map { Violation(path: $0, line: 1, message: "is none of .yaml, .csv, .json and .md") }
  }
}
