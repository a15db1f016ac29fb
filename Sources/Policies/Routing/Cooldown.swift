// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Keeps requests away from a deployment that has just failed too often.
///
/// After LiteLLM (BerriAI/litellm, `router_utils/cooldown_handlers.py`): more than half of this minute's
/// calls failed, of at least two, and the deployment rests for 5 s; a failure that no retry can mend,
/// such as 401, lets it rest at once. A minute is a whole one since the start, as a calendar's is, and
/// the counts outlive the rest. One value a deployment; ``Cooldowns`` holds those of all replicas.
public struct Cooldown: Sendable {
  /// When to rest and for how long.
  public struct Configuration: Sendable {
    /// The part of a minute's calls beyond which failures count as too many; 50 % in LiteLLM.
    public var failureShare: Share
    /// The calls of a minute below which a failure proves nothing; 2 in LiteLLM.
    public var minimumCalls: Int
    /// How long a rest is when the deployment names no time itself; 5 s in LiteLLM.
    public var rest: TimeSpan
    /// The longest rest that a deployment may ask for; a minute, which is a guess.
    public var longestRest: TimeSpan

    /// A configuration of those values; LiteLLM's unless told otherwise.
    public init(
      failureShare: Share = Share(billionths: 500_000_000), minimumCalls: Int = 2,
      rest: TimeSpan = .seconds(5), longestRest: TimeSpan = .minutes(1)
    ) {
      self.failureShare = failureShare
      self.minimumCalls = minimumCalls
      self.rest = rest
      self.longestRest = longestRest
    }
  }

  /// How a call ended.
  public enum Outcome: Equatable, Sendable {
    /// It was answered.
    case succeeded
    /// It failed in a way that may pass; with the time that the deployment asked to be left alone for.
    case failed(retryAfter: TimeSpan?)
    /// It failed in a way that no repetition mends, such as 401 or 404.
    case refused(retryAfter: TimeSpan?)
  }

  private let configuration: Configuration
  private var minute = Int64.min
  private var calls = 0
  private var failures = 0
  /// The end of the latest rest; requests may be sent from then on.
  public private(set) var restsUntil = Instant(nanoseconds: .min)

  /// A deployment that has not been called.
  public init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
  }

  /// What is known of a deployment's calls.
  struct State: Codable, Sendable {
    var minute: Int64
    var calls: Int
    var failures: Int
    var restsUntil: Instant
  }

  /// What is known of its calls.
  var state: State {
    State(minute: minute, calls: calls, failures: failures, restsUntil: restsUntil)
  }

  /// A deployment that has been called.
  init(_ configuration: Configuration, restoring state: State) {
    self.configuration = configuration
    minute = state.minute
    calls = state.calls
    failures = state.failures
    restsUntil = state.restsUntil
  }

  /// Takes a rest back: it ends when the one before it did.
  mutating func carryOn(from before: Instant) { restsUntil = before }

  /// Whether requests are to be kept away.
  public func isResting(at now: Instant) -> Bool { now < restsUntil }

  /// Takes in how a call ended; a report that comes after one of a later minute is not counted.
  public mutating func step(_ outcome: Outcome, at now: Instant) {
    let (quotient, remainder) = now.nanoseconds.quotientAndRemainder(
      dividingBy: TimeSpan.minutes(1).nanoseconds)
    let current = remainder < 0 ? quotient - 1 : quotient
    guard current >= minute else { return }
    if current > minute {
      minute = current
      calls = 0
      failures = 0
    }
    calls += 1
    switch outcome {
    case .succeeded:
      break
    case .failed(let retryAfter):
      failures += 1
      if isFailingTooOften { rest(retryAfter, from: now) }
    case .refused(let retryAfter):
      failures += 1
      rest(retryAfter, from: now)
    }
  }

  private var isFailingTooOften: Bool {
    guard calls >= configuration.minimumCalls else { return false }
    return Int128(failures) * 1_000_000_000
      > Int128(configuration.failureShare.billionths) * Int128(calls)
  }

  /// Rests for the time asked for, and never shortens a rest.
  private mutating func rest(_ retryAfter: TimeSpan?, from now: Instant) {
    let asked = retryAfter.map { min(max($0, .zero), configuration.longestRest) }
    restsUntil = max(restsUntil, now + (asked ?? configuration.rest))
  }
}
