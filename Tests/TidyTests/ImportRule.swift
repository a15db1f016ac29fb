// SPDX-License-Identifier: GPL-3.0-or-later

/// Imports go to lower levels only, and each foreign library has one door.
enum ImportRule {
  /// The targets by level, as `Sources/README.md` draws them.
  static let levels = [
    ["Quantities", "RandomStreams", "Columns", "TokenEngine", "Digests", "SQLite"],
    ["Serving", "EventKernel", "Inputs", "Numerics"],
    [
      "Policies", "Workload", "ReplicaModel", "CloudModel", "Recording", "Statistics",
      "EngineFiles", "Catalogue",
    ],
    ["Scenario", "ResultsStore", "Calibration", "DecisionLog"],
    ["RequestPath", "Reporting", "Checks"],
    ["FleetSimulation", "DecisionReplay"],
    ["Experiments"],
    ["plimsoll", "plimsoll-policies"],
  ]

  /// The targets that no target with a level may import: oracles and builders.
  static let besideTheLevels = ["QueueingTheory", "SimulationTesting"]

  private static let exceptions = ["Recording": "Statistics", "Reporting": "Checks"]

  private static let doors = [
    "CAllocator": "plimsoll", "CBuild": "plimsoll", "CCatalogue": "Catalogue", "CGSL": "Numerics",
    "COpenSSL": "Digests",
    "CProcess": "plimsoll",
    "CVectors": "RandomStreams", "CZlib": "Inputs", "CSQLite": "SQLite", "Yams": "Scenario",
  ]

  /// The level of a target, or nil where it has none.
  static func level(of target: String) -> Int? {
    levels.firstIndex { $0.contains(target) }
  }

  /// Where a file below `Sources` imports what its target must not.
  static func violations(in file: SourceFile) -> [Violation] {
    let target = file.target
    guard let own = level(of: target) else {
      guard besideTheLevels.contains(target) else {
        return [file.violation(line: 1, "\(target) has no level; give it one in ImportRule")]
      }
      return []
    }
    return ImportStatement.all(in: file).compactMap { statement in
      let module = statement.module
      if besideTheLevels.contains(module) {
        return file.violation(line: statement.line, "\(target) imports \(module), made for tests")
      }
      guard let other = level(of: module), other >= own, exceptions[target] != module else {
        return nil
      }
      return file.violation(
        line: statement.line, "\(target) (level \(own)) imports \(module) (level \(other))")
    }
  }

  /// Where a file imports a library past the target that is its one door.
  static func foreignViolations(in file: SourceFile) -> [Violation] {
    ImportStatement.all(in: file).compactMap { statement in
      guard let door = doors[statement.module], door != file.target else { return nil }
      return file.violation(
        line: statement.line, "imports \(statement.module), which only \(door) may")
    }
  }
}
