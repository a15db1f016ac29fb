// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import TokenEngine

/// Recorded requests in order of time.
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

  /// A place in a file.
  package struct Place: Sendable, Equatable {
    /// The line, from 1.
    package let line: Int
    /// The column, from 1.
    package let column: Int
  }

  /// The times of the first and the last request of a file, kept or not, in nanoseconds since 1970 or since the
  /// file's own beginning.
  package struct Span: Sendable, Equatable {
    /// That of the first.
    package let first: Int64
    /// That of the last.
    package let last: Int64
  }

  /// The requests.
  package let requests: [Request]
  /// The times of the file.
  package let span: Span
  /// Whether they are moments of the calendar.
  package let isDated: Bool
  /// What was left out, as clauses.
  package let notes: [String]
  /// The priority of each request, the lower the sooner; empty where the file says none.
  package var priorities: [Int] = []
  /// The identities of the full KV blocks of each request, of its prompt or of prompt and answer; empty where the file
  /// says none.
  package var blocks: [BlockChain] = []
  /// Where they stand in the file.
  package var blockPlaces: [Place] = []

  /// A trace of those requests.
  ///
  /// - Parameters:
  ///   - span: the times of the file; those of the requests where there is none.
  /// - Precondition: they are in order of time.
  package init(
    requests: [Request], span: Span? = nil, isDated: Bool = false, notes: [String] = []
  ) {
    for (request, next) in zip(requests, requests.dropFirst()) {
      precondition(request.time <= next.time, "a trace is in order of time")
    }
    self.requests = requests
    self.span =
      span
      ?? Span(
        first: requests.first?.time.nanoseconds ?? 0, last: requests.last?.time.nanoseconds ?? 0)
    self.isDated = isDated
    self.notes = notes
  }

  /// How long after the scenario's start the last one arrived.
  package var duration: TimeSpan { requests.last?.time.sinceStart ?? .zero }

  /// What was read, in a line.
  package var summary: String {
    let length = TimeSpan(nanoseconds: span.last - span.first)
    let dates =
      isDated
      ? "\(UTCDate(nanosecondsSince1970: span.first)) to \(UTCDate(nanosecondsSince1970: span.last))"
      : "\(TimeSpan(nanoseconds: span.first)) to \(TimeSpan(nanoseconds: span.last))"
    var clauses = ["\(requests.count) \(requests.count == 1 ? "request" : "requests")", dates]
    if let first = requests.first, let last = requests.last, last.time > first.time, length > .zero
    {
      let rate = Double(requests.count) / (last.time - first.time).inSeconds
      clauses.append("mean \(formatted(rate, places: 3))/s")
    }
    if !priorities.isEmpty { clauses.append("with priorities") }
    if !blocks.isEmpty { clauses.append("\(blocks.reduce(0) { $0 + $1.count }) KV blocks") }
    return (clauses + notes).joined(separator: ", ")
  }

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
