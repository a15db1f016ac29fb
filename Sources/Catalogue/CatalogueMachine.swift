// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A machine that carries devices.
package struct CatalogueMachine: Equatable, Sendable {
  /// Its name, as the cloud has it.
  package let name: String
  /// The cloud, or the user's own name of a place.
  package let cloud: String
  /// The device.
  package let device: String
  /// How many of them.
  package let devices: Int
  /// Bytes of memory that each reports; `nil` where the device's sheet says it.
  package let deviceMemory: Int?
  /// Where this comes from.
  package let source: CatalogueSource

  /// A machine of those parts.
  package init(
    name: String, cloud: String, device: String, devices: Int, deviceMemory: Int?,
    source: CatalogueSource
  ) {
    self.name = name
    self.cloud = cloud
    self.device = device
    self.devices = devices
    self.deviceMemory = deviceMemory
    self.source = source
  }
}

/// What a machine cost in a region on a day.
package struct CataloguePrice: Equatable, Sendable {
  /// The machine.
  package let machine: String
  /// The region; `nil` where it holds everywhere.
  package let region: String?
  /// The price on demand.
  package let onDemand: HourlyPrice?
  /// The price on spot.
  package let spot: HourlyPrice?
  /// Where it was read, and when.
  package let source: CatalogueSource

  /// A price of that day.
  package init(
    machine: String, region: String?, onDemand: HourlyPrice?, spot: HourlyPrice?,
    source: CatalogueSource
  ) {
    self.machine = machine
    self.region = region
    self.onDemand = onDemand
    self.spot = spot
    self.source = source
  }
}
