// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams
import Testing
import Workload

@Suite("Conversations")
struct ConversationsTests {
  private static func model(
    turns: Distribution, interval: Distribution, prefix: Int = 0, rate: Double = 20,
    prompt: Distribution.Law = .uniform(low: 10, high: 90),
    output: Distribution.Law = .uniform(low: 5, high: 45)
  ) throws -> WorkloadModel {
    WorkloadModel(
      arrivals: .poisson(.constant(Rate(roundingPerSecond: rate))),
      mix: RequestMix(
        classes: [("all", .whole)], promptTokens: try Distribution(prompt),
        outputTokens: try Distribution(output), deterministic: .zero, content: nil),
      conversations: Conversations(turns: turns, interval: interval, prefix: prefix))
  }

  private struct Seen: Equatable {
    let time: Instant
    let number: UInt64
    let prompt: UInt32
    let output: UInt32

    init(_ arrival: borrowing Arrival) {
      time = arrival.time
      number = arrival.number
      prompt = arrival.promptTokens
      output = arrival.outputTokens
    }
  }

  private static func requests(
    _ model: WorkloadModel, from start: Instant = .start, count: Int
  ) -> [Seen] {
    var source = RequestSource(model, from: start, seed: 3, replication: 1)
    return (0..<count).map { _ in Seen(source.take()) }
  }

  @Test("have prompts that hold all that was said before, and the times between that are drawn")
  func growing() throws {
    let model = try Self.model(
      turns: Distribution(.constant(4)), interval: Distribution(.uniform(low: 2, high: 8)),
      prefix: 100)
    let all = Self.requests(model, count: 40_000)
    var last: [UInt64: (turn: UInt64, seen: Seen)] = [:]
    var counts = [0, 0, 0, 0]
    for request in all {
      let (turn, conversation) = (request.number >> 48, request.number & (1 << 48 - 1))
      counts[Int(turn)] += 1
      if let (before, seen) = last[conversation] {
        let new = Int(request.prompt) - Int(seen.prompt) - Int(seen.output)
        #expect(turn == before + 1 && (10...90).contains(new))
        let gap = (request.time - seen.time).inSeconds
        #expect(gap >= 2 && gap <= 8)
      } else if turn == 0 {
        #expect((110...190).contains(request.prompt))
      }
      last[conversation] = (turn, request)
    }
    for (request, next) in zip(all, all.dropFirst()) { #expect(request.time <= next.time) }
    // Each turn is as frequent as any other, and together they come at the rate that is asked for.
    for count in counts { #expect(abs(Double(count) / 10_000 - 1) < 0.05) }
    let span = (all[all.count - 1].time - all[0].time).inSeconds
    #expect(abs(40_000 / span / 20 - 1) < 0.03)
    // 100 + 50 (k + 1) + 25 k tokens in the k-th prompt from 0 on: 262.5 on average.
    let mean = all.reduce(0.0) { $0 + Double($1.prompt) } / 40_000
    #expect(abs(mean / 262.5 - 1) < 0.02)
  }

  @Test("have as many requests on average as their law says, in whole numbers")
  func counts() throws {
    let laws: [(Distribution.Law, mean: Double)] = [
      (.constant(1), 1), (.constant(7), 7), (.constant(2.5), 3),
      // 1, 2, 3 or 4, of which the outer ones have half the others' share.
      (.uniform(low: 1, high: 4), 2.5),
    ]
    for (law, mean) in laws {
      let conversations = Conversations(
        turns: try Distribution(law), interval: try Distribution(.constant(1)))
      #expect(abs(conversations.meanTurns - mean) < 1e-6)
    }
    let model = try Self.model(
      turns: Distribution(.exponential(mean: 5)), interval: Distribution(.exponential(mean: 3)))
    let all = Self.requests(model, count: 60_000)
    let started = all.count { $0.number >> 48 == 0 }
    let expected = try #require(model.conversations?.meanTurns)
    #expect(abs(60_000 / Double(started) / expected - 1) < 0.03)
  }

  @Test(
    "are the same for who begins to look later, with those that began before",
    arguments: [0.0, 0.4, 29.9, 60, 137.2])
  func restarting(seconds: Double) throws {
    let model = try Self.model(
      turns: Distribution(.exponential(mean: 4)), interval: Distribution(.exponential(mean: 9)))
    let start = Instant.start + TimeSpan(roundingToMicroseconds: seconds)
    var whole = RequestSource(model, from: .start - .minutes(3), seed: 3, replication: 1)
    while whole.nextTime < start { _ = whole.take() }
    let expected = (0..<5_000).map { _ in Seen(whole.take()) }
    #expect(Self.requests(model, from: start, count: 5_000) == expected)
    whole.restart(at: start)
    #expect((0..<5_000).map { _ in Seen(whole.take()) } == expected)
  }

  @Test("end where nothing begins any more")
  func ending() throws {
    let steps = [0, 1].map {
      RateProfile.Step(start: .start + .seconds(10 * $0), rate: Rate(roundingPerSecond: 30))
    }
    let model = WorkloadModel(
      arrivals: .poisson(.recorded(steps)),
      mix: RequestMix(
        classes: [("all", .whole)], promptTokens: nil, outputTokens: nil, deterministic: .zero,
        content: nil),
      conversations: Conversations(
        turns: try Distribution(.constant(3)), interval: try Distribution(.constant(60))))
    var source = RequestSource(model, from: .start, seed: 3, replication: 1)
    var counts = [0, 0, 0]
    while source.nextTime != .never { counts[Int(source.take().number >> 48)] += 1 }
    #expect(counts[0] > 100 && counts[1] == counts[0] && counts[2] == counts[0])
  }
}
