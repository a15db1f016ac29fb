// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Policies
import Quantities
import RandomStreams
import Serving
import Testing

/// The response cache on real conversations: Mooncake's trace of an hour (kvcache-ai/Mooncake, FAST'25).
@Suite("The response cache on a real trace")
struct ConversationTraceTests {
  private static let file = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["PLIMSOLL_DATA"] ?? "/nonexistent"
  ).appendingPathComponent("mooncake-fast25/conversation_trace.jsonl")
  private static let isThere = FileManager.default.fileExists(atPath: file.path)

  private struct Request: Decodable {
    /// Milliseconds since the start.
    let timestamp: Int64
    let hash_ids: [UInt64]
  }

  private static func requests() throws -> [Request] {
    let decoder = JSONDecoder()
    return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Request.self, from: $0)
    }
  }

  @Test(
    "hits in 0.98 % at most, which saves no machine",
    .enabled(
      if: isThere,
      "it needs Mooncake's trace of conversations; PLIMSOLL_DATA names the folder of public data"))
  func mooncake() throws {
    let requests = try Self.requests()
    var cache = ResponseCache(.init(ttl: .hours(1), jitter: .zero))
    var hits = 0
    for request in requests {
      let now = Instant.start + .milliseconds(request.timestamp)
      let content = request.hash_ids.reduce(UInt64(request.hash_ids.count)) { mixed($0 ^ $1) }
      let key = CacheKey(tenant: TenantID(0), artefact: ModelID(0), content: content)
      if case .hit = cache.lookUp(key, isDeterministic: true, at: now) {
        hits += 1
      } else {
        cache.store(key, isDeterministic: true, at: now)
      }
    }
    #expect(requests.count == 12_031)
    // An answer is stored as soon as it is asked for, so this is the most that any cache can do.
    let share = Double(hits) / Double(requests.count)
    #expect(share > 0.009 && share < 0.009_85, "\(share)")

    let rate = Double(requests.count) / 3_537
    let without = try Self.machines(for: rate)
    #expect(try Self.machines(for: rate * (1 - share)) == without)
  }

  /// How many of the reference design's INT4 machines the autoscaler wants for a rate.
  private static func machines(for rate: Double) throws -> Int {
    var scaler = CostAwareAutoscaler(
      CostAwareAutoscaler.Configuration(
        minimum: 1, maximum: 6, throughput: 640, startTime: .minutes(6),
        latencyTarget: .milliseconds(200), longestQueueWait: .milliseconds(100),
        budget: HourlyPrice(nanodollarsPerHour: 200_000_000_000),
        worstPrice: HourlyPrice(nanodollarsPerHour: 32_770_000_000),
        spotPrice: HourlyPrice(nanodollarsPerHour: 9_830_000_000)), machines: 3)
    var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
    var wanted = 3
    for tick in 0..<400 {
      let now = Instant.start + .seconds(Int64(tick) * 5)
      let seen = FleetObservation(
        time: now - .seconds(5), engineRate: Rate(roundingPerSecond: rate), queueWait: .zero,
        p99: .milliseconds(60), readyMachines: wanted, startingMachines: 0,
        committedRate: HourlyPrice(nanodollarsPerHour: Int64(wanted) * 9_830_000_000))
      effects.removeAll()
      scaler.step(.observed(seen), at: now, into: &effects)
      for case .decide(let decision) in effects.effects { wanted = decision.granted }
    }
    return wanted
  }
}
