// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities
import TokenEngine

/// What the catalogue knows of a model on a machine: from it follows what a scenario leaves out of an engine.
struct EngineBasis {
  /// What it is called in messages: the model on the machine.
  let name: String
  let model: CatalogueModel
  let precision: WeightPrecision?
  let machine: CatalogueMachine
  let device: CatalogueDevice
  /// Replicas of all models on each machine; `nil` where no pool, or pools in different ways, serve the model there.
  let replicas: Int?
  /// Replicas of this model on each machine.
  let own: Int

  /// The step law of the card on the sheet.
  func law(
    _ reader: inout MappingReader, _ loader: ScenarioLoader, into diagnostics: inout Diagnostics
  ) -> DecodedStepLaw? {
    guard let parallel = parallel(&reader, into: &diagnostics) else { return nil }
    if let lack = model.lack {
      reader.report(
        .rule(
          .needed,
          "required, since \(model.name) \(lack): a step law of its own (affine or surface), and the engine's blocks"
        ), of: "step", into: &diagnostics)
      return nil
    }
    let roofline = Catalogue.roofline
    let precision = precision ?? model.precision ?? .bf16
    let sheet: DeviceSheet
    let taken: [CatalogueDevice.Quantity]
    switch device.sheet(
      for: precision, memory: machine.deviceMemory, devices: parallel,
      latency: roofline.linkLatency)
    {
    case .failure(let lack):
      reader.report(
        .rule(.needed, "required, since the catalogue has \(lack.what)"), of: "step",
        into: &diagnostics)
      return nil
    case .success(let found): (sheet, taken) = found
    }
    let card = model.card(in: self.precision)
    let problem = RooflineStepLaw.problem(
      device: sheet, model: card, tensorParallel: parallel, efficiencies: roofline.efficiencies,
      perLayer: roofline.perLayer, perStep: 0)
    if let problem {
      reader.report(
        .rule(.limit, "\(name) on \(parallel) devices: \(problem)"), of: "tensor_parallel",
        into: &diagnostics)
      return nil
    }
    return DecodedStepLaw(
      law: .roofline(
        RooflineStepLaw(
          device: sheet, model: card, tensorParallel: parallel, efficiencies: roofline.efficiencies,
          perLayer: roofline.perLayer)),
      sheet: (sheet, card, parallel), taken: taken)
  }

  /// How many devices share a replica: as written, or all that a machine has for each.
  private func parallel(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Int? {
    if reader.has("tensor_parallel") {
      let count = reader.integer(
        "tensor_parallel", .required, into: &diagnostics)
      guard let count else { return nil }
      let most = machine.devices / count
      guard own <= most else {
        let devices = "\(machine.devices) devices (\(device.name))"
        reader.report(
          .rule(
            .limit,
            own <= 1
              ? "\(machine.name) has \(devices)"
              : "\(own) replicas of \(count) devices each; \(machine.name) has \(devices)"),
          of: "tensor_parallel", into: &diagnostics)
        return nil
      }
      return count
    }
    guard let replicas, replicas > 0 else {
      reader.report(
        .rule(
          .needed,
          "required: on how many devices a replica runs, since the fleet does not say it in one way"
        ),
        of: "tensor_parallel", into: &diagnostics)
      return nil
    }
    guard machine.devices % replicas == 0 else {
      reader.report(
        .rule(
          .needed,
          "required: the \(machine.devices) devices of \(machine.name) do not go evenly onto "
            + "\(replicas) replicas"), of: "tensor_parallel", into: &diagnostics)
      return nil
    }
    return machine.devices / replicas
  }

  /// The defaults of an engine; reads which version of it is meant.
  func defaults(
    of engine: String, _ reader: inout MappingReader, _ loader: ScenarioLoader,
    into diagnostics: inout Diagnostics
  ) -> EngineDefaults? {
    let versions = loader.catalogue.versions(of: engine)
    guard !versions.isEmpty else { return nil }
    let version = reader.string("version", .optional, into: &diagnostics)
    var defaults = loader.catalogue.defaults(of: engine, version: version, on: device.name)
    defaults?.owner = name
    if defaults == nil, let version {
      reader.report(
        .lacks(.reference, found: version, allowed: versions.joined(separator: ", ")),
        of: "version",
        into: &diagnostics)
    }
    return defaults
  }

  /// What was taken for the step law, in a sentence.
  func told(_ step: DecodedStepLaw, at start: UTCDate?) -> [String] {
    guard let sheet = step.sheet, !step.taken.isEmpty else { return [] }
    let roofline = Catalogue.roofline
    let weights = formatted(sheet.model.weightBytes / 1e9, places: 1)
    let kind = (precision ?? model.precision)?.rawValue ?? "\(sheet.model.bytesPerWeight) bytes"
    let rate = { (value: Double) in formatted(value / 1e9, places: 0, groupSeparator: ",") }
    var sources: [String] = []
    for quantity in step.taken {
      let text = quantity.source.told(at: start)
      if !sources.contains(text) { sources.append(text) }
    }
    let fixed = formatted(Double(roofline.perLayer) / 1e9, places: 0)
    let latency = formatted(roofline.linkLatency * 1e6, places: 0)
    var law =
      "\(name): step times by the roofline of \(device.name) (\(rate(sheet.device.memoryBytesPerSecond)) GB/s, "
      + "\(rate(sheet.device.matrixOperationsPerSecond / 1_000)) TFLOP/s; \(sources.joined(separator: "; "))), "
      + "\(Self.percent(roofline.efficiencies.memory)) of its memory's rate, "
      + "\(Self.percent(roofline.efficiencies.matrix)) of its matrix units', \(fixed) us a layer"
    if sheet.tensorParallel > 1 {
      law +=
        ", \(Self.percent(roofline.efficiencies.link)) of its links', \(latency) us an all-reduce"
    }
    return [
      "\(name): \(sheet.model.layers) layers, \(weights) GB of weights in \(kind) on \(sheet.tensorParallel) of "
        + "\(machine.devices) devices (\(model.source.told(at: start)); \(machine.name) has \(device.name): "
        + "\(machine.source.told(at: start)))",
      law + "; " + measured(on: sheet.tensorParallel),
    ]
  }

  /// How far the law was off where an engine was measured.
  private func measured(on devices: Int) -> String {
    let same = Catalogue.laws.filter { $0.device == device.name && $0.devices == devices }
    let rows = same.isEmpty ? Catalogue.laws : same
    let errors = rows.map(\.error).sorted()
    guard let low = errors.first, let high = errors.last, let row = rows.first else { return "" }
    let place =
      same.isEmpty
      ? "no engine was measured on \(devices) \(device.name); on 1 to 8 H100 and H200"
      : "on \(devices) \(row.device)"
    return
      "\(place) it was \(Self.signed(low)) to \(Self.signed(high)) off the measured time of a token (\(row.model) in "
      + "\(row.precision.rawValue), \(row.source)). A measured step law of your own replaces it"
  }

  private static func percent(_ share: Double) -> String {
    formatted(share * 100, places: 0) + " %"
  }

  private static func signed(_ share: Double) -> String {
    (share > 0 ? "+" : "") + formatted(share * 100, places: 0) + " %"
  }
}
