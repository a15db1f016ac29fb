// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import EngineFiles
import Quantities
import ReplicaModel
import TokenEngine
import Workload

/// The time of a step, and for a roofline what it was made of.
struct DecodedStepLaw {
  let law: EngineStepLaw
  /// The device and the model; `nil` where the law was measured.
  var sheet: StepSheet?
  /// What of the sheet came from the catalogue.
  var taken: [CatalogueDevice.Quantity] = []
}

/// What a roofline law says of a device and a model.
typealias StepSheet = (device: DeviceSheet, model: ModelCard, tensorParallel: Int)

/// How long steps of an engine take, and what prompts begin with.
extension ScenarioLoader {
  /// `step: { affine: { … } }` or `step: { roofline: { … } }`; where it is left out, what the catalogue knows.
  mutating func stepLaw(
    _ reader: inout MappingReader, _ basis: EngineBasis?, into diagnostics: inout Diagnostics
  ) -> DecodedStepLaw? {
    if let basis, !reader.isGiven("step") { return basis.law(&reader, self, into: &diagnostics) }
    guard var step = reader.mapping("step", .required, into: &diagnostics) else { return nil }
    defer { step.finish(into: &diagnostics) }
    let laws = ["affine", "roofline", "surface"]
    let given = laws.filter { step.has($0) }
    guard let law = given.first else {
      reader.report(
        .rule(
          .needed,
          "required: affine, roofline or surface, by which the time of a step follows from its tokens"
        ), of: "step", into: &diagnostics)
      return nil
    }
    if given.count > 1 {
      step.report(.rule(.conflict, "a step has one law"), of: given[1], into: &diagnostics)
      return nil
    }
    if law == "surface" { return surface(&step, into: &diagnostics) }
    if step.isGiven("roofline") {
      guard var law = step.mapping("roofline", .required, into: &diagnostics) else { return nil }
      defer { law.finish(into: &diagnostics) }
      return roofline(&law, into: &diagnostics)
    }
    guard var law = step.mapping("affine", .required, into: &diagnostics) else { return nil }
    defer { law.finish(into: &diagnostics) }
    let times = [
      ("fixed", StepTime.ofStep), ("sequence", .ofRequest), ("context_token", .ofContext),
      ("prefill_token", .ofRequest),
    ]
    .map { key, limit in law.required(key, into: &diagnostics) { try limit.parse($0) } }
    guard let fixed = times[0], let sequence = times[1], let context = times[2],
      let prefill = times[3]
    else { return nil }
    guard fixed > 0 else {
      law.report(
        .rule(.quantityRange, "a step takes longer than 0s"), of: "fixed", into: &diagnostics)
      return nil
    }
    return DecodedStepLaw(
      law: .affine(
        AffineStepLaw(
          perStep: fixed, perSequence: sequence, perContextToken: context, perPrefillToken: prefill)
      ))
  }

  /// `step: { surface: FOLDER, layers: 28 }`: three tables of measured times of one layer.
  private mutating func surface(
    _ step: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DecodedStepLaw? {
    let layers = step.integer("layers", .required, into: &diagnostics)
    guard let folder = step.node("surface", .required, into: &diagnostics),
      let name = folder.string(into: &diagnostics), let layers
    else { return nil }
    let tables = SurfaceFiles.names.compactMap { table in
      read("\(name)/\(table)", namedBy: folder, into: &diagnostics)
    }
    guard tables.count == SurfaceFiles.names.count else { return nil }
    var path = tables[0].path
    do {
      let operators = try SurfaceFiles.operators(tables[0].bytes)
      path = tables[1].path
      let decode = try SurfaceFiles.decode(tables[1].bytes)
      path = tables[2].path
      let prefill = try SurfaceFiles.prefill(tables[2].bytes)
      return DecodedStepLaw(
        law: .surface(
          SurfaceStepLaw(layers: layers, operators: operators, decode: decode, prefill: prefill)))
    } catch {
      report(error, in: path, named: folder, into: &diagnostics)
      return nil
    }
  }

  private func roofline(
    _ law: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DecodedStepLaw? {
    let device = device(&law, into: &diagnostics)
    let model = modelCard(&law, into: &diagnostics)
    let devices =
      law.integer("tensor_parallel", .optional, into: &diagnostics) ?? 1
    guard var reached = law.mapping("efficiency", .required, into: &diagnostics) else { return nil }
    let shares = ["memory", "matrix", "link"].map { key in
      reached.required(key, into: &diagnostics) { try shareOfWhole($0) }
    }
    reached.finish(into: &diagnostics)
    let perLayer =
      law.optional("layer", into: &diagnostics) { try StepTime.ofRequest.parse($0) } ?? 0
    let perStep = law.optional("fixed", into: &diagnostics) { try StepTime.ofStep.parse($0) } ?? 0
    guard let device, let model, let memory = shares[0], let matrix = shares[1],
      let link = shares[2]
    else { return nil }
    let efficiencies = RooflineStepLaw.Efficiencies(
      memory: memory.fraction, matrix: matrix.fraction, link: link.fraction)
    let problem = RooflineStepLaw.problem(
      device: device, model: model, tensorParallel: devices, efficiencies: efficiencies,
      perLayer: perLayer, perStep: perStep)
    if let problem {
      law.report(.rule(.limit, problem), of: "device", into: &diagnostics)
      return nil
    }
    return DecodedStepLaw(
      law: .roofline(
        RooflineStepLaw(
          device: device, model: model, tensorParallel: devices, efficiencies: efficiencies,
          perLayer: perLayer, perStep: perStep)),
      sheet: (device, model, devices))
  }

  private func device(
    _ law: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DeviceSheet? {
    guard var reader = law.mapping("device", .required, into: &diagnostics) else { return nil }
    return deviceSheet(&reader, into: &diagnostics)
  }

  /// The sheet of a device, with all that the mapping holds.
  func deviceSheet(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DeviceSheet? {
    defer { reader.finish(into: &diagnostics) }
    let memory = reader.required("memory", into: &diagnostics) { try byteCount($0) }
    let rate = reader.required("memory_bandwidth", into: &diagnostics) { try bandwidth($0) }
    let tera = reader.decimal(
      "matrix_tflops", in: 0.001...1_000_000, .required, into: &diagnostics)
    let link = reader.required("link_bandwidth", into: &diagnostics) { try bandwidth($0) }
    let latency =
      reader.optional("link_latency", into: &diagnostics) { try StepTime.ofRequest.parse($0) } ?? 0
    guard let memory, let rate, let tera, let link else { return nil }
    return DeviceSheet(
      memoryBytesPerSecond: Double(rate), memoryBytes: Int(memory),
      matrixOperationsPerSecond: tera * 1e12, linkBytesPerSecond: Double(link),
      linkLatency: Double(latency) / 1e15)
  }

  private func modelCard(
    _ law: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> ModelCard? {
    guard var reader = law.mapping("model", .required, into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    return modelSizes(&reader, into: &diagnostics)
  }

  /// The sizes of a model; what else the mapping holds is for the caller.
  func modelSizes(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> ModelCard? {
    let keys = [
      "layers", "hidden", "heads", "kv_heads", "head_width", "feed_forward", "vocabulary",
    ]
    let sizes = keys.map { key in
      reader.integer(
        key, in: (key == "feed_forward" ? 0 : 1)...1_000_000, .required, into: &diagnostics)
    }
    let weight = reader.decimal("weight_bytes", in: 0.125...8, .required, into: &diagnostics)
    let keyBytes = reader.decimal("kv_bytes", in: 0.125...8, .optional, into: &diagnostics) ?? 2
    let isTied = reader.boolean("tied_embeddings", .optional, into: &diagnostics) ?? false
    var experts: ModelCard.Experts?
    if var part = reader.mapping("experts", .optional, into: &diagnostics) {
      let numbers = ["total", "active", "width"].map { key in
        part.integer(key, in: 1...1_000_000, .required, into: &diagnostics)
      }
      part.finish(into: &diagnostics)
      guard let total = numbers[0], let active = numbers[1], let width = numbers[2] else {
        return nil
      }
      experts = ModelCard.Experts(total: total, active: active, width: width)
    }
    let known = sizes.compactMap { $0 }
    guard known.count == keys.count, let weight else { return nil }
    return ModelCard(
      layers: known[0], width: known[1], heads: known[2], kvHeads: known[3], headWidth: known[4],
      feedForwardWidth: known[5], vocabulary: known[6], experts: experts, bytesPerWeight: weight,
      bytesPerKVElement: keyBytes, tiesEmbeddings: isTied)
  }

  /// `host: { step: 2ms, sequence: 10us }`; none where it is left out.
  func hostTime(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> HostTime? {
    guard var host = reader.mapping("host", .optional, into: &diagnostics) else {
      return HostTime.none
    }
    defer { host.finish(into: &diagnostics) }
    let step = host.required("step", into: &diagnostics) { try StepTime.ofStep.parse($0) }
    let sequence =
      host.optional("sequence", into: &diagnostics) { try StepTime.ofRequest.parse($0) } ?? 0
    return step.map { HostTime(perStep: $0, perSequence: sequence) }
  }

  /// `system_prompts: { count: 8, tokens: 1_200, zipf: 1 }`.
  func systemPrompts(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> SystemPrompts? {
    guard var prompts = reader.mapping("system_prompts", .optional, into: &diagnostics) else {
      return nil
    }
    defer { prompts.finish(into: &diagnostics) }
    let count = prompts.integer("count", .required, into: &diagnostics)
    let tokens = prompts.integer("tokens", .required, into: &diagnostics)
    let zipf = prompts.decimal("zipf", .optional, into: &diagnostics) ?? 0
    guard let count, let tokens else { return nil }
    return SystemPrompts(tokens: tokens, count: count, zipfExponent: zipf)
  }

  /// The lengths of another scenario's requests, and what its prompts begin with; `nil` where no laws tell them.
  mutating func lengths(
    in root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> WorkloadModel? {
    guard var reader = root.mapping("workload", .required, into: &diagnostics) else { return nil }
    let laws = ["prompt_tokens", "output_tokens"].map { key in
      reader.node(key, .optional, into: &diagnostics).flatMap {
        law($0, .count, into: &diagnostics)
      }
    }
    systemPrompts = systemPrompts(&reader, into: &diagnostics)
    let conversations = sessions(&reader, into: &diagnostics).conversations
    guard laws.allSatisfy({ $0 != nil }) else { return nil }
    let mix = RequestMix(
      classes: [("all", .whole)], promptTokens: laws[0], outputTokens: laws[1],
      deterministic: .zero, content: nil)
    return WorkloadModel(
      arrivals: .poisson(.constant(Rate(roundingPerSecond: 1))), mix: mix,
      conversations: conversations)
  }
}

/// How long a part of a step may take: so that no sum over requests and tokens leaves its type.
private enum StepTime: String {
  /// What each step takes.
  case ofStep = "60s"
  /// What a request or a token of a prompt takes in it.
  case ofRequest = "1s"
  /// What a token takes whose keys and values are read.
  case ofContext = "1ms"

  /// Reads a time in whole femtoseconds, such as `14ms`, `25.5us` or `520ps`.
  func parse(_ text: String) throws -> Int64 {
    let allowed =
      "a time from 0s to \(rawValue) in whole femtoseconds, such as 14ms, 25.5us or 520ps"
    let (number, name) = text.splitAfterNumber()
    guard let unit = Self.units.first(where: { $0.name == name }),
      let decimal = try? DecimalText(parsing: number)
    else { throw UnreadableQuantity(allowed: allowed) }
    guard let time = decimal.exactly(times: unit.femtoseconds), (0...most).contains(time) else {
      throw UnreadableQuantity(range: allowed)
    }
    return time
  }

  private var most: Int64 {
    switch self {
    case .ofStep: 60_000_000_000_000_000
    case .ofRequest: 1_000_000_000_000_000
    case .ofContext: 1_000_000_000_000
    }
  }

  private static let units: [(name: String, femtoseconds: Int64)] = [
    ("fs", 1), ("ps", 1_000), ("ns", 1_000_000), ("us", 1_000_000_000),
    ("ms", 1_000_000_000_000), ("s", 1_000_000_000_000_000),
  ]
}
