// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension Router {
  /// Chooses the model for one request.
  ///
  /// The rules `fixed` and `reference` look at nothing but the text and its tokens.
  ///
  /// The board is not changed: the compiler would copy one that is only borrowed.
  ///
  /// - Complexity: O(1) where the intended model can take it; at worst O(models).
  @inlinable
  @inline(__always)
  public mutating func intended(
    _ request: RouteRequest, at now: Instant, among board: inout ReplicaBoard
  ) -> RouteDecision {
    switch kind {
    case .fixed(let model):
      return RouteDecision(model: model, reason: .fixed)
    case .reference:
      let complexity = request.plan.keywords.complexity(promptTokens: request.promptTokens)
      let place = min(complexity.rawValue, candidates.models.count - 1)
      return RouteDecision(model: candidates.models[place].id, reason: .reference)
    case .difficulty:
      let wanted = Int(request.plan.place) - (request.goesDown ? 1 : 0)
      let planned = min(max(0, wanted), candidates.models.count - 1)
      let place =
        request.session == 0 ? planned : sessions.raise(request.session, to: planned, at: now)
      let tokens = Int(request.promptTokens) + Int(request.outputTokens)
      let standing = candidates.standing(of: place, for: tokens, among: &board)
      if standing == .available {
        return RouteDecision(
          model: candidates.models[place].id,
          reason: place > planned ? .session : request.plan.reason)
      }
      return candidates.detour(from: place, for: tokens, among: &board)
    }
  }
}

extension Router {
  /// The models that may be chosen, from weak to strong: all that the hot path needs of them.
  ///
  /// A value of its own, so that asking it copies no router.
  @usableFromInline
  @frozen
  struct Candidates: Sendable {
    @usableFromInline let models: ContiguousArray<Candidate>
    @usableFromInline let longestWait: Int64
  }
}

extension Router.Candidates {
  /// Whether a model can take a request now.
  @usableFromInline
  @frozen
  enum Standing: BitwiseCopyable, Equatable, Sendable {
    case available, late, notReady, tooLong
  }

  /// Whether a model can take a request of so many tokens: its window, its readiness, its wait, in this order.
  @inlinable
  @inline(__always)
  func standing(
    of place: Int, for tokens: Int, among board: inout ReplicaBoard
  ) -> Standing {
    let candidate = models[place]
    guard tokens <= candidate.contextWindow else { return .tooLong }
    let load = board.leastLoad(of: candidate.id)
    // Who takes no request has no load that would do.
    if load <= longestWait && load < .max { return .available }
    if board.acceptsAny(of: candidate.id) { return .late }
    return .notReady
  }

  /// The nearest stronger model that can take it, else the nearest weaker one, else the least bad.
  @usableFromInline
  func detour(
    from place: Int, for tokens: Int, among board: inout ReplicaBoard
  ) -> RouteDecision {
    var firstLate: Int?
    var firstNotReady: Int?
    for step in models.indices {
      // From the intended place up to the strongest, then from below it down to the weakest.
      let isUpward = place + step < models.count
      let other = isUpward ? place + step : models.count - 1 - step
      switch standing(of: other, for: tokens, among: &board) {
      case .available:
        return RouteDecision(
          model: models[other].id, reason: isUpward ? .stronger : .weaker)
      case .late: firstLate = firstLate ?? other
      case .notReady: firstNotReady = firstNotReady ?? other
      case .tooLong: break
      }
    }
    if let firstLate { return RouteDecision(model: models[firstLate].id, reason: .late) }
    if let firstNotReady {
      return RouteDecision(model: models[firstNotReady].id, reason: .noReplicaReady)
    }
    return RouteDecision(model: models[place].id, reason: .windowExceeded)
  }
}
