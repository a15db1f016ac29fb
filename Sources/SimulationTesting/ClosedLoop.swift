// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// One engine with clients that each ask again as soon as they are answered, as load testers drive it.
package enum ClosedLoop {
  /// The mean time of a token after the first, in milliseconds, with so many clients that each ask again at once: prompts
  /// and answers of 1,024 tokens each.
  package static func timePerToken(_ law: RooflineStepLaw, clients: Int) -> Double {
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
}
