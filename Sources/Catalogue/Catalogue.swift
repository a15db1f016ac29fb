// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import TokenEngine

/// Devices, machines, models, prices and defaults of engines, each with its source and its day: what came with the
/// command, and before it what a user adds.
package struct Catalogue: Sendable {
  /// The user's own entries.
  package struct Own: Sendable {
    /// The file they stand in.
    package var path = ""
    /// Devices.
    package var devices: [CatalogueDevice] = []
    /// Machines.
    package var machines: [CatalogueMachine] = []
    /// Models.
    package var models: [CatalogueModel] = []
    /// Prices.
    package var prices: [CataloguePrice] = []

    /// None.
    package init() {}
  }

  /// The user's own entries, which go first.
  package var own = Own()

  /// What came with the command.
  package init() {}

  /// The machine of a name.
  package func machine(_ name: String) -> CatalogueMachine? {
    own.machines.first { $0.name == name } ?? Self.machines.first { $0.name == name }
  }

  /// The device of a name.
  package func device(_ name: String) -> CatalogueDevice? {
    own.devices.first { $0.name == name } ?? Self.devices.first { $0.name == name }
  }

  /// The model of a name, in large or small letters.
  package func model(_ name: String) -> CatalogueModel? {
    let name = name.lowercased()
    return own.models.first { $0.name.lowercased() == name }
      ?? Self.models.first { $0.name == name }
  }

  /// The names of all machines, the user's own first.
  package var machineNames: [String] { own.machines.map(\.name) + Self.machines.map(\.name) }

  /// The names of all devices, the user's own first.
  package var deviceNames: [String] { own.devices.map(\.name) + Self.devices.map(\.name) }

  /// The names of all models, the user's own first.
  package var modelNames: [String] { own.models.map(\.name) + Self.models.map(\.name) }

  /// What is known of a machine's price in a region: the newest on or before a day, of all days without one.
  package func price(
    of machine: String, in region: String?, asOf day: UTCDate?, isSpot: Bool
  ) -> (price: HourlyPrice, source: CatalogueSource)? {
    func newest(_ rows: [CataloguePrice]) -> (price: HourlyPrice, source: CatalogueSource)? {
      var best: (price: HourlyPrice, source: CatalogueSource)?
      for row in rows
      where row.machine == machine && (row.region == nil || row.region == region) {
        guard let price = isSpot ? row.spot : row.onDemand else { continue }
        if let day, let own = row.source.day, own > day { continue }
        if let best, let old = best.source.day, (row.source.day ?? old) <= old { continue }
        best = (price, row.source)
      }
      return best
    }
    return newest(own.prices) ?? newest(Self.prices)
  }

  /// The regions in which a machine has a price on demand, or on spot.
  package func regions(of machine: String, isSpot: Bool) -> [String] {
    var regions: [String] = []
    for row in own.prices + Self.prices
    where row.machine == machine && (isSpot ? row.spot : row.onDemand) != nil {
      if let region = row.region, !regions.contains(region) { regions.append(region) }
    }
    return regions
  }

  /// What an engine takes where nobody says otherwise.
  ///
  /// - Parameter version: which version; the newest where it is `nil`.
  /// - Returns: `nil` where there is no such version.
  package func defaults(
    of engine: String, version: String?, on device: String
  ) -> EngineDefaults? {
    let own = Self.settings.filter { $0.engine == engine }
    guard let version = version ?? own.first?.version,
      own.contains(where: { $0.version == version })
    else { return nil }
    return EngineDefaults(
      engine: engine, version: version,
      settings: own.filter { setting in
        setting.version == version && (setting.devices.isEmpty || setting.devices.contains(device))
      })
  }

  /// The versions of an engine whose defaults are known, the newest first.
  package func versions(of engine: String) -> [String] {
    var versions: [String] = []
    for setting in Self.settings
    where setting.engine == engine && !versions.contains(setting.version) {
      versions.append(setting.version)
    }
    return versions
  }
}

/// What an engine takes on a device where nobody says otherwise.
package struct EngineDefaults: Sendable {
  /// The engine.
  package let engine: String
  /// Its version.
  package let version: String
  /// Its settings.
  package let settings: [EngineSetting]
  /// Who takes them, for messages.
  package var owner = ""

  /// The text of a setting; `nil` where the engine has no fixed default.
  package func text(_ name: String) -> String? {
    settings.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// A setting that is a whole number.
  package func count(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

  /// A setting that is a number.
  package func number(_ name: String) -> Double? { text(name).flatMap { Double($0) } }

  /// A setting that is on or off.
  package func flag(_ name: String) -> Bool? { text(name).map { $0 == "true" } }

  /// Where they come from.
  package var source: CatalogueSource? { settings.first?.source }
}

/// One setting of an engine.
package struct EngineSetting: Equatable, Sendable {
  /// The engine.
  package let engine: String
  /// Its version.
  package let version: String
  /// The devices for which it holds; none where it holds for all.
  package let devices: [String]
  /// Its name.
  package let name: String
  /// What it is where nobody says otherwise; empty where the engine works it out.
  package let value: String
  /// Where it stands in the engine's source.
  package let source: CatalogueSource
}

/// How far a law was off where an engine was measured.
package struct MeasuredLaw: Equatable, Sendable {
  /// The device.
  package let device: String
  /// How many of them.
  package let devices: Int
  /// The model.
  package let model: String
  /// Its precision.
  package let precision: WeightPrecision
  /// Clients that each ask again at once.
  package let clients: Int
  /// Measured time of a token, in milliseconds.
  package let measured: Double
  /// The same as the law has it.
  package let predicted: Double
  /// Where it was measured.
  package let source: String

  /// How far the law was off: below zero where it is too fast.
  package var error: Double { predicted / measured - 1 }
}
