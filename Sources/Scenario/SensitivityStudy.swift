// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What is uncertain about a scenario, and between which values.
package struct SensitivityStudy: Sendable {
  /// One uncertain input.
  package struct Input: Sendable, Equatable {
    /// What it is, in a few words.
    package let name: String
    /// The lowest value.
    package let low: Double
    /// The highest value.
    package let high: Double
    /// The unit of both, for readers.
    package let unit: String
    /// The overrides that set it, with `{x}`, `{2x}` or `{0.85x}` where multiples of the value go.
    package let templates: [String]
    /// Why it is uncertain and where the range comes from; may be empty.
    package let source: String

    /// An input of those values.
    package init(
      name: String, low: Double, high: Double, unit: String, templates: [String], source: String
    ) {
      self.name = name
      self.low = low
      self.high = high
      self.unit = unit
      self.templates = templates
      self.source = source
    }

    /// The value that lies so far between the lowest and the highest.
    package func value(at place: Double) -> Double { low + place * (high - low) }

    /// The overrides that give the input a value.
    package func overrides(for value: Double) -> [String] {
      templates.map { Self.filled($0, with: value) }
    }

    /// The template with each multiple in braces written out; other braces stay.
    private static func filled(_ template: String, with value: Double) -> String {
      var text = ""
      var rest = Substring(template)
      while let open = rest.firstIndex(of: "{") {
        text += rest[..<open]
        rest = rest[rest.index(after: open)...]
        guard let close = rest.firstIndex(of: "}"), let factor = factor(rest[..<close]) else {
          text += "{"
          continue
        }
        text += formatted(value * factor, places: 6)
        rest = rest[rest.index(after: close)...]
      }
      return text + rest
    }

    /// The number before an `x`; 1 where there is none, `nil` for what is no multiple.
    private static func factor(_ text: Substring) -> Double? {
      guard text.last == "x" else { return nil }
      return text.count == 1 ? 1 : Double(text.dropLast())
    }

    /// Whether any template takes the value.
    var isUsed: Bool { templates.contains { Self.filled($0, with: 1) != $0 } }
  }

  /// What it asks.
  package let about: String
  /// The path of the scenario.
  package let scenario: String
  /// Overrides that hold at every point, such as fewer request windows.
  package let overrides: [String]
  /// How many replications each point has.
  package let replications: Int
  /// Which measures are looked at, by their names in a run.
  package let measures: [String]
  /// The uncertain inputs, in the order of the file.
  package let inputs: [Input]
}

extension SensitivityStudy {
  /// Reads the study of a file, and checks the scenario at both ends of every input.
  package static func load(
    _ path: String, files: FileReader
  ) throws(ScenarioErrors) -> SensitivityStudy {
    let loaded = try ScenarioText.load(path, files: files, overrides: [])
    try loaded.check(is: .sensitivity, path: path)
    var root = MappingReader(loaded)
    var diagnostics = Diagnostics()
    _ = root.integer("plimsoll_sensitivity", in: 1...1, into: &diagnostics)
    let about = root.string("about", .optional, into: &diagnostics) ?? ""
    let file = root.node("scenario", into: &diagnostics)
    let overrides = texts("set", .optional, &root, into: &diagnostics)
    let replications = root.integer("replications", in: 1...1_000, .optional, into: &diagnostics)
    let measures = texts("measures", .optional, &root, into: &diagnostics)
    let values = root.sequence("inputs", into: &diagnostics) ?? []
    root.finish(into: &diagnostics)
    let inputs = values.compactMap { value -> Input? in
      guard var reader = value.mapping(into: &diagnostics) else { return nil }
      return input(&reader, into: &diagnostics)
    }
    if values.isEmpty && diagnostics.isEmpty {
      root.report(.other("required: at least one input"), of: "inputs", into: &diagnostics)
    }
    var scenario = ""
    if let file, let name = file.string(into: &diagnostics) {
      scenario = ScenarioLoader.resolve(name, at: file.location)
      if (try? files.read(scenario)) == nil {
        file.report(.missingFile(scenario), into: &diagnostics)
      }
    }
    try diagnostics.throwIfAny(files: loaded.files)
    let study = SensitivityStudy(
      about: about, scenario: scenario, overrides: overrides, replications: replications ?? 2,
      measures: measures.isEmpty ? ["monthly_cost", "p99(latency)"] : measures, inputs: inputs)
    for input in inputs {
      for end in [input.low, input.high] {
        _ = try ScenarioLoader.load(
          scenario, files: files, overrides: overrides + input.overrides(for: end))
      }
    }
    return study
  }

  private static func texts(
    _ key: String, _ need: MappingReader.Need, _ reader: inout MappingReader,
    into diagnostics: inout Diagnostics
  ) -> [String] {
    (reader.sequence(key, need, into: &diagnostics) ?? []).compactMap {
      $0.string(into: &diagnostics)
    }
  }

  private static func input(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Input? {
    let name = reader.string("input", into: &diagnostics)
    let low = reader.decimal("from", into: &diagnostics)
    let high = reader.decimal("to", into: &diagnostics)
    let unit = reader.string("unit", .optional, into: &diagnostics) ?? ""
    let templates = texts("set", .required, &reader, into: &diagnostics)
    let source = reader.string("source", .optional, into: &diagnostics) ?? ""
    reader.finish(into: &diagnostics)
    guard let name, let low, let high, !templates.isEmpty else { return nil }
    guard low < high else {
      reader.report(
        .outOfRange(found: "\(high)", allowed: "above \(low)"), of: "to", into: &diagnostics)
      return nil
    }
    let input = Input(
      name: name, low: low, high: high, unit: unit, templates: templates, source: source)
    guard input.isUsed else {
      reader.report(
        .other("no override takes the value; write {x}, or a multiple such as {2x}"), of: "set",
        into: &diagnostics)
      return nil
    }
    return input
  }
}
