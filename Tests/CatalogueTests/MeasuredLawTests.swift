// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Foundation
import SimulationTesting
import Testing
import TokenEngine

/// What the catalogue says of its step law beside measured engines.
@Suite("The laws of the catalogue")
struct MeasuredLawTests {
  @Test(
    "predict the time per token that is written beside the measured one", arguments: Catalogue.laws)
  func predictions(law row: MeasuredLaw) throws {
    let roofline = Catalogue.roofline
    let device = try #require(Catalogue().device(row.device))
    let sheet = try device.sheet(
      for: row.precision, memory: nil, devices: row.devices, latency: roofline.linkLatency
    ).get().sheet
    let card = try #require(Catalogue().model(row.model)).card(in: row.precision)
    let law = RooflineStepLaw(
      device: sheet, model: card, tensorParallel: row.devices, efficiencies: roofline.efficiencies,
      perLayer: roofline.perLayer)
    let time = ClosedLoop.timePerToken(law, clients: row.clients)
    #expect(
      abs(time - row.predicted) < 0.006, "\(row.devices) \(row.device), \(row.clients): \(time)")
    #expect(row.error > -0.3 && row.error < 0.05)
  }
}
