// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing
import TokenEngine

#if canImport(Glibc)
  import Glibc
#endif

/// Requests that share steps, beside the closed forms for them.
@Suite("Steps shared by requests, and theory")
struct ContinuousBatchingTests {
  /// Mean times in the system of independent runs, in nanoseconds.
  private func sojournTimes(
    arrivalRate: Double, fixedTime: Double, timePerRequest: Double, tokensMean: Double, limit: Int,
    runs: Int, requests count: Int
  ) -> [Double] {
    var settings = VLLMSettings()
    settings.maxSequences = limit
    settings.maxBatchedTokens = 1 << 20
    settings.blocks = 1 << 30
    // The one token of a prompt takes part in the first step, which brings the first token of the answer.
    let law = AffineStepLaw(
      perStep: Int64(fixedTime * 1e15), perSequence: Int64(timePerRequest * 1e15),
      perContextToken: 0, perPrefillToken: 0)
    return (0..<runs).map { run in
      var draws = Draws(seed: 1_000 + run)
      var replica = TokenReplica(scheduler: VLLMScheduler(settings: settings), law: law)
      var arrivals: [Int: Int64] = [:]
      var (time, total, ended) = (0.0, 0.0, 0)
      func take(_ warmUp: Int) {
        for outcome in replica.outcomes where outcome.kind == .completed {
          guard let arrival = arrivals.removeValue(forKey: outcome.slot), arrival >= 0 else {
            continue
          }
          total += Double(outcome.time - arrival)
          ended += 1
        }
        replica.outcomes.removeAll()
      }
      for id in 0..<count {
        time += draws.exponential() / arrivalRate
        let instant = Int64(time * 1e9)
        while replica.nextTime < instant { replica.step() }
        take(id)
        let tokens = 1 + Int(log(1 - draws.unit()) / log(1 - 1 / tokensMean))
        let slot = replica.add(
          TokenRequest(id: id, arrival: instant, promptTokens: 1, outputTokens: tokens),
          at: instant)
        // The first fifth warms up.
        arrivals[slot] = id < count / 5 ? -1 : instant
      }
      while replica.nextTime < .max { replica.step() }
      take(count)
      return total / Double(ended)
    }
  }

  private func expect(_ means: [Double], near seconds: Double, step: Double) {
    let mean = means.reduce(0, +) / Double(means.count) / 1e9
    let variance =
      means.reduce(0) { $0 + ($1 / 1e9 - mean) * ($1 / 1e9 - mean) } / Double(means.count - 1)
    let error = (variance / Double(means.count)).squareRoot()
    // Whole steps cost up to two of them beside the formula, as arrivals wait for the end of one.
    #expect(abs(mean - seconds) < 4 * error + 2 * step, "\(mean) of \(seconds) s, error \(error)")
    #expect(error < 0.03 * seconds, "\(error) of \(seconds) s is no test")
  }

  @Test(
    "Without a limit the time in the system is that of processor sharing",
    arguments: [1.0, 2.0, 4.0])
  func sharing(rate: Double) {
    // 2 ms and 0.05 ms a request, 250 tokens: one step is a hundredth of a request's time and less.
    let theory = ContinuousBatching(
      arrivalRate: rate * 10, fixedTime: 0.002, timePerRequest: 0.00005, tokensMean: 250)
    let means = sojournTimes(
      arrivalRate: rate * 10, fixedTime: 0.002, timePerRequest: 0.00005, tokensMean: 250,
      limit: 1 << 20, runs: 10, requests: 20_000)
    expect(means, near: theory.sojournTimeMean, step: theory.stepTimeMean)
  }

  @Test("With a limit the rest waits as the formula says", arguments: [20.0, 30.0])
  func limited(rate: Double) {
    let theory = CappedContinuousBatching(
      arrivalRate: rate, fixedTime: 0.002, timePerRequest: 0.00005, tokensMean: 250,
      largestBatch: 32)
    let means = sojournTimes(
      arrivalRate: rate, fixedTime: 0.002, timePerRequest: 0.00005, tokensMean: 250, limit: 32,
      runs: 10, requests: 20_000)
    expect(means, near: theory.sojournTimeMean, step: 0.0036)
  }
}
