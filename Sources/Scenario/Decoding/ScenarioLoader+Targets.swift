// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities

extension ScenarioLoader {
  /// The targets that a scenario states, and those that judge it from outside.
  func targets(
    _ root: inout MappingReader, _ names: TargetNames, _ judged: JudgedTargets,
    into diagnostics: inout Diagnostics
  ) -> [Target] {
    let values = root.sequence("targets", .optional, into: &diagnostics) ?? []
    guard case .own(let more) = judged else { return [] }
    let written = values.compactMap { value in
      value.node.content
    }
    let others = more.filter { !written.contains($0.node.content) }
    return (values + others).compactMap { value in
      guard var target = value.parsed(into: &diagnostics, as: { try Target(parsing: $0) }) else {
        return nil
      }
      target.location = value.location
      names.check(target, at: value, into: &diagnostics)
      guard let file = target.measure.otherScenario else { return target }
      let path = Self.resolve(file, at: value.location)
      do {
        _ = try files.read(path)
      } catch {
        value.report(.missingFile(path), into: &diagnostics)
      }
      return target.comparing(with: path)
    }
  }

  /// How far measures may move from those of an earlier run.
  func tolerances(
    _ root: inout MappingReader, _ names: TargetNames, into diagnostics: inout Diagnostics
  ) -> [Tolerance] {
    (root.entries("regressions", .optional, into: &diagnostics) ?? []).compactMap { entry in
      var tolerance = entry.value.parsed(into: &diagnostics) {
        try Tolerance(measure: entry.name, amount: $0)
      }
      tolerance?.location = entry.value.location
      let measure = Tolerance.measures.first { $0.name == entry.name }
      names.check(needsTokens: measure?.needsTokens == true, at: entry.value, into: &diagnostics)
      return tolerance
    }
  }
}
