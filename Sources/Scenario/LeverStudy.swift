// SPDX-License-Identifier: GPL-3.0-or-later

/// Which levers a scenario has, how each is switched off, and which sizes its fleet may have.
package struct LeverStudy: Sendable {
  /// Something that makes a fleet cheaper, and can be left out.
  package struct Lever: Sendable, Equatable {
    /// What it is called.
    package let name: String
    /// The overrides that switch it off.
    package let off: [String]

    /// A lever of that name.
    package init(name: String, off: [String]) {
      self.name = name
      self.off = off
    }
  }

  /// What it asks.
  package let about: String
  /// The path of the scenario, which has every lever on.
  package let scenario: String
  /// Overrides that hold for every fleet, before those of levers.
  package let overrides: [String]
  /// The sizes that are searched, as keys with their values; every combination is a size.
  package let sizes: [String]
  /// How many replications each fleet has; two and four times as many where these do not tell.
  package let replications: Int
  /// How many orders are drawn where there are too many levers for all coalitions.
  package let orders: Int
  /// The levers, in the order of the file.
  package let levers: [Lever]

  /// The most levers of which every coalition is simulated.
  package static var exactLimit: Int { 8 }

  /// A study of those values.
  package init(
    about: String, scenario: String, overrides: [String], sizes: [String], replications: Int,
    orders: Int, levers: [Lever]
  ) {
    self.about = about
    self.scenario = scenario
    self.overrides = overrides
    self.sizes = sizes
    self.replications = replications
    self.orders = orders
    self.levers = levers
  }
}

extension LeverStudy {
  /// Reads the study of a file, and checks the scenario with all levers on, with each alone off and with all
  /// off.
  ///
  /// - Parameters:
  ///   - overrides: hold for every fleet, beside those of the file.
  ///   - sizeProblem: what is wrong with the text of a size; `nil` where nothing is.
  /// - Throws: all that is wrong with the study at once, then all that is wrong with a scenario.
  package static func load(
    _ path: String, files: FileReader, overrides more: [String] = [],
    sizeProblem: (_ text: String) -> String?
  ) throws(ScenarioErrors) -> LeverStudy {
    let loaded = try ScenarioText.load(path, files: files, overrides: [])
    try loaded.check(is: .levers, path: path)
    var root = MappingReader(loaded)
    var diagnostics = Diagnostics()
    _ = root.integer("plimsoll_levers", in: 1...1, into: &diagnostics)
    let about = root.string("about", .optional, into: &diagnostics) ?? ""
    let file = root.node("scenario", into: &diagnostics)
    let overrides = texts("set", .optional, &root, into: &diagnostics)
    let replications = root.integer("replications", in: 2...1_000, .optional, into: &diagnostics)
    let orders = root.integer("orders", in: 2...100_000, .optional, into: &diagnostics)
    var sizes: [String] = []
    for value in root.sequence("over", into: &diagnostics) ?? [] {
      guard let text = value.string(into: &diagnostics) else { continue }
      if let problem = sizeProblem(text) { value.report(.other(problem), into: &diagnostics) }
      sizes.append(text)
    }
    let values = root.sequence("levers", into: &diagnostics) ?? []
    root.finish(into: &diagnostics)
    var levers: [Lever] = []
    for value in values {
      guard let reader = value.mapping(into: &diagnostics) else { continue }
      lever(reader, beside: &levers, into: &diagnostics)
    }
    if diagnostics.isEmpty {
      if levers.isEmpty {
        root.report(.other("required: at least one lever"), of: "levers", into: &diagnostics)
      }
      if levers.count > 32 {
        root.report(.other("at most 32 levers"), of: "levers", into: &diagnostics)
      }
      if sizes.isEmpty {
        root.report(
          .other("required: at least one key with its values"), of: "over", into: &diagnostics)
      }
    }
    var scenario = ""
    if let file, let name = file.string(into: &diagnostics) {
      scenario = ScenarioLoader.resolve(name, at: file.location)
      if (try? files.read(scenario)) == nil {
        file.report(.missingFile(scenario), into: &diagnostics)
      }
    }
    try diagnostics.throwIfAny(files: loaded.files)
    let study = LeverStudy(
      about: about, scenario: scenario, overrides: overrides + more, sizes: sizes,
      replications: replications ?? 5, orders: orders ?? 100, levers: levers)
    try study.check(files)
    return study
  }

  /// The overrides of a coalition: those that switch off every lever that is no member, bit by bit.
  package func overrides(of coalition: Int) -> [String] {
    overrides
      + levers.indices.filter { coalition & 1 << $0 == 0 }.flatMap { levers[$0].off }
  }

  /// Reads what can be read of the scenario before anything runs.
  private func check(_ files: FileReader) throws(ScenarioErrors) {
    let whole = 1 << levers.count - 1
    for coalition in [whole] + levers.indices.map({ whole ^ 1 << $0 }) + [0] {
      _ = try ScenarioLoader.load(scenario, files: files, overrides: overrides(of: coalition))
    }
  }

  private static func texts(
    _ key: String, _ need: MappingReader.Need, _ reader: inout MappingReader,
    into diagnostics: inout Diagnostics
  ) -> [String] {
    (reader.sequence(key, need, into: &diagnostics) ?? []).compactMap {
      $0.string(into: &diagnostics)
    }
  }

  private static func lever(
    _ mapping: MappingReader, beside levers: inout [Lever], into diagnostics: inout Diagnostics
  ) {
    var reader = mapping
    let name = reader.string("lever", into: &diagnostics)
    let faults = diagnostics.count
    let off = texts("off", .required, &reader, into: &diagnostics)
    if off.isEmpty, diagnostics.count == faults {
      reader.report(.other("required: at least one override"), of: "off", into: &diagnostics)
    }
    reader.finish(into: &diagnostics)
    guard let name else { return }
    if levers.contains(where: { $0.name == name }) {
      reader.report(.other("'\(name)' is a lever already"), of: "lever", into: &diagnostics)
    }
    levers.append(Lever(name: name, off: off))
  }
}
