// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import TokenEngine

/// How wide the weights of a model are.
package enum WeightPrecision: String, CaseIterable, Sendable {
  case bf16, fp16, fp8, int8, fp4

  /// Bytes of a weight.
  package var bytes: Double {
    switch self {
    case .bf16, .fp16: 2
    case .fp8, .int8: 1
    case .fp4: 0.5
    }
  }
}

/// What is known of a device.
package struct CatalogueDevice: Equatable, Sendable {
  /// One number of its sheet.
  package struct Quantity: Equatable, Sendable {
    /// What it is: `memory`, `memory_bandwidth`, `link`, `pcie`, or a precision.
    package let name: String
    /// How much: bytes, bytes a second, or operations a second.
    package let value: Double
    /// Where it comes from.
    package let source: CatalogueSource

    /// A number of a sheet.
    package init(name: String, value: Double, source: CatalogueSource) {
      self.name = name
      self.value = value
      self.source = source
    }
  }

  /// Its name, such as `H100-SXM`.
  package let name: String
  /// The numbers of its sheet.
  package let quantities: [Quantity]

  /// A device of those numbers.
  package init(name: String, quantities: [Quantity]) {
    self.name = name
    self.quantities = quantities
  }

  /// A device of one sheet, whose rate holds in every precision.
  package init(name: String, sheet: DeviceSheet, source: CatalogueSource) {
    self.init(
      name: name,
      quantities: [
        ("memory", Double(sheet.memoryBytes)), ("memory_bandwidth", sheet.memoryBytesPerSecond),
        ("bf16", sheet.matrixOperationsPerSecond), ("link", sheet.linkBytesPerSecond),
        ("link_latency", sheet.linkLatency),
      ].map { Quantity(name: $0.0, value: $0.1, source: source) })
  }

  /// One of its numbers.
  package func quantity(_ name: String) -> Quantity? { quantities.first { $0.name == name } }

  /// Its sheet for weights of a precision, with what was taken for it.
  ///
  /// Where its matrix units do not know the precision, weights are widened to bf16 before they are multiplied, as
  /// engines do it: they are read in their own width.
  ///
  /// - Parameters:
  ///   - memory: bytes of memory as the machine reports them; `nil` where it does not.
  ///   - devices: how many share a model; links matter where more than one do.
  /// - Returns: the sheet, or what the catalogue lacks.
  package func sheet(
    for precision: WeightPrecision, memory: Int?, devices: Int, latency: Double
  ) -> Result<(sheet: DeviceSheet, taken: [Quantity]), CatalogueLack> {
    guard let bandwidth = quantity("memory_bandwidth") else {
      return .failure(CatalogueLack("no memory bandwidth of \(name)"))
    }
    let own = quantity("memory")
    guard let bytes = memory ?? own.map({ Int($0.value) }) else {
      return .failure(CatalogueLack("no memory of \(name)"))
    }
    guard let matrix = quantity(precision.rawValue) ?? quantity("bf16") ?? quantity("fp16") else {
      return .failure(CatalogueLack("no rate of the matrix units of \(name)"))
    }
    let link = quantity("link") ?? quantity("pcie")
    guard link != nil || devices == 1 else {
      return .failure(CatalogueLack("no bandwidth between devices of \(name)"))
    }
    let sheet = DeviceSheet(
      memoryBytesPerSecond: bandwidth.value, memoryBytes: bytes,
      matrixOperationsPerSecond: matrix.value,
      // A device alone sends nothing, so that any rate will do.
      linkBytesPerSecond: link?.value ?? bandwidth.value,
      linkLatency: devices == 1 ? 0 : quantity("link_latency")?.value ?? latency)
    return .success((sheet, [bandwidth, matrix] + (devices == 1 ? [] : [link].compactMap(\.self))))
  }
}

/// What the catalogue does not have, as a clause.
package struct CatalogueLack: Error, Equatable, Sendable {
  /// The clause.
  package let what: String

  /// Something that is not there.
  package init(_ what: String) { self.what = what }
}
