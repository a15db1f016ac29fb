// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

/// What is decided about requests, written down.
///
/// Never inlined: hardly a run writes a log, and every request passes where it would be written.
extension RequestPath {
  /// Whether each policy's answers are written.
  var logsPolicies: Bool { subjects.contains(.policies) }

  /// Whether events and what becomes of requests are written.
  var logsPath: Bool { subjects.contains(.path) }

  @usableFromInline
  @inline(never)
  mutating func logChoice(
    of model: ModelID, within longestWait: TimeSpan?, _ choice: LeastLoaded.Choice, at now: Instant
  ) {
    guard logsPolicies else { return }
    log?.write(choiceOf: model, within: longestWait, at: now, among: board, choice)
  }

  @usableFromInline
  @inline(never)
  mutating func logRoute(
    _ question: RouteRequest, text: Int, _ decision: RouteDecision, at now: Instant
  ) {
    guard logsPolicies else { return }
    log?.write(question, text: text, at: now, among: board, decision)
  }

  mutating func logLookUp(
    _ key: CacheKey, _ isDeterministic: Bool, _ answer: CacheAnswer, at now: Instant
  ) {
    guard logsPolicies, rules.usesStore else { return }
    log?.write(lookUp: key, isDeterministic: isDeterministic, at: now, answer)
  }

  @usableFromInline
  @inline(never)
  mutating func logJoin(
    _ key: CacheKey, _ isDeterministic: Bool, _ row: Int32, _ deadline: Instant,
    _ answer: JoinAnswer, at now: Instant
  ) {
    guard logsPolicies else { return }
    log?.write(
      join: key, isDeterministic: isDeterministic, waiter: UInt32(truncatingIfNeeded: row),
      deadline: deadline, at: now, answer)
  }

  /// Writes down how a flight ended and for whom, and forgets the latter.
  @usableFromInline
  @inline(never)
  mutating func logLanding(
    _ flight: FlightID, _ outcome: FlightOutcome, _ landing: Landing, at now: Instant
  ) {
    if logsPolicies { log?.write(land: flight, outcome, at: now, landing, delivered) }
    delivered.removeAll(keepingCapacity: true)
  }
}
