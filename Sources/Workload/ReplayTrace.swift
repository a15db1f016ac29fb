// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Recorded requests in order of time; the first comes at the scenario's start.
package struct ReplayTrace: Sendable, Equatable {
  /// One recorded request.
  package struct Request: Sendable, Equatable {
    /// When it arrived.
    package let time: Instant
    /// Tokens of its prompt.
    package let promptTokens: UInt32
    /// Tokens of its answer.
    package let outputTokens: UInt32

    /// A request of those values.
    package init(time: Instant, promptTokens: UInt32, outputTokens: UInt32) {
      self.time = time
      self.promptTokens = promptTokens
      self.outputTokens = outputTokens
    }
  }

  /// A trace of those requests.
  ///
  /// - Precondition: they are in order of time.
  package init(requests: [Request]) {
    for (request, next) in zip(requests, requests.dropFirst()) {
      precondition(request.time <= next.time, "a trace is in order of time")
    }
    self.requests = requests
  }

  /// The requests.
  package let requests: [Request]

  /// How long after the first request the last one arrived.
  package var duration: TimeSpan { requests.last?.time.sinceStart ?? .zero }

  /// The number of the first request that does not come before an instant.
  func firstRequest(from start: Instant) -> Int {
    var low = 0
    var high = requests.count
    while low < high {
      let middle = (low + high) / 2
      if requests[middle].time < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
