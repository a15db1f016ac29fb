// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What is measured of replicas that know tokens, beside the times of requests.
package enum TokenMeasure: Sendable, Equatable {
  /// Tokens of answers a second.
  case outputRate
  /// Requests a second whose times all keep limits.
  case goodput(TimeLimits)
  /// The bill for a million tokens of answers.
  case costPerMillionOutput
  /// The bill for a million tokens of prompts and answers.
  case costPerMillion
  /// The share of KV blocks that requests hold.
  case occupancy
  /// The share of the tokens of prompts that are found in prefix caches.
  case prefixHitRatio
  /// How often requests lose their blocks, for a thousand of them.
  case preemptions
  /// The share of the tokens computed for prompts that had been computed before.
  case recomputed

  /// Those without a limit, by their names.
  static let plain: [(name: String, measure: TokenMeasure)] = [
    ("output_rate", .outputRate), ("cost_per_million_tokens(output)", .costPerMillionOutput),
    ("cost_per_million_tokens(all)", .costPerMillion), ("kv_occupancy", .occupancy),
    ("prefix_hit_ratio", .prefixHitRatio), ("preemption_rate", .preemptions),
    ("recomputed_share", .recomputed),
  ]

  /// Its name.
  package var name: String {
    if case .goodput(let limits) = self { return "goodput(\(limits))" }
    return Self.plain.first { $0.measure == self }?.name ?? ""
  }

  /// The unit of its numbers; empty for a share.
  package var unit: String {
    switch self {
    case .outputRate: "tokens/s"
    case .goodput: "1/s"
    case .costPerMillionOutput, .costPerMillion: "USD"
    case .preemptions: "1/1000"
    case .occupancy, .prefixHitRatio, .recomputed: ""
    }
  }

  /// Whether it is a share of a whole.
  package var isShare: Bool { unit.isEmpty }

  /// Whether it is counted with the requests that are measured; others are counted over a whole run.
  package var isOfRequests: Bool { !isShare }

  /// All that every run of such a fleet reports.
  package static var reported: [TokenMeasure] { plain.map(\.measure) }
}

/// The longest times that a request may have to be a good one.
package struct TimeLimits: Sendable, Hashable, CustomStringConvertible {
  /// Of the first token.
  package private(set) var ttft: TimeSpan?
  /// Of each token after it.
  package private(set) var tpot: TimeSpan?
  /// Of the whole answer.
  package private(set) var latency: TimeSpan?

  /// Reads limits such as `ttft <= 500ms`, each of another time; `nil` for anything else.
  init?(parsing texts: [String]) {
    for text in texts {
      let parts = text.split(separator: " ", omittingEmptySubsequences: true)
      guard parts.count == 3, parts[1] == "<=", let span = try? TimeSpan(parsing: parts[2]),
        span >= .zero
      else { return nil }
      switch parts[0] {
      case "ttft" where ttft == nil: ttft = span
      case "tpot" where tpot == nil: tpot = span
      case "latency" where latency == nil: latency = span
      default: return nil
      }
    }
  }

  /// Whether a request keeps them.
  ///
  /// - Parameters:
  ///   - tpot: `nil` where there is no token after the first.
  package func hold(ttft: TimeSpan, tpot: TimeSpan?, latency: TimeSpan) -> Bool {
    (self.ttft.map { ttft <= $0 } ?? true) && (self.latency.map { latency <= $0 } ?? true)
      && (self.tpot.map { limit in tpot.map { $0 <= limit } ?? true } ?? true)
  }

  /// As they are written.
  package var description: String {
    [("ttft", ttft), ("tpot", tpot), ("latency", latency)]
      .compactMap { name, limit in limit.map { "\(name) <= \($0)" } }.joined(separator: ", ")
  }
}
