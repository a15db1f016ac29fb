// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities
import ReplicaModel
import Workload

/// The models of a scenario and how each runs on machine types.
struct DecodedModels {
  /// Every model that is written, with the machine types that it is written for, right or wrong.
  var written: [(name: String, types: [String])] = []
  /// Whether nothing is known of the models, as they could not be read at all.
  var isUnknown = false
  var served: [ServedModel] = []
  var onMachines: [ModelOnMachine] = []
  /// The bytes of each model's weights, by number; `nil` where nobody says.
  var weights: [Int64?] = []
}

extension ScenarioLoader {
  /// The models with their quality and their batch latency on each machine type.
  ///
  /// - Parameters:
  ///   - mix: whose classes a quality speaks of; `nil` where they are not known.
  ///   - workload: whose requests engines are tried with; `nil` where it could not be read.
  mutating func models(
    _ root: inout MappingReader, mix: RequestMix?, _ workload: WorkloadModel?,
    into diagnostics: inout Diagnostics
  ) -> DecodedModels? {
    guard let entries = root.entries("models", .required, into: &diagnostics) else { return nil }
    var models = DecodedModels()
    let pools = WrittenPool.all(in: root)
    for entry in entries {
      models.written.append((entry.name, []))
      guard var reader = entry.value.mapping(into: &diagnostics) else { continue }
      let quality = quality(&reader, mix: mix, into: &diagnostics)
      let window = reader.integer("context", .optional, into: &diagnostics)
      let price = reader.optional("token_price", into: &diagnostics) { try nonNegativeAmount($0) }
      let weights = reader.optional("weights", into: &diagnostics) { try byteCount($0) }
      let card = writtenCard(entry.name, &reader, pools, into: &diagnostics)
      let context = window ?? card?.model.context
      models.weights.append(
        weights ?? card.flatMap { $0.model.card(in: $0.precision).weightBytes.wholeBytes })
      models.served.append(
        ServedModel(
          name: entry.name, quality: quality, contextWindow: context,
          tokenPrice: price))
      for machine in reader.entries("on", .optional, into: &diagnostics) ?? [] {
        models.written[models.written.count - 1].types.append(machine.name)
        guard var on = machine.value.mapping(into: &diagnostics) else { continue }
        let name = "\(entry.name) on \(machine.name)"
        let basis = card.flatMap { card in
          card.isDerived(on: machine.name)
            ? engineBasis(card, on: machine.name, named: name, at: entry, pools, into: &diagnostics)
            : nil
        }
        if let service = service(
          &on, named: name, context: context, workload, basis, into: &diagnostics)
        {
          models.onMachines.append(
            ModelOnMachine(model: entry.name, type: machine.name, service: service))
        }
        on.finish(into: &diagnostics)
      }
      if let card {
        for type in card.left {
          models.written[models.written.count - 1].types.append(type)
          let name = "\(entry.name) on \(type)"
          let path = KeyPathNames.appending(
            "engine",
            to: KeyPathNames.appending(type, to: KeyPathNames.appending("on", to: reader.keyPath)))
          var engine = MappingReader(
            [], at: entry.value.location, keyPath: path, shape: .mapping(KeyTable.engine))
          guard
            let basis = engineBasis(
              card, on: type, named: name, at: entry, pools, into: &diagnostics),
            let tokens = tokenModel(
              &engine, named: name, context: context, workload, basis, into: &diagnostics)
          else { continue }
          models.onMachines.append(
            ModelOnMachine(model: entry.name, type: type, service: .tokens(tokens)))
        }
      }
      reader.finish(into: &diagnostics)
    }
    guard models.served.count <= 255 else {
      root.report(
        .beyond(.limit, found: "\(models.served.count) models", allowed: "at most 255"),
        of: "models",
        into: &diagnostics)
      return nil
    }
    return models
  }

  /// How a replica serves the model on a machine: by `batch` or by `engine`.
  private mutating func service(
    _ reader: inout MappingReader, named name: String, context: Int?, _ workload: WorkloadModel?,
    _ basis: EngineBasis?, into diagnostics: inout Diagnostics
  ) -> ReplicaService? {
    if reader.isGiven("engine"), reader.isGiven("batch") {
      _ = reader.node("batch", .optional, into: &diagnostics)
      reader.report(
        .rule(.conflict, "it is served by batch or by engine; give one of them"), of: "batch",
        into: &diagnostics)
    }
    guard reader.has("engine") || (basis != nil && !reader.isGiven("batch")) else {
      return batchModel(&reader, into: &diagnostics).map { .batches($0) }
    }
    var engine = MappingReader(
      [], at: reader.location, keyPath: KeyPathNames.appending("engine", to: reader.keyPath),
      shape: .mapping(KeyTable.engine))
    if reader.isGiven("engine") {
      guard let written = reader.mapping("engine", .required, into: &diagnostics) else {
        return nil
      }
      engine = written
    }
    defer { engine.finish(into: &diagnostics) }
    return tokenModel(&engine, named: name, context: context, workload, basis, into: &diagnostics)
      .map { .tokens($0) }
  }

  /// `{ table, matrix: { class: score } }`; the matrix must say the same as the table on average.
  private func quality(
    _ reader: inout MappingReader, mix: RequestMix?, into diagnostics: inout Diagnostics
  ) -> ServedModel.Quality? {
    guard var quality = reader.mapping("quality", .optional, into: &diagnostics) else { return nil }
    defer { quality.finish(into: &diagnostics) }
    let table = quality.required("table", into: &diagnostics) { try shareOfWhole($0) }
    guard var matrix = quality.mapping("matrix", .optional, into: &diagnostics) else {
      return table.map { ServedModel.Quality(table: $0, byClass: []) }
    }
    let scores = (mix?.classNames ?? []).map { name in
      matrix.required(name, into: &diagnostics) { try shareOfWhole($0) }
    }
    // Where the workload is wrong its classes are unknown, and that is said elsewhere.
    if mix != nil { matrix.finish(into: &diagnostics) }
    let known = scores.compactMap { $0 }
    guard let table, let mix, known.count == scores.count else { return nil }
    let mean = zip(known, mix.classShares).reduce(0) { $0 + $1.0.fraction * $1.1.fraction }
    guard abs(mean - table.fraction) < 0.0005 else {
      quality.report(
        .beyond(
          .sum,
          found: "a mean of \(formatted(mean, places: 5)) over the classes",
          allowed: "the table's score, to three decimals"), of: "matrix", into: &diagnostics)
      return nil
    }
    return ServedModel.Quality(table: table, byClass: known)
  }
}
