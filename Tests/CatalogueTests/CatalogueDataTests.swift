// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities
import Testing
import TokenEngine

/// The files below `Scenarios/catalogue`: sources, ranges and arithmetic.
@Suite("The data of the catalogue")
struct CatalogueDataTests {
  /// The fields of a table under their columns.
  private func rows(_ name: CatalogueTable.Name) -> [[String: String]] {
    let table = CatalogueTable(name)
    return table.rows.map { Dictionary(uniqueKeysWithValues: zip(table.header, $0)) }
  }

  private func isDay(_ text: String?) -> Bool {
    text.map { $0.count == 10 && (try? UTCDate(parsing: $0)) != nil } ?? false
  }

  private static let sourced: [CatalogueTable.Name] = [
    .devices, .machines, .models, .engines, .prices, .spot, .starts,
  ]

  @Test("name a source that is listed, and a day, in each row", arguments: sourced)
  func sources(table: CatalogueTable.Name) {
    let known = rows(.sources).compactMap { $0["source"] }
    #expect(Set(known).count == known.count)
    for row in rows(table) {
      #expect(known.contains(row["source"] ?? ""), "\(row)")
      #expect(isDay(row["date"]), "\(row)")
      // A row cannot be newer than the file that it was read from.
      let day = rows(.sources).first { $0["source"] == row["source"] }?["date"] ?? ""
      if isDay(day), table != .prices { #expect(row["date"] ?? "" <= day, "\(row)") }
    }
    for row in rows(.sources) {
      for column in ["title", "publisher", "address"] { #expect(row[column] != "", "\(row)") }
      #expect(row["address"]?.hasPrefix("https://") == true, "\(row)")
    }
  }

  @Test("are used: each source, and each device of a machine")
  func everySourceIsUsed() {
    var used = (Self.sourced + [.laws, .roofline]).flatMap { rows($0).compactMap { $0["source"] } }
    used += rows(.models).compactMap { $0["parameters_source"] }
    // Sources of notes: what tells tied embeddings, dtype and active parameters.
    let told = [
      "mixtral7-blog", "torchtune", "transformers", "gpt-oss-card", "gemma3-report", "qwen3-card",
    ]
    for row in rows(.sources) {
      let name = row["source"] ?? ""
      let isUsed = used.contains(name) || told.contains(name)
      #expect(isUsed, "nothing names \(name)")
    }
    let devices = rows(.devices).compactMap { $0["device"] }
    for row in rows(.machines) { #expect(devices.contains(row["device"] ?? "")) }
  }

  @Test("keep each quantity of a device within what such devices have")
  func devices() throws {
    let ranges: [String: ClosedRange<Double>] = [
      "memory": 10e9...300e9, "memory_bandwidth": 200e9...10e12, "fp16": 50e12...3e15,
      "bf16": 50e12...3e15, "int8": 100e12...6e15, "fp8": 200e12...6e15, "fp4": 4e15...12e15,
      "link": 100e9...1e12, "fabric_total": 500e9...1e12, "pcie": 10e9...130e9, "watt": 50...1_200,
    ]
    for row in rows(.devices) {
      let range = try #require(ranges[row["quantity"] ?? ""], "\(row)")
      #expect(range.contains(try #require(Double(row["value"] ?? ""))), "\(row)")
    }
    // Eight bits are twice as quick as sixteen, within the rounding of the sheets.
    for name in Set(rows(.devices).compactMap { $0["device"] }) {
      let device = try #require(Catalogue().device(name))
      guard let half = device.quantity("fp8"), let whole = device.quantity("bf16") else { continue }
      #expect(abs(half.value / whole.value - 2) < 0.03, "\(name)")
    }
  }

  @Test("price spot below demand, and each device of a machine within what such devices cost")
  func prices() throws {
    // Bounds of this test, dollars an hour and device; from no source.
    let bounds: [String: ClosedRange<Double>] = [
      "A100": 0.3...9, "H100": 0.9...20, "H200": 5...12, "B200": 10...20, "L4": 0.05...3.6,
      "L40S": 1...8, "A10G": 0.5...5,
    ]
    var seen: [String] = []
    for row in rows(.prices) {
      let machine = try #require(Catalogue().machine(row["machine"] ?? ""), "\(row)")
      let family = String(machine.device.prefix { $0 != "-" })
      let range = try #require(bounds[family], "\(row)")
      let amounts = ["on_demand", "spot"].compactMap { Double(row[$0] ?? "") }
      #expect(!amounts.isEmpty, "\(row)")
      for amount in amounts { #expect(range.contains(amount / Double(machine.devices)), "\(row)") }
      if amounts.count == 2 { #expect(amounts[1] <= amounts[0], "\(row)") }
      if let since = row["since"], !since.isEmpty { #expect(since <= row["date"] ?? "") }
      seen.append("\(row["machine"] ?? "") \(row["region"] ?? "") \(row["date"] ?? "")")
    }
    #expect(Set(seen).count == seen.count)
    for machine in [
      "p5.48xlarge", "p4d.24xlarge", "g6.xlarge", "a3-highgpu-8g", "a2-highgpu-8g", "g2-standard-4",
    ] {
      let days = rows(.prices).filter { $0["machine"] == machine && $0["on_demand"] != "" }
        .compactMap { $0["date"] }
      #expect(Set(days).count >= 2, "\(machine) has two days")
    }
    for row in rows(.spot) {
      #expect(Catalogue().machine(row["machine"] ?? "") != nil)
      #expect(try #require(Double(row["savings_percent"] ?? "")) <= 90, "\(row)")
    }
  }

  @Test("count as many parameters as the publisher says, within one percent")
  func parameters() throws {
    for row in rows(.models) {
      let model = try #require(Catalogue().model(row["model"] ?? ""))
      // The card does not know latent attention.
      guard row["attention"] != "latent" else { continue }
      #expect(model.card.problem == nil, "\(model.name)")
      let published = try #require(Double(row["parameters"] ?? ""))
      let error = Double(model.card.parameters) / published - 1
      #expect(abs(error) < 0.01, "\(model.name): \(error)")
      guard let active = Double(row["active_parameters"] ?? ""), let experts = model.card.experts
      else { continue }
      var one = model.card
      one.experts = .init(total: experts.active, active: experts.active, width: experts.width)
      // Publishers count the embedding or not: the nearer is compared.
      let counts = [one.parameters, one.parameters - one.headParameters].map {
        abs(Double($0) / active - 1)
      }
      #expect((counts.min() ?? 1) < 0.03, "\(model.name): \(counts)")
    }
  }

  @Test(
    "say which weights fit into which machine",
    arguments: [
      ("llama-3.1-8b", "g6.xlarge", true), ("qwen2.5-14b", "g6.xlarge", false),
      ("qwen2.5-14b", "g6e.xlarge", true), ("qwen3-32b", "a2-highgpu-1g", false),
      ("qwen3-32b", "a2-ultragpu-1g", true), ("llama-3.1-70b", "a3-highgpu-1g", false),
      ("llama-3.1-70b", "a3-highgpu-2g", true), ("llama-3.1-405b", "p5.48xlarge", false),
      ("llama-3.1-405b", "p5en.48xlarge", true), ("mixtral-8x7b-v0.1", "a2-ultragpu-1g", false),
      ("mixtral-8x7b-v0.1", "a2-ultragpu-2g", true), ("qwen3-235b-a22b", "p5.48xlarge", true),
    ])
  func weights(model: String, machine: String, fits: Bool) throws {
    let card = try #require(Catalogue().model(model)).card
    let place = try #require(Catalogue().machine(machine))
    let sheet = try #require(Catalogue().device(place.device)?.quantity("memory"))
    let memory = Double(place.deviceMemory ?? Int(sheet.value)) * Double(place.devices)
    #expect((card.weightBytes <= memory) == fits)
  }

  @Test("give each device its limits, by the memory that the engines ask for")
  func engines() throws {
    for device in Set(rows(.devices).compactMap { $0["device"] }) {
      let memory =
        try #require(Catalogue().device(device)?.quantity("memory")).value / 1_073_741_824
      for version in Catalogue().versions(of: "vllm") {
        let defaults = try #require(
          Catalogue().defaults(of: "vllm", version: version, on: device))
        let isLarge = memory >= 70 && !device.hasPrefix("A100")
        #expect(defaults.count("max_num_seqs") == (isLarge ? 1_024 : 256), "\(device) \(version)")
      }
      for version in Catalogue().versions(of: "sglang") {
        let defaults = try #require(
          Catalogue().defaults(of: "sglang", version: version, on: device))
        #expect(defaults.count("chunked_prefill_size") != nil, "\(device) \(version)")
      }
    }
    for row in rows(.engines) { #expect(row["where"]?.contains(".py:") == true, "\(row)") }
    #expect(Catalogue().versions(of: "vllm") == ["0.33.0", "0.10.1.1"])
  }

  @Test("give start-up times from a second to two hours, and rates of storage that exist")
  func starts() throws {
    for row in rows(.starts) where row["from_s"] != "" {
      let low = try #require(Double(row["from_s"] ?? ""))
      let high = try #require(Double(row["to_s"] ?? ""))
      #expect(low > 0 && low <= high && high <= 7_200, "\(row)")
      guard let bytes = Double(row["bytes"] ?? "") else { continue }
      #expect((0.1e9...20e9).contains(bytes / high), "\(row)")
    }
  }
}
