// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

extension Scenario {
  /// In which part of the horizon requests are simulated; the slow world always runs all of it.
  package struct RequestWindow: Sendable, Equatable {
    /// When measuring begins.
    package let from: Instant
    /// For how long arrivals are measured.
    package let length: TimeSpan
    /// For how long before that requests run unmeasured, to fill queues and batches.
    package let warmUp: TimeSpan
    /// Whether the warm-up is to be found out: then the window is measured from an empty system on, and
    /// what MSER-5 cuts of it is the warm-up.
    package let isWarmUpAutomatic: Bool

    /// A window of those values.
    package init(
      from: Instant, length: TimeSpan, warmUp: TimeSpan, isWarmUpAutomatic: Bool = false
    ) {
      self.from = from
      self.length = length
      self.warmUp = warmUp
      self.isWarmUpAutomatic = isWarmUpAutomatic
    }

    /// When measuring ends.
    package var end: Instant { from + length }
  }

  /// Windows that are spread over the horizon, where the whole of it would be too many requests.
  ///
  /// Before any request runs it is known when machines come and go and how many requests are expected.
  /// Time of high load and time round interruptions, from the notice on, is simulated whole, as far as a
  /// budget of requests goes. Of the rest windows are drawn, stratified by that known load, and count for
  /// all of it.
  package struct RequestSample: Sendable, Equatable {
    /// How many windows are drawn of the time that is not simulated whole.
    package let windows: Int
    /// For how long each is measured: whole minutes.
    package let length: TimeSpan
    /// For how long before each requests run unmeasured.
    package let warmUp: TimeSpan
    /// For how long after an interruption requests are measured; `nil` where interruptions are met only as
    /// often as windows happen to lie round them.
    package let afterInterruption: TimeSpan?
    /// Time of a load above this is simulated whole: the rate that reaches replicas ÷ what the machines that
    /// serve can answer.
    package let certainLoad: Share
    /// How many requests of a replication may be simulated for that.
    package let certainRequests: Int64

    /// The load above which time is simulated whole unless a scenario says another.
    package static var usualCertainLoad: Share { Share(billionths: 800_000_000) }
    /// The requests that may be simulated for that unless a scenario says others.
    package static var usualCertainRequests: Int64 { 50_000_000 }

    /// A sample of those values.
    ///
    /// - Precondition: there is a window, and lengths are whole minutes.
    package init(
      windows: Int, length: TimeSpan, warmUp: TimeSpan, afterInterruption: TimeSpan?,
      certainLoad: Share = Self.usualCertainLoad,
      certainRequests: Int64 = Self.usualCertainRequests
    ) {
      let minute = TimeSpan.minutes(1).nanoseconds
      precondition(windows > 0 && length > .zero, "a sample has a window")
      precondition(length.nanoseconds % minute == 0, "windows last whole minutes")
      self.windows = windows
      self.length = length
      self.warmUp = warmUp
      self.afterInterruption = afterInterruption
      self.certainLoad = certainLoad
      self.certainRequests = certainRequests
    }
  }

  /// In which parts of the horizon requests are simulated.
  package enum Requests: Sendable, Equatable {
    /// In one stretch of it, or all of it.
    case once(RequestWindow)
    /// In windows spread over it.
    case sampled(RequestSample)
  }
}
