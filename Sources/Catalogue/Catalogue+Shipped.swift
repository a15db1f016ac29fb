// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import TokenEngine

/// What came with the command, read when it is first asked for.
extension Catalogue {
  static let devices: [CatalogueDevice] = {
    let table = Rows(.devices)
    var devices: [CatalogueDevice] = []
    for row in table {
      let quantity = CatalogueDevice.Quantity(
        name: row["quantity"], value: row.number("value"), source: row.source)
      if let last = devices.last, last.name == row["device"] {
        devices[devices.count - 1] = CatalogueDevice(
          name: last.name, quantities: last.quantities + [quantity])
      } else {
        devices.append(CatalogueDevice(name: row["device"], quantities: [quantity]))
      }
    }
    return devices
  }()

  static let machines: [CatalogueMachine] = Rows(.machines).map { row in
    CatalogueMachine(
      name: row["machine"], cloud: row["cloud"], device: row["device"],
      devices: row.count("devices"), deviceMemory: Int(row["device_memory"]), source: row.source)
  }

  static let models: [CatalogueModel] = Rows(.models).map { row in
    let precision = WeightPrecision(rawValue: row["precision"])
    let experts = Int(row["experts"]).map {
      ModelCard.Experts(
        total: $0, active: row.count("experts_active"), width: row.count("expert_width"))
    }
    return CatalogueModel(
      name: row["model"],
      card: ModelCard(
        layers: row.count("layers"), width: row.count("hidden"), heads: row.count("heads"),
        kvHeads: row.count("kv_heads"), headWidth: Int(row["head_width"]) ?? 1,
        feedForwardWidth: row.count("feed_forward"), vocabulary: row.count("vocabulary"),
        experts: experts, bytesPerWeight: precision?.bytes ?? 2,
        tiesEmbeddings: row["tied_embeddings"] == "true"),
      context: row.count("context"), precision: precision,
      lack: lack(attention: row["attention"], precision: row["precision"]), source: row.source)
  }

  /// Why the step law does not know a model.
  private static func lack(attention: String, precision: String) -> String? {
    switch attention {
    case "latent": "has latent attention, which the roofline and its KV blocks do not know"
    case "sliding":
      "has layers with a sliding window, which the roofline and its KV blocks do not know"
    default:
      WeightPrecision(rawValue: precision) == nil
        ? "is published in \(precision), which the roofline does not know" : nil
    }
  }

  static let prices: [CataloguePrice] = Rows(.prices).map { row in
    CataloguePrice(
      machine: row["machine"], region: row["region"], onDemand: price(row["on_demand"]),
      spot: price(row["spot"]), source: row.source)
  }

  private static func price(_ text: String) -> HourlyPrice? {
    text.isEmpty ? nil : try? HourlyPrice(roundingParsed: text + " USD/h")
  }

  static let settings: [EngineSetting] = Rows(.engines).map { row in
    EngineSetting(
      engine: row["engine"], version: row["version"],
      devices: row["devices"].split(separator: " ").map(String.init), name: row["setting"],
      value: row["value"], source: row.source)
  }

  /// The time per token of measured engines beside that of the roofline.
  package static let laws: [MeasuredLaw] = Rows(.laws).map { row in
    MeasuredLaw(
      device: row["device"], devices: row.count("devices"), model: row["model"],
      precision: WeightPrecision(rawValue: row["precision"]) ?? .bf16,
      clients: row.count("clients"), measured: row.number("measured_ms"),
      predicted: row.number("predicted_ms"), source: row["source"])
  }

  /// What the roofline takes where nothing was measured.
  package struct Roofline: Equatable, Sendable {
    /// Which shares of their rates devices reach.
    package let efficiencies: RooflineStepLaw.Efficiencies
    /// Femtoseconds of each layer.
    package let perLayer: Int64
    /// Seconds of an all-reduce that carries nothing.
    package let linkLatency: Double
    /// Bytes of a device beside weights, keys and values.
    package let overhead: Int
  }

  /// What the roofline takes where nothing was measured.
  package static let roofline: Roofline = {
    let rows = Array(Rows(.roofline))
    func value(_ name: String) -> Double {
      rows.first { $0["parameter"] == name }?.number("value") ?? .nan
    }
    return Roofline(
      efficiencies: .init(
        memory: value("memory_efficiency"), matrix: value("matrix_efficiency"),
        link: value("link_efficiency")),
      perLayer: Int64(value("layer") * 1e9), linkLatency: value("link_latency") / 1e6,
      overhead: Int(value("kv_overhead")))
  }()
}

/// The rows of a table, whose fields are asked for by the names of columns.
private struct Rows: Sequence {
  private let table: CatalogueTable

  init(_ name: CatalogueTable.Name) { table = CatalogueTable(name) }

  func makeIterator() -> AnyIterator<Row> {
    let table = table
    var next = 0
    return AnyIterator {
      defer { next += 1 }
      return next < table.rows.count ? Row(table: table, number: next) : nil
    }
  }

  /// One row.
  struct Row {
    let table: CatalogueTable
    let number: Int

    subscript(_ column: String) -> String { table.rows[number][table.column(column)] }

    func number(_ column: String) -> Double {
      guard let value = Double(self[column]) else {
        preconditionFailure("the catalogue has a number under \(column), and not '\(self[column])'")
      }
      return value
    }

    func count(_ column: String) -> Int {
      guard let value = Int(self[column]) else {
        preconditionFailure("the catalogue has a count under \(column), and not '\(self[column])'")
      }
      return value
    }

    /// Where the row comes from.
    var source: CatalogueSource { CatalogueSource(self["source"], self["date"]) }
  }
}
