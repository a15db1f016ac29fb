// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

@Suite("The host's time between steps")
struct HostTimeTests {
  /// 10 ns a step, 1 ns a request, 2 ns a token of a prompt.
  private static let law = AffineStepLaw(
    perStep: 10_000_000, perSequence: 1_000_000, perContextToken: 0, perPrefillToken: 2_000_000)

  /// When each request ran first, and had its first and its last token.
  private func run(
    host: HostTime, isAsynchronous: Bool = false, _ requests: [TokenRequest]
  ) throws -> [[Int64]] {
    var settings = VLLMSettings()
    settings.isAsynchronous = isAsynchronous
    var run = TokenRun(
      scheduler: VLLMScheduler(settings: settings), law: Self.law, requests: requests, host: host)
    let records = try run.run().map { [$0.firstScheduled, $0.firstToken, $0.completed] }
    // A replica says the same.
    var replica = TokenReplica(
      scheduler: VLLMScheduler(settings: settings), law: Self.law, host: host)
    var times = requests.map { _ in [Int64](repeating: -1, count: 3) }
    func advance(to time: Int64) {
      while replica.nextTime < time { replica.step() }
    }
    for request in requests {
      advance(to: request.arrival)
      replica.add(request, at: request.arrival)
    }
    advance(to: .max)
    for outcome in replica.outcomes {
      switch outcome.kind {
      case .started: times[outcome.slot][0] = outcome.time
      case .firstToken: times[outcome.slot][1] = outcome.time
      case .completed: times[outcome.slot][2] = outcome.time
      case .preempted, .resumed: break
      }
    }
    #expect(times == records)
    return records
  }

  private func request(_ id: Int, at arrival: Int64 = 0, _ prompt: Int, _ output: Int)
    -> TokenRequest
  {
    TokenRequest(id: id, arrival: arrival, promptTokens: prompt, outputTokens: output)
  }

  @Test("With one step at a time it stands before each")
  func synchronous() throws {
    // 5 + 1 ns of the host before 10 + 1 + 8 ns, and before each of two steps of 11 ns: 25, 42, 59. At 30 the step from 25
    // is scheduled already, so that the second request is in the one from 42: 5 + 2 ns, and 10 + 2 + 8 ns, to 69, where both
    // have their last token.
    #expect(
      try run(
        host: HostTime(perStep: 5_000_000, perSequence: 1_000_000),
        [request(0, 4, 3), request(1, at: 30, 4, 1)]) == [[0, 25, 69], [42, 69, 69]])
  }

  @Test("With two steps in flight it is hidden behind the one that runs")
  func hidden() throws {
    // The first step waits 6 ns for the host and runs to 25; the others follow without a pause, each 11 ns.
    #expect(
      try run(
        host: HostTime(perStep: 5_000_000, perSequence: 1_000_000), isAsynchronous: true,
        [request(0, 4, 4)]) == [[0, 25, 58]])
  }

  @Test("A host that is slower than the device sets the pace also with two steps in flight")
  func slowHost() throws {
    // 30 ns a step: the steps begin at 30, 60, 90 and 120, and the last takes 11 ns.
    #expect(
      try run(
        host: HostTime(perStep: 30_000_000, perSequence: 0), isAsynchronous: true,
        [request(0, 4, 4)]) == [[0, 49, 131]])
  }
}
