// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What ended in one window, or up to some time.
package struct WindowTotals: Codable, Sendable, Equatable {
  /// Requests that ended, in whatever way.
  package var ended: UInt64
  /// Those of them that were answered.
  package var answered: UInt64
  /// The latencies of all answers, in nanoseconds.
  package var latency: Int128
  /// How many times lay above each edge that a target names.
  package var above: PerTime<[UInt64]>

  /// Totals of those values.
  package init(ended: UInt64, answered: UInt64, latency: Int128, above: PerTime<[UInt64]>) {
    self.ended = ended
    self.answered = answered
    self.latency = latency
    self.above = above
  }

  /// What came since earlier totals.
  ///
  /// - Precondition: no count was higher then.
  package func since(_ earlier: WindowTotals) -> WindowTotals {
    WindowTotals(
      ended: ended - earlier.ended, answered: answered - earlier.answered,
      latency: latency - earlier.latency,
      above: above.joined(earlier.above) { zip($0, $1).map { $0 - $1 } })
  }

  /// Requests that ended without an answer.
  package var lost: UInt64 { ended - answered }

  private enum CodingKeys: String, CodingKey {
    case ended, answered, latency, above
  }

  /// Reads the totals of a shard.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    ended = try values.decode(UInt64.self, forKey: .ended)
    answered = try values.decode(UInt64.self, forKey: .answered)
    let text = try values.decode(String.self, forKey: .latency)
    guard let sum = Int128(text), sum >= 0, answered <= ended else {
      throw DecodingError.dataCorruptedError(
        forKey: .latency, in: values, debugDescription: "totals that no window has")
    }
    latency = sum
    above = try values.decode(PerTime<[UInt64]>.self, forKey: .above)
  }

  /// Writes the totals into a shard.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(ended, forKey: .ended)
    try values.encode(answered, forKey: .answered)
    try values.encode(String(latency), forKey: .latency)
    try values.encode(above, forKey: .above)
  }
}

/// One window that was drawn for a stretch of the horizon, and what ended in it.
package struct SampledWindow: Codable, Sendable, Equatable {
  /// The group of windows that it belongs to.
  package let group: Int
  /// When it began.
  package let start: Instant
  /// The known load in it: the rate that reaches replicas ÷ what the machines that serve can answer.
  package let load: Double
  /// How much of the horizon a request in it stands for, in the unit of the record's weights.
  package let weight: UInt64
  /// What ended in it.
  package let totals: WindowTotals

  /// A window of those values.
  package init(
    group: Int, start: Instant, load: Double, weight: UInt64, totals: WindowTotals
  ) {
    self.group = group
    self.start = start
    self.load = load
    self.weight = weight
    self.totals = totals
  }
}

/// Which hours of the horizon a replication simulated, and which stand for others.
package struct SampleRecord: Codable, Sendable, Equatable {
  /// Time of about the same known load of which windows were drawn.
  package struct Group: Codable, Sendable, Equatable {
    /// The lowest known load in it.
    package let lowest: Double
    /// The highest known load in it; a thousand where nobody serves.
    package let highest: Double
    /// How much time it is.
    package let time: TimeSpan
    /// How much of that was simulated.
    package let simulated: TimeSpan
    /// When the first of it begins and the last of it ends.
    package let from: Instant
    /// When the last of it ends.
    package let until: Instant

    /// A group of those values.
    package init(
      lowest: Double, highest: Double, time: TimeSpan, simulated: TimeSpan, from: Instant,
      until: Instant
    ) {
      self.lowest = lowest
      self.highest = highest
      self.time = time
      self.simulated = simulated
      self.from = from
      self.until = until
    }
  }

  /// The groups that were sampled, by number.
  package var groups: [Group] = []
  /// The time that was simulated whole and stands for itself.
  package var certain = TimeSpan.zero
  /// The windows of the groups, in order of their group and of load within it.
  package var windows: [SampledWindow] = []
  /// Time whose known load is above that of everything that was simulated.
  package var unseen = TimeSpan.zero
  /// When the first such time begins.
  package var unseenFrom = Instant.start

  /// A record of nothing.
  package init() {}
}
