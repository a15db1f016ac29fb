// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

/// What a replica of a token engine comes to with requests of a sample: its highest throughput, and how long a
/// request takes alone and in a full engine.
///
/// The throughput is the rate at which the replica completes requests while its waiting line is never empty: a run of
/// the whole sample, of which the first and the last part are left out.
package struct TokenCapacity: Sendable, Equatable {
  /// Requests a second at the most.
  package let throughput: Double
  /// How many run then, on average.
  package let running: Double
  /// Seconds that a request runs then, on average.
  package let timeFull: Double
  /// Seconds that a request takes alone, on average.
  package let timeAlone: Double
  /// The 99th percentile of that, by its mean.
  package let spread: Double
  /// Requests of the sample.
  package let tried: Int
  /// Those of them that the engine can never answer.
  package let refused: Int

  /// What the sample shows.
  ///
  /// - Complexity: O(steps of the sample).
  init(of rules: TokenModel.Rules, law: EngineStepLaw, host: HostTime, sample: [TokenRequest]) {
    let able = sample.filter {
      rules.refusal(promptTokens: $0.promptTokens, outputTokens: $0.outputTokens) == nil
    }
    tried = sample.count
    refused = sample.count - able.count
    let (alone, stays) = Self.tried(rules, law, host, able)
    timeAlone = alone.reduce(0, +) / Double(max(1, alone.count))
    spread = timeAlone > 0 ? max(1, (alone.max() ?? 0) / timeAlone) : 1
    guard stays.count >= 8, let last = stays.last?.end, last > 0 else {
      // Requests so long that hardly one ends are served one after the other.
      throughput = timeAlone > 0 ? 1 / timeAlone : 0
      (running, timeFull) = (1, timeAlone)
      return
    }
    // A quarter of the answers fills the engine, and the last quarter drains it.
    let (first, end) = (stays.count / 4, max(stays.count / 4, stays.count * 3 / 4 - 1))
    let span = Double(stays[end].end - stays[first].end) / 1e9
    throughput =
      span > 0 ? Double(end - first) / span : Double(stays.count) / (Double(last) / 1e9)
    timeFull = stays.reduce(0) { $0 + Double($1.end - $1.start) / 1e9 } / Double(stays.count)
    running = max(1, min(Double(rules.mostRunning), throughput * timeFull))
  }

  /// After so many steps, or rows of them, what has ended tells enough: a tenth of a second of work.
  private static var mostCalls: Int { 30_000 }

  /// A request that began to run and ended, in nanoseconds.
  private typealias Stay = (start: Int64, end: Int64)

  /// How long some of the requests take alone, in seconds, and when all of them run that are there at the beginning.
  private static func tried(
    _ rules: TokenModel.Rules, _ law: EngineStepLaw, _ host: HostTime, _ requests: [TokenRequest]
  ) -> (alone: [Double], stays: [Stay]) {
    switch rules {
    case .vllm(let settings): tried(VLLMScheduler(settings: settings), law, host, requests)
    case .sglang(let settings): tried(SGLangScheduler(settings: settings), law, host, requests)
    case .tensorRT(let settings): tried(TensorRTScheduler(settings: settings), law, host, requests)
    case .promptReserving(let settings):
      tried(PromptReservingScheduler(settings: settings), law, host, requests)
    }
  }

  private static func tried(
    _ scheduler: some TokenScheduler, _ law: EngineStepLaw, _ host: HostTime,
    _ requests: [TokenRequest]
  ) -> (alone: [Double], stays: [Stay]) {
    let empty = TokenReplica(scheduler: scheduler, law: law, host: host)
    return (timesAlone(of: requests.prefix(64), empty), stays(of: requests, empty))
  }

  /// How long requests take that come one after the other, in seconds.
  private static func timesAlone<Scheduler>(
    of requests: ArraySlice<TokenRequest>, _ empty: TokenReplica<Scheduler, EngineStepLaw>
  ) -> [Double] {
    var engine = empty
    var (times, now, calls) = ([Double](), Int64(0), 0)
    for request in requests where calls < mostCalls {
      _ = engine.add(request, at: now)
      var end: Int64?
      while end == nil, engine.nextTime != .max, !engine.isStuck {
        calls += 1
        engine.step()
        for outcome in engine.outcomes where outcome.kind == .completed { end = outcome.time }
        engine.outcomes.removeAll(keepingCapacity: true)
      }
      guard let end else { break }
      times.append(Double(end - now) / 1e9)
      now = end
    }
    return times
  }

  /// When requests begin to run and end that are all there at the beginning, in nanoseconds, in the order of their ends.
  private static func stays<Scheduler>(
    of requests: [TokenRequest], _ empty: TokenReplica<Scheduler, EngineStepLaw>
  ) -> [Stay] {
    var engine = empty
    for request in requests { _ = engine.add(request, at: 0) }
    var started = [Int64](repeating: 0, count: requests.count)
    var stays: [Stay] = []
    var calls = 0
    while stays.count < requests.count, engine.nextTime != .max, !engine.isStuck,
      calls < mostCalls
    {
      calls += 1
      engine.step()
      for outcome in engine.outcomes {
        switch outcome.kind {
        case .started: started[outcome.slot] = outcome.time
        case .completed: stays.append((started[outcome.slot], outcome.time))
        case .firstToken, .preempted, .resumed: break
        }
      }
      engine.outcomes.removeAll(keepingCapacity: true)
    }
    return stays
  }
}
