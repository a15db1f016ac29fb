// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import TokenEngine

/// A step law whose parameters are fitted.
package enum StepLawForm: Sendable {
  /// Affine in what a step does.
  case affine
  /// From the sheet of a device and the card of a model.
  case roofline(Roofline)

  /// The device and the model of a roofline.
  package struct Roofline: Sendable {
    /// The sheet of a device.
    package let device: NamedDevice
    /// The card of the model.
    package let model: ModelCard
    /// Devices that share every matrix.
    package let tensorParallel: Int

    /// Those parts.
    package init(device: NamedDevice, model: ModelCard, tensorParallel: Int) {
      self.device = device
      self.model = model
      self.tensorParallel = tensorParallel
    }
  }

  /// A number that a law is made of.
  package struct Parameter: Sendable, Equatable {
    /// Its key in a scenario.
    package let name: String
    /// Whether it is a share; else it is a time in seconds.
    package let isShare: Bool
    /// The largest value that a scenario takes.
    package let most: Double
    /// What it is unless it is fitted; `nil` where it is.
    package let usual: Double?

    /// Reads a value of it, such as `61.1ns` or `80%`, above 0 where it is a share; `nil` where it is none.
    package func value(parsing text: String) -> Double? {
      let units: [(String, Double)] =
        isShare
        ? [("%", 0.01)]
        : [("fs", 1e-15), ("ps", 1e-12), ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1)]
      guard let unit = units.first(where: { text.hasSuffix($0.0) }),
        let number = Double(text.dropLast(unit.0.count)), number.isFinite
      else { return nil }
      let value = number * unit.1
      return value >= (isShare ? 0.001 : 0) && value <= most ? value : nil
    }
  }

  /// The numbers that it is made of.
  ///
  /// A roofline's fixed time of a step cannot be told from that of its layers, and its links not from its layers and
  /// prompts, by the steps of one model on one number of devices.
  package var parameters: [Parameter] {
    func time(_ name: String, _ most: Double, _ usual: Double? = nil) -> Parameter {
      Parameter(name: name, isShare: false, most: most, usual: usual)
    }
    func share(_ name: String, _ usual: Double? = nil) -> Parameter {
      Parameter(name: name, isShare: true, most: 1, usual: usual)
    }
    return switch self {
    case .affine:
      [
        time("fixed", 60), time("sequence", 1), time("context_token", 1e-3),
        time("prefill_token", 1),
      ]
    case .roofline:
      [
        share("memory"), share("matrix"), share("link", 0.8), time("layer", 1),
        time("fixed", 60, 0),
      ]
    }
  }

  /// The law with those parameters; `nil` where there is none.
  package func law(_ values: [Double]) -> EngineStepLaw? {
    func whole(_ seconds: Double) -> Int64 { Int64((seconds * 1e15).rounded()) }
    switch self {
    case .affine:
      guard zip(values, parameters).allSatisfy({ $0 >= 0 && $0 <= $1.most }) else { return nil }
      return .affine(
        AffineStepLaw(
          perStep: max(1, whole(values[0])), perSequence: whole(values[1]),
          perContextToken: whole(values[2]), perPrefillToken: whole(values[3])))
    case .roofline(let parts):
      let reached = RooflineStepLaw.Efficiencies(
        memory: values[0], matrix: values[1], link: values[2])
      guard values[3] >= 0, values[3] <= 1, values[4] >= 0, values[4] <= 60,
        RooflineStepLaw.problem(
          device: parts.device.sheet, model: parts.model, tensorParallel: parts.tensorParallel,
          efficiencies: reached, perLayer: whole(values[3]), perStep: whole(values[4])) == nil
      else { return nil }
      return .roofline(
        RooflineStepLaw(
          device: parts.device.sheet, model: parts.model, tensorParallel: parts.tensorParallel,
          efficiencies: reached, perLayer: whole(values[3]), perStep: whole(values[4])))
    }
  }

  /// Why no law of this form fits the device; `nil` where one may.
  package var problem: String? {
    guard case .roofline(let parts) = self else { return nil }
    return RooflineStepLaw.problem(
      device: parts.device.sheet, model: parts.model, tensorParallel: parts.tensorParallel,
      efficiencies: .init(memory: 1, matrix: 1, link: 1), perLayer: 0, perStep: 0)
  }

  /// Its keys in a scenario, under `engine`.
  func fragment(_ values: [Double]) -> [String] {
    let texts = zip(parameters, values).map { Self.text($1, isShare: $0.isShare) }
    switch self {
    case .affine:
      let pairs = zip(parameters, texts).map { "\($0.name): \($1)" }.joined(separator: ", ")
      return ["step: { affine: { \(pairs) } }"]
    case .roofline(let parts):
      return [
        "step:", "  roofline:", "    device: { \(parts.device.keys) }",
        "    model: { \(parts.model.keys) }", "    tensor_parallel: \(parts.tensorParallel)",
        "    efficiency: { memory: \(texts[0]), matrix: \(texts[1]), link: \(texts[2]) }",
        "    layer: \(texts[3])", "    fixed: \(texts[4])",
      ]
    }
  }

  /// A parameter as a scenario has it.
  static func text(_ value: Double, isShare: Bool) -> String {
    if isShare { return FittedText.number(value * 100, digits: 6) + "%" }
    // Whole femtoseconds, of which six digits say enough.
    let femtoseconds = (value * 1e15).rounded()
    guard femtoseconds >= 1 else { return "0s" }
    let units: [(String, Double)] = [
      ("s", 1e15), ("ms", 1e12), ("us", 1e9), ("ns", 1e6), ("ps", 1e3), ("fs", 1),
    ]
    let unit = units.first { femtoseconds >= $0.1 } ?? ("fs", 1)
    return FittedText.number(femtoseconds / unit.1, digits: unit.1 > 1e3 ? 6 : 3) + unit.0
  }
}

/// The sheet of a device as a scenario's keys.
package struct NamedDevice: Sendable, Equatable {
  /// The numbers.
  package let sheet: DeviceSheet
  /// The keys, as they were given.
  package let keys: String

  /// What is allowed.
  package static let allowed =
    "memory=80GB,memory_bandwidth=3350GB/s,matrix_tflops=989,link_bandwidth=450GB/s, and link_latency=10us "
    + "where there is one: the keys of engine.step.roofline.device"

  /// Reads `memory=80GB,memory_bandwidth=3350GB/s,…`; `nil` where it is none.
  package init?(parsing text: String) {
    var values: [String: String] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, values.updateValue(sides[1], forKey: sides[0]) == nil else {
        return nil
      }
    }
    let names = [
      "memory", "memory_bandwidth", "matrix_tflops", "link_bandwidth", "link_latency",
    ]
    guard values.keys.allSatisfy({ names.contains($0) }),
      let memory = Self.number(values["memory"], Self.bytes),
      let rate = Self.number(values["memory_bandwidth"], Self.rates),
      let tera = Self.number(values["matrix_tflops"], [("", 1)]),
      let link = Self.number(values["link_bandwidth"], Self.rates),
      let latency = Self.number(
        values["link_latency"] ?? "0s", [("us", 1e-6), ("ns", 1e-9), ("ms", 1e-3), ("s", 1)]),
      memory < 1e18
    else { return nil }
    sheet = DeviceSheet(
      memoryBytesPerSecond: rate, memoryBytes: Int(memory), matrixOperationsPerSecond: tera * 1e12,
      linkBytesPerSecond: link, linkLatency: latency)
    keys = names.compactMap { name in values[name].map { "\(name): \($0)" } }
      .joined(separator: ", ")
  }

  private static let bytes: [(String, Double)] = [
    ("GiB", 0x1p30), ("MiB", 0x1p20), ("TiB", 0x1p40), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6),
    ("B", 1),
  ]
  private static let rates = bytes.map { ($0.0 + "/s", $0.1) }

  private static func number(_ text: String?, _ units: [(String, Double)]) -> Double? {
    guard let text, let unit = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.0.count)), number >= 0, number.isFinite
    else { return nil }
    return number * unit.1
  }
}

extension ModelCard {
  /// Its keys in a scenario.
  var keys: String {
    var text =
      "layers: \(layers), hidden: \(width), heads: \(heads), kv_heads: \(kvHeads), head_width: \(headWidth), "
      + "feed_forward: \(feedForwardWidth), vocabulary: \(vocabulary), "
      + "weight_bytes: \(Self.plain(bytesPerWeight)), kv_bytes: \(Self.plain(bytesPerKVElement))"
    if tiesEmbeddings { text += ", tied_embeddings: true" }
    if let experts {
      text +=
        ", experts: { total: \(experts.total), active: \(experts.active), width: \(experts.width) }"
    }
    return text
  }

  /// A number without zeros at its end.
  private static func plain(_ value: Double) -> String {
    formatted(digits: Int64((value * 1e6).rounded()), places: 6, trimmingZeros: true)
  }

  /// Reads the `config.json` of a model as Hugging Face's libraries write it.
  ///
  /// - Throws: what is missing, and models that do not fit into a card.
  package init(
    configuration bytes: [UInt8], bytesPerWeight: Double, bytesPerKVElement: Double
  ) throws(TraceErrors) {
    let file = try JSONFile(bytes)
    let root = file.roots[0]
    guard root.members != nil else {
      throw file.failure(root, allowed: "the config.json of a model")
    }
    // Models that also see or hear have the sizes of their text in a part of their own.
    let text = root["text_config"] ?? root
    func count(_ names: [String]) -> Int? {
      names.lazy.compactMap { text[$0]?.scalar.flatMap { Int($0) } }.first
    }
    func required(_ names: [String]) throws(TraceErrors) -> Int {
      if let number = count(names), number > 0 { return number }
      throw file.failure(text, found: "no '\(names[0])'", allowed: "a whole number for it")
    }
    for name in ["kv_lora_rank", "ssm_cfg", "linear_num_value_heads", "mamba_d_state"] {
      if let node = text[name], node.scalar != nil {
        throw file.failure(
          node, found: "'\(name)'", allowed: "a model whose layers all have grouped-query attention"
        )
      }
    }
    if let layers = text["layer_types"], let kinds = layers.items,
      let other = kinds.first(where: { $0.text != "full_attention" })
    {
      throw file.failure(other, allowed: "full_attention in every layer")
    }
    let width = try required(["hidden_size"])
    let heads = try required(["num_attention_heads"])
    let inner = try required(["intermediate_size", "moe_intermediate_size"])
    var experts: Experts?
    var forward = inner
    if let total = count(["num_local_experts", "num_experts", "n_routed_experts"]), total > 1 {
      let expertWidth = count(["moe_intermediate_size"]) ?? inner
      experts = Experts(
        total: total, active: try required(["num_experts_per_tok"]), width: expertWidth)
      forward =
        count(["shared_expert_intermediate_size"])
        ?? (count(["n_shared_experts"]) ?? 0) * expertWidth
    }
    var tied = false
    if case .flag(let flag)? = (text["tie_word_embeddings"] ?? root["tie_word_embeddings"])?.content
    {
      tied = flag
    }
    self.init(
      layers: try required(["num_hidden_layers"]), width: width, heads: heads,
      kvHeads: count(["num_key_value_heads"]) ?? heads,
      headWidth: count(["head_dim"]) ?? width / heads,
      feedForwardWidth: forward, vocabulary: try required(["vocab_size"]), experts: experts,
      bytesPerWeight: bytesPerWeight, bytesPerKVElement: bytesPerKVElement, tiesEmbeddings: tied)
    if let problem {
      throw file.failure(text, found: problem, allowed: "a decoder-only transformer")
    }
  }
}
