// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Numerics
import Quantities
import RandomStreams
import ReplicaModel
import Serving

/// The launches of a scenario's cloud, before it is known what a machine loads.
enum DecodedCloud: Equatable {
  case ideal
  /// How weights come: in a time of their own, or as bytes over a bandwidth that scatters.
  enum Load: Equatable {
    case law(Distribution)
    case bandwidth(bytesPerSecond: Int64, scatter: Distribution)
  }
  case staged(answer: Distribution, boot: Distribution, image: Distribution, load: Load)

  /// How a machine with those replicas is launched; each model's weights are loaded once.
  func launch(
    of replicas: [ReplicaPlace], weights: [Int64?], at reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) -> LaunchLaw? {
    guard case .staged(let answer, let boot, let image, let load) = self else { return .ideal }
    let time: Distribution
    switch load {
    case .law(let law):
      time = law
    case .bandwidth(let bytesPerSecond, let scatter):
      var models: [Int] = []
      for replica in replicas where !models.contains(replica.serves.index) {
        models.append(replica.serves.index)
      }
      var bytes = 0.0
      for model in models {
        guard let size = weights[model] else {
          reader.report(
            .rule(
              .needed, "load has a bandwidth, so every model here needs its weights, such as 40GB"),
            of: "serves", into: &diagnostics)
          return nil
        }
        bytes += Double(size)
      }
      guard let scaled = scatter.scaled(by: bytes / Double(bytesPerSecond)) else { return nil }
      time = scaled
    }
    return .staged(LaunchLaw.Stages(answer: answer, boot: boot, image: image, load: time))
  }
}

extension ScenarioLoader {
  /// Whether the cloud is ideal, or how long its machines take to start; and its quotas.
  func cloud(
    _ root: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> (launch: DecodedCloud, quotas: [Quota])? {
    guard let value = root.node("cloud", .required, into: &diagnostics) else { return nil }
    if case .scalar(let text) = value.node.content {
      if text == "ideal" { return (.ideal, []) }
      value.report(
        .unreadable(found: text, allowed: "ideal, or { answer: 5s, boot: 2min, load: 5min }"),
        into: &diagnostics)
      return nil
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    let answer = reader.node("answer", .required, into: &diagnostics).flatMap {
      law($0, .time, into: &diagnostics)
    }
    let boot = reader.node("boot", .required, into: &diagnostics).flatMap {
      law($0, .time, into: &diagnostics)
    }
    let image = imagePull(&reader, into: &diagnostics)
    let load = reader.node("load", .required, into: &diagnostics).flatMap {
      weightsLoad($0, into: &diagnostics)
    }
    let quotas = quotas(&reader, into: &diagnostics)
    reader.finish(into: &diagnostics)
    guard let answer, let boot, let image, let load else { return nil }
    return (.staged(answer: answer, boot: boot, image: image, load: load), quotas)
  }

  /// A time, or `{ size: 12GB, bandwidth: 400MB/s }`; none takes none.
  private func imagePull(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let value = reader.node("image", .optional, into: &diagnostics) else {
      return try? Distribution(.constant(0))
    }
    guard value.node.entries?.contains(where: { $0.key == "bandwidth" }) ?? false else {
      return law(value, .time, into: &diagnostics)
    }
    guard var pull = value.mapping(into: &diagnostics) else { return nil }
    let size = pull.required("size", into: &diagnostics) { try byteCount($0) }
    let speed = pull.required("bandwidth", into: &diagnostics) { try bandwidth($0) }
    let scatter = scatter(&pull, into: &diagnostics)
    pull.finish(into: &diagnostics)
    guard let size, let speed, let scatter else { return nil }
    return scatter.scaled(by: Double(size) / Double(speed))
  }

  /// A time, or `{ bandwidth: 2GB/s }` for the weights of the models that a machine serves.
  private func weightsLoad(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> DecodedCloud.Load? {
    guard value.node.entries?.contains(where: { $0.key == "bandwidth" }) ?? false else {
      return law(value, .time, into: &diagnostics).map { .law($0) }
    }
    guard var load = value.mapping(into: &diagnostics) else { return nil }
    let speed = load.required("bandwidth", into: &diagnostics) { try bandwidth($0) }
    let scatter = scatter(&load, into: &diagnostics)
    load.finish(into: &diagnostics)
    guard let speed, let scatter else { return nil }
    return .bandwidth(bytesPerSecond: speed, scatter: scatter)
  }

  private func scatter(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    guard let value = reader.node("scatter", .optional, into: &diagnostics) else {
      return try? Distribution(.constant(1))
    }
    return unitLaw(value, into: &diagnostics)
  }

  private func quotas(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> [Quota] {
    (reader.sequence("quotas", .optional, into: &diagnostics) ?? []).compactMap { value in
      guard var quota = value.mapping(into: &diagnostics) else { return nil }
      let market = quota.oneOf(
        "market", Market.allCases.map { ($0.rawValue, $0) }, .required, into: &diagnostics)
      let type = quota.string("type", .optional, into: &diagnostics)
      let machines = quota.integer("machines", .required, into: &diagnostics)
      quota.finish(into: &diagnostics)
      guard let market, let machines else { return nil }
      return Quota(market: market, type: type, machines: machines)
    }
  }
}
