// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What somebody says of fleets, claim by claim, each with the target that would bear it out.
package struct ClaimSet: Sendable {
  /// One claim.
  package struct Claim: Sendable {
    /// The claim in a few words.
    package let text: String
    /// The path of the scenario that it is judged on.
    package let scenario: String
    /// The paths of further scenarios that it must hold on as well; where they disagree it is undecided.
    package let also: [String]
    /// The target as it is written; the scenario of the same path judges it.
    package let target: String
    /// Where the target stands.
    package let location: SourceLocation
    /// What would make the claim true, where it restates an input.
    package let breakEven: BreakEven?

    /// The paths of all scenarios that it is judged on.
    package var scenarios: [String] { [scenario] + also }
  }

  /// An input that is varied until a target of a bill changes its mind.
  package struct BreakEven: Sendable {
    /// The key of the input, such as `fleet.spot.price`.
    package let key: String
    /// The lowest value looked at, without unit.
    package let low: Double
    /// The highest value looked at, without unit.
    package let high: Double
    /// The unit of both, with the blank before it where one belongs there.
    package let unit: String
    /// The target that holds on one side and not on the other.
    package let target: String
  }

  /// What the claims are about.
  package let about: String
  /// The claims in the order of the file.
  package let claims: [Claim]
  /// The measures that are set side by side for all scenarios, instead of each scenario's own report.
  package let measures: [String]
  private let targets: [(scenario: String, value: ValueReader)]

  /// The paths of the scenarios, each once, in the order in which claims first name them.
  package var scenarios: [String] {
    var paths: [String] = []
    for path in claims.flatMap(\.scenarios) where !paths.contains(path) { paths.append(path) }
    return paths
  }

  /// The targets of the claims on a scenario.
  func targets(for scenario: String) -> [ValueReader] {
    targets.filter { $0.scenario == scenario }.map(\.value)
  }
}

extension ClaimSet {
  /// Reads the claims of a file; the scenarios that they name are read when they are run.
  package static func load(
    _ path: String, files: FileReader
  ) throws(ScenarioErrors) -> ClaimSet {
    let loaded = try ScenarioText.load(path, files: files, overrides: [])
    var root = MappingReader(loaded)
    var diagnostics = Diagnostics()
    _ = root.integer("plimsoll_claims", in: 1...1, .required, into: &diagnostics)
    let about = root.string("about", .optional, into: &diagnostics) ?? ""
    let values = root.sequence("claims", .required, into: &diagnostics) ?? []
    let measures = (root.sequence("measures", .optional, into: &diagnostics) ?? []).compactMap {
      $0.string(into: &diagnostics)
    }
    root.finish(into: &diagnostics)
    var claims: [Claim] = []
    var targets: [(scenario: String, value: ValueReader)] = []
    for value in values {
      guard var reader = value.mapping(into: &diagnostics),
        let (claim, target) = claim(&reader, files: files, into: &diagnostics)
      else { continue }
      claims.append(claim)
      targets += claim.scenarios.map { ($0, target) }
    }
    if values.isEmpty && diagnostics.isEmpty {
      root.report(.other("required: at least one claim"), of: "claims", into: &diagnostics)
    }
    try diagnostics.throwIfAny(files: loaded.files)
    return ClaimSet(about: about, claims: claims, measures: measures, targets: targets)
  }

  private static func claim(
    _ reader: inout MappingReader, files: FileReader, into diagnostics: inout Diagnostics
  ) -> (Claim, ValueReader)? {
    let text = reader.string("claim", .required, into: &diagnostics)
    let file = reader.node("scenario", .required, into: &diagnostics)
    let others = reader.sequence("also", .optional, into: &diagnostics) ?? []
    let target = reader.node("target", .required, into: &diagnostics)
    let breakEven = breakEven(&reader, into: &diagnostics)
    reader.finish(into: &diagnostics)
    guard let text, let file, let target, let name = file.string(into: &diagnostics),
      target.parsed(into: &diagnostics, as: { try Target(parsing: $0) }) != nil,
      let written = target.string(into: &diagnostics)
    else { return nil }
    var paths = [path(of: file, name, files: files, into: &diagnostics)]
    for other in others {
      guard let name = other.string(into: &diagnostics) else { return nil }
      let path = path(of: other, name, files: files, into: &diagnostics)
      guard !paths.contains(path) else {
        other.report(.other("the claim names this scenario already"), into: &diagnostics)
        continue
      }
      paths.append(path)
    }
    return (
      Claim(
        text: text, scenario: paths[0], also: Array(paths.dropFirst()), target: written,
        location: target.location,
        breakEven: breakEven), target
    )
  }

  private static func path(
    of file: ValueReader, _ name: String, files: FileReader, into diagnostics: inout Diagnostics
  ) -> String {
    let path = ScenarioLoader.resolve(name, at: file.location)
    if (try? files.read(path)) == nil { file.report(.missingFile(path), into: &diagnostics) }
    return path
  }

  private static func breakEven(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> BreakEven? {
    guard var even = reader.mapping("break_even", .optional, into: &diagnostics) else { return nil }
    let key = even.string("vary", .required, into: &diagnostics)
    let low = even.string("from", .required, into: &diagnostics)
    let high = even.string("to", .required, into: &diagnostics)
    let target = even.required("until", into: &diagnostics) { text in
      _ = try Target(parsing: text)
      return text
    }
    even.finish(into: &diagnostics)
    guard let key, let low, let high, let target else { return nil }
    let (from, to) = (splitUnit(low), splitUnit(high))
    guard let first = from.number, let last = to.number, from.unit == to.unit, first < last else {
      even.report(
        .unreadable(found: high, allowed: "a higher number than \(low) in the same unit"),
        of: "to", into: &diagnostics)
      return nil
    }
    return BreakEven(key: key, low: first, high: last, unit: from.unit, target: target)
  }

  private static func splitUnit(_ text: String) -> (number: Double?, unit: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "_" }
    return (Double(digits.filter { $0 != "_" }), String(text[digits.endIndex...]))
  }
}
