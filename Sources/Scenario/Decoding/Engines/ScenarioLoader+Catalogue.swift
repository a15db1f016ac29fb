// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import CloudModel
import Quantities
import TokenEngine

/// A user's own entries of the catalogue.
extension ScenarioLoader {
  /// The catalogue, with the entries of the file that the scenario names.
  mutating func readCatalogue(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) {
    catalogue = Catalogue()
    guard let value = root.node("catalogue", .optional, into: &diagnostics),
      let name = value.string(into: &diagnostics)
    else { return }
    let path = Self.resolve(name, at: value.location)
    do {
      let loaded = try ScenarioText.load(path, files: files, overrides: [])
      note(loaded.files)
      try loaded.check(is: .catalogue, path: path)
      catalogue.own = ownEntries(MappingReader(loaded), path: path, into: &diagnostics)
    } catch {
      for problem in error.errors {
        if case .missingFile = problem.problem {
          value.report(.missingFile(path), into: &diagnostics)
        } else {
          diagnostics.report(problem)
        }
      }
    }
  }

  /// Checks a file of own entries that stands alone.
  ///
  /// - Throws: all that is wrong with it.
  package static func checkCatalogue(
    _ loaded: LoadedScenario, path: String, files: FileReader
  ) throws(ScenarioErrors) {
    var diagnostics = Diagnostics()
    _ = ScenarioLoader(files: files)
      .ownEntries(MappingReader(loaded), path: path, into: &diagnostics)
    try diagnostics.throwIfAny(files: loaded.files)
  }

  private func ownEntries(
    _ reader: MappingReader, path: String, into diagnostics: inout Diagnostics
  ) -> Catalogue.Own {
    var reader = reader
    var own = Catalogue.Own()
    own.path = path
    _ = reader.integer("plimsoll_catalogue", in: 1...1, .required, into: &diagnostics)
    let name = reader.string("source", .required, into: &diagnostics)
    let day = reader.required("read", into: &diagnostics) { try UTCDate(parsing: $0) }
    let source = CatalogueSource(name: name ?? path, day: day)
    for entry in reader.entries("devices", .optional, into: &diagnostics) ?? [] {
      guard var device = entry.value.mapping(into: &diagnostics),
        let sheet = deviceSheet(&device, into: &diagnostics)
      else { continue }
      if let problem = sheet.problem { entry.report(.rule(.limit, problem), into: &diagnostics) }
      own.devices.append(CatalogueDevice(name: entry.name, sheet: sheet, source: source))
    }
    for entry in reader.entries("models", .optional, into: &diagnostics) ?? [] {
      guard var model = entry.value.mapping(into: &diagnostics) else { continue }
      let card = modelSizes(&model, into: &diagnostics)
      let context = model.integer(
        "context", in: 1...1_000_000_000, .optional, into: &diagnostics)
      model.finish(into: &diagnostics)
      guard let card else { continue }
      if let problem = card.problem { entry.report(.rule(.limit, problem), into: &diagnostics) }
      own.models.append(
        CatalogueModel(
          name: entry.name, card: card, context: context,
          precision: card.bytesPerWeight == 1 ? .fp8 : card.bytesPerWeight == 2 ? .bf16 : nil,
          lack: nil, source: source))
    }
    for entry in reader.entries("machines", .optional, into: &diagnostics) ?? [] {
      ownMachine(entry, source, &own, into: &diagnostics)
    }
    reader.finish(into: &diagnostics)
    return own
  }

  /// `{ device: H100-SXM, devices: 8, onDemand: 40 USD/h, spot: 12 USD/h }`.
  private func ownMachine(
    _ entry: NamedValue, _ source: CatalogueSource, _ own: inout Catalogue.Own,
    into diagnostics: inout Diagnostics
  ) {
    guard var machine = entry.value.mapping(into: &diagnostics) else { return }
    let device = machine.string("device", .required, into: &diagnostics)
    let count = machine.integer("devices", in: 1...1_024, .required, into: &diagnostics)
    let onDemand = machine.optional("onDemand", into: &diagnostics) { try hourlyPrice($0) }
    let spot = machine.optional("spot", into: &diagnostics) { try hourlyPrice($0) }
    machine.finish(into: &diagnostics)
    guard let device, let count else { return }
    var known = Catalogue()
    known.own = own
    guard known.device(device) != nil else {
      machine.report(
        .rule(.reference, lacking("device", device, among: known.deviceNames)), of: "device",
        into: &diagnostics)
      return
    }
    own.machines.append(
      CatalogueMachine(
        name: entry.name, cloud: "own", device: device, devices: count, deviceMemory: nil,
        source: source))
    guard onDemand != nil || spot != nil else { return }
    own.prices.append(
      CataloguePrice(
        machine: entry.name, region: nil, onDemand: onDemand, spot: spot, source: source))
  }

  /// The sentence that the catalogue has no entry of a name, with the nearest that it has.
  func lacking(_ what: String, _ name: String, among names: [String]) -> String {
    let nearest = nearestEntry(to: name, among: names)
    let suggestion = nearest.map { "; the nearest is '\($0)'" } ?? ""
    return "the catalogue has no \(what) \(ScenarioError.shown(name))\(suggestion)"
  }
}

/// A pool as it was written, for what has to be known before the fleet is read.
struct WrittenPool {
  let type: ScenarioNode?
  let zone: ScenarioNode?
  let market: String?
  /// The models that each machine serves, with the number of replicas.
  let serves: [(model: String, replicas: Int)]

  /// The pools of a scenario, right or wrong.
  static func all(in root: MappingReader) -> [WrittenPool] {
    (root.raw("fleet")?.entries ?? []).map { pool in
      func text(_ key: String) -> ScenarioNode? {
        pool.value.value(of: key).flatMap { if case .scalar = $0.content { $0 } else { nil } }
      }
      let serves = pool.value.value(of: "serves")?.entries ?? []
      return WrittenPool(
        type: text("type"), zone: text("zone"), market: text("market")?.text,
        serves: serves.map { entry in
          (entry.key, entry.value.text.flatMap { try? parseInteger($0) } ?? 0)
        })
    }
  }
}

extension ScenarioNode {
  /// The text of a single value.
  var text: String? { if case .scalar(let text) = content { text } else { nil } }
}
