// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension Router {
  /// Whether a model can take a request now.
  @usableFromInline
  @frozen
  enum Standing: BitwiseCopyable, Equatable, Sendable {
    case available, late, notReady, tooLong
  }

  /// Chooses the model for one request.
  ///
  /// The rules `fixed` and `reference` look at nothing but the text and its tokens.
  ///
  /// - Complexity: O(n) for n replicas, where the intended model can take it; at worst O(n × models).
  @inlinable
  public mutating func intended(
    _ request: RouteRequest, at now: Instant, among replicas: Span<ReplicaObservation>
  ) -> RouteDecision {
    intended(request, at: now, among: replicas, ofModels: [])
  }

  /// Chooses the model for one request where the replicas of each model lie side by side.
  ///
  /// The decision is the same as without `stretches`, which only say where to look.
  ///
  /// - Parameters:
  ///   - stretches: where the replicas of each model lie, by the model's number; empty where that is
  ///     not known.
  /// - Complexity: O(replicas of the intended model), where it can take the request.
  @inlinable
  public mutating func intended(
    _ request: RouteRequest, at now: Instant, among replicas: Span<ReplicaObservation>,
    ofModels stretches: ContiguousArray<Range<Int>>
  ) -> RouteDecision {
    switch kind {
    case .fixed(let model):
      return RouteDecision(model: model, reason: .fixed)
    case .reference:
      let complexity = request.plan.keywords.complexity(promptTokens: request.promptTokens)
      let place = min(complexity.rawValue, candidates.count - 1)
      return RouteDecision(model: candidates[place].id, reason: .reference)
    case .difficulty:
      let wanted = Int(request.plan.place) - (request.goesDown ? 1 : 0)
      let planned = min(max(0, wanted), candidates.count - 1)
      let place =
        request.session == 0 ? planned : sessions.raise(request.session, to: planned, at: now)
      let standing = standing(of: place, for: request, among: replicas, ofModels: stretches)
      if standing == .available {
        return RouteDecision(
          model: candidates[place].id, reason: place > planned ? .session : request.plan.reason)
      }
      return detour(from: place, for: request, among: replicas, ofModels: stretches)
    }
  }

  /// Whether a model can take a request: its window, its readiness, its wait, in this order.
  @inlinable
  func standing(
    of place: Int, for request: RouteRequest, among replicas: Span<ReplicaObservation>,
    ofModels stretches: ContiguousArray<Range<Int>>
  ) -> Standing {
    let candidate = candidates[place]
    let tokens = Int(request.promptTokens) + Int(request.outputTokens)
    guard tokens <= candidate.contextWindow else { return .tooLong }
    let all = stretches.isEmpty ? replicas.indices : stretches[candidate.id.index]
    // Nobody waits for ever: a replica that takes no request has no wait that would do.
    let longest = min(longestWait, .max - 1)
    // All are looked at: which is the first that would do, no predictor foresees.
    var shortest = Int64.max
    for index in all {
      let isSame = replicas[index].model == candidate.id
      shortest = min(shortest, isSame ? replicas[index].wait : .max)
    }
    if shortest <= longest { return .available }
    for index in all where replicas[index].acceptsRequests && replicas[index].model == candidate.id
    {
      return .late
    }
    return .notReady
  }

  /// The nearest stronger model that can take it, else the nearest weaker one, else the least bad.
  @usableFromInline
  func detour(
    from place: Int, for request: RouteRequest, among replicas: Span<ReplicaObservation>,
    ofModels stretches: ContiguousArray<Range<Int>>
  ) -> RouteDecision {
    var firstLate: Int?
    var firstNotReady: Int?
    for step in candidates.indices {
      // From the intended place up to the strongest, then from below it down to the weakest.
      let isUpward = place + step < candidates.count
      let other = isUpward ? place + step : candidates.count - 1 - step
      switch standing(of: other, for: request, among: replicas, ofModels: stretches) {
      case .available:
        return RouteDecision(
          model: candidates[other].id, reason: isUpward ? .stronger : .weaker)
      case .late: firstLate = firstLate ?? other
      case .notReady: firstNotReady = firstNotReady ?? other
      case .tooLong: break
      }
    }
    if let firstLate { return RouteDecision(model: candidates[firstLate].id, reason: .late) }
    if let firstNotReady {
      return RouteDecision(model: candidates[firstNotReady].id, reason: .noReplicaReady)
    }
    return RouteDecision(model: candidates[place].id, reason: .windowExceeded)
  }
}
