// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Foundation
import Testing
import TokenEngine

/// What the catalogue says of its step law beside measured engines.
@Suite("The laws of the catalogue")
struct MeasuredLawTests {
  /// The mean time of a token after the first, in milliseconds, with so many clients that each ask again at once: prompts
  /// and answers of 1,024 tokens each.
  private func timePerToken(_ law: RooflineStepLaw, clients: Int) -> Double {
    var settings = VLLMSettings()
    settings.maxBatchedTokens = 8_192
    settings.maxSequences = 1_024
    settings.blocks = 1 << 20
    var replica = TokenReplica(scheduler: VLLMScheduler(settings: settings), law: law)
    var firstTokens: [Int: Int64] = [:]
    var (asked, total, answered) = (0, 0.0, 0)
    func ask(at time: Int64) {
      // Starts are spread, so that prompts do not come all at once.
      let output = asked < clients ? 1 + 1_024 * (asked + 1) / clients : 1_024
      replica.add(
        TokenRequest(id: asked, arrival: time, promptTokens: 1_024, outputTokens: output),
        at: time)
      asked += 1
    }
    for _ in 0..<clients { ask(at: 0) }
    while answered < 5 * clients {
      replica.step()
      let outcomes = replica.outcomes
      replica.outcomes.removeAll()
      for outcome in outcomes {
        if outcome.kind == .firstToken { firstTokens[outcome.slot] = outcome.time }
        guard outcome.kind == .completed, let first = firstTokens[outcome.slot] else { continue }
        answered += 1
        if answered > 2 * clients { total += Double(outcome.time - first) / 1_023e6 }
        ask(at: outcome.time)
      }
    }
    return total / Double(3 * clients)
  }

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
    let time = timePerToken(law, clients: row.clients)
    #expect(
      abs(time - row.predicted) < 0.006, "\(row.devices) \(row.device), \(row.clients): \(time)")
    #expect(row.error > -0.3 && row.error < 0.05)
  }
}
