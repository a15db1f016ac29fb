// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// Everything that decides which requests arrive when.
package struct WorkloadModel: Sendable, Equatable {
  /// When requests arrive.
  package let arrivals: ArrivalProcess
  /// What they are like.
  package let mix: RequestMix
  /// Which of them belong together; `nil` when each stands alone.
  package let sessions: Sessions?

  /// The conversations whose requests they are, where prompts grow by what was said; `nil` where they do not.
  package let conversations: Conversations?

  /// A model of those values.
  ///
  /// - Precondition: conversations are not recorded.
  package init(
    arrivals: ArrivalProcess, mix: RequestMix, sessions: Sessions? = nil,
    conversations: Conversations? = nil
  ) {
    precondition(
      conversations == nil || arrivals.profile != nil, "conversations are drawn, not recorded")
    self.arrivals = arrivals
    self.mix = mix
    self.sessions = sessions
    self.conversations = conversations
  }

  /// Which conversation each request belongs to.
  package var sessionLaw: SessionLaw {
    conversations != nil ? .conversations : sessions.map { .sessions($0) } ?? .alone
  }

  /// The trace that it replays; `nil` where it draws its requests.
  package var recorded: ReplayTrace? {
    if case .replay(let trace) = arrivals { trace } else { nil }
  }

  /// Whether requests are expected to arrive at the same rate at all times.
  package var hasConstantRate: Bool {
    arrivals.profile?.isConstant ?? false
  }

  /// What is drawn for requests.
  ///
  /// - Parameters:
  ///   - isAsked: whether a policy asks what a request is like; its class counts in any case.
  package func purposes(isAsked: Bool) -> [StreamPurpose] {
    let turns: [StreamPurpose] = conversations == nil ? [] : [.turns]
    return switch arrivals {
    case .poisson: [.arrivals, .requestContent] + turns
    case .renewal: [.arrivals, .requestContent, .renewalGaps] + turns
    case .replay: mix.isDrawn(isAsked: isAsked) ? [.requestContent] : []
    }
  }

  /// The rate of arrivals at an instant, and until when it is that; of a trace, of the minute that follows,
  /// and at no other instant.
  ///
  /// - Complexity: O(log n) for n steps of a rate, or requests of a trace.
  package func rate(at instant: Instant) -> (rate: Rate, until: Instant) {
    switch arrivals {
    case .poisson(let profile), .renewal(let profile, _): return profile.rate(at: instant)
    case .replay:
      let expected = Double(expectedRequests(from: instant, for: .minutes(1)))
      return (Rate(roundingPerSecond: min(expected / 60, Rate.most)), instant)
    }
  }

  /// How many requests are expected from some time on for so long, rounded down.
  ///
  /// - Complexity: O(minutes) for a rate, O(log n) for a trace of n requests.
  package func expectedRequests(from start: Instant = .start, for span: TimeSpan) -> Int64 {
    switch arrivals {
    case .replay(let trace):
      return Int64(trace.firstRequest(from: start + span) - trace.firstRequest(from: start))
    case .poisson(let profile), .renewal(let profile, _):
      let minute = TimeSpan.minutes(1).nanoseconds
      guard span > .zero else { return 0 }
      let minutes = Int((span.nanoseconds - 1) / minute + 1)
      let rates = profile.rates(from: start, for: span, count: minutes)
      let sum = rates.reduce(Int128(0)) { $0 + Int128($1.nanoPerSecond) }
      // The sum of 73 years times their length is more than 128 bits: it is divided before.
      let (each, rest) = sum.quotientAndRemainder(dividingBy: Int128(minutes))
      let length = Int128(span.nanoseconds)
      return Int64(
        (each * length + rest * length / Int128(minutes)) / 1_000_000_000_000_000_000)
    }
  }
}
