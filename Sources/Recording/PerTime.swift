// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// A value for each time of requests that a fleet measures.
package struct PerTime<Value> {
  /// Of the whole latency.
  package var latency: Value
  /// Of the wait.
  package var wait: Value
  /// Of the times to the first token, per token and between tokens; `nil` where replicas know no tokens.
  package var tokens: (ttft: Value, tpot: Value, gap: Value)?

  /// Values for those times.
  package init(latency: Value, wait: Value, tokens: (ttft: Value, tpot: Value, gap: Value)? = nil) {
    self.latency = latency
    self.wait = wait
    self.tokens = tokens
  }

  /// The value of a time; `nil` where the fleet does not measure it.
  package subscript(_ time: RequestTime) -> Value? {
    switch time {
    case .latency: latency
    case .wait: wait
    case .ttft: tokens?.ttft
    case .tpot: tokens?.tpot
    case .tokenGap: tokens?.gap
    }
  }

  /// The times that the fleet measures, each with its value.
  package var all: [(time: RequestTime, value: Value)] {
    RequestTime.allCases.compactMap { time in self[time].map { (time, $0) } }
  }

  /// The same with each value made into another.
  package func map<Other>(_ transform: (Value) throws -> Other) rethrows -> PerTime<Other> {
    PerTime<Other>(
      latency: try transform(latency), wait: try transform(wait),
      tokens: try tokens.map {
        (try transform($0.ttft), try transform($0.tpot), try transform($0.gap))
      })
  }

  /// The same with each value joined with another's of the same time; without tokens where one of them has none.
  package func joined<Other, Result>(
    _ other: PerTime<Other>, _ join: (Value, Other) throws -> Result
  ) rethrows -> PerTime<Result> {
    var result = PerTime<Result>(
      latency: try join(latency, other.latency), wait: try join(wait, other.wait))
    if let tokens, let others = other.tokens {
      result.tokens = (
        try join(tokens.ttft, others.ttft), try join(tokens.tpot, others.tpot),
        try join(tokens.gap, others.gap)
      )
    }
    return result
  }
}

extension PerTime: Sendable where Value: Sendable {}

extension PerTime: Equatable where Value: Equatable {
  /// Whether both have the same times with equal values.
  package static func == (left: PerTime, right: PerTime) -> Bool {
    guard left.latency == right.latency, left.wait == right.wait else { return false }
    switch (left.tokens, right.tokens) {
    case (nil, nil): return true
    case (let one?, let other?): return one == other
    default: return false
    }
  }
}

extension PerTime: Codable where Value: Codable {
  private enum CodingKeys: String, CodingKey {
    case latency, wait, ttft, tpot, gap
  }

  /// Reads what a shard keeps.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    latency = try values.decode(Value.self, forKey: .latency)
    wait = try values.decode(Value.self, forKey: .wait)
    let ttft = try values.decodeIfPresent(Value.self, forKey: .ttft)
    let tpot = try values.decodeIfPresent(Value.self, forKey: .tpot)
    let gap = try values.decodeIfPresent(Value.self, forKey: .gap)
    if let ttft, let tpot, let gap { tokens = (ttft, tpot, gap) } else { tokens = nil }
  }

  /// Writes it into a shard.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(latency, forKey: .latency)
    try values.encode(wait, forKey: .wait)
    try values.encodeIfPresent(tokens?.ttft, forKey: .ttft)
    try values.encodeIfPresent(tokens?.tpot, forKey: .tpot)
    try values.encodeIfPresent(tokens?.gap, forKey: .gap)
  }
}

extension RequestTime {
  /// How often it can have been measured: once for each request that was offered; where only replicas give it, for those
  /// of them that no cache and no other's call answered; gaps as often as there are tokens.
  package func most(of counts: RequestCounts) -> UInt64 {
    if self == .tokenGap { return .max }
    return isOfReplicas ? counts.arrived - counts[.hit] - counts[.joined] : counts.arrived
  }
}

extension RequestCounts {
  /// How many requests are ordered by a time: those that have it, and all that got no answer, which would have been
  /// among them.
  package func population(of having: UInt64) -> UInt64 { arrived - answered + having }
}
