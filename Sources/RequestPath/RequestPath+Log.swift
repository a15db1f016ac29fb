// SPDX-License-Identifier: Apache-2.0

import DecisionLog
import Policies
import Quantities
import Serving

/// Events of a path that may be written down, with what becomes of the request.
///
/// Never inlined: hardly a driver writes a log, and every request passes where it would be written.
extension RequestPath {
  /// What becomes of a request that arrived, and what its ticket says then.
  @usableFromInline
  struct LoggedReception {
    @usableFromInline let reception: Reception
    @usableFromInline let model: UInt8
    @usableFromInline let row: Int32
  }

  /// Takes in a request that arrived and writes what becomes of it.
  @usableFromInline
  @inline(never)
  mutating func arriveInLog(
    _ ticket: Ticket, _ facts: RequestFacts, at now: Instant
  ) -> LoggedReception {
    var ticket = ticket
    let reception = arrive(&ticket, facts, at: now)
    if logsPath { log?.write(arrived: ticket, facts, at: now, reception) }
    return LoggedReception(reception: reception, model: ticket.modelIndex, row: ticket.row)
  }

  /// Takes in what the store holds and writes what becomes of the request.
  @usableFromInline
  @inline(never)
  mutating func takeAnswerInLog(
    _ ticket: Ticket, _ lookUp: LookUp, _ answer: CacheAnswer, at now: Instant
  ) -> Shared {
    logLookUp(lookUp.key, lookUp.question.isDeterministic, answer, at: now)
    let shared = takeAnswer(ticket, lookUp, answer, at: now)
    if logsPath {
      log?.write(
        storeAnswered: ticket.number, lookUp.key, answer, at: now, shared.effect, row: shared.row)
    }
    return shared
  }

  /// Ends a request that was answered and writes what becomes of it and of others.
  @usableFromInline
  @inline(never)
  mutating func completeInLog(
    _ ticket: Ticket, _ response: StoredResponse, cost: USD?, at now: Instant
  ) -> Completion {
    let known = steps.count
    let completion = complete(ticket, response, cost: cost, at: now)
    if logsPath {
      log?.write(
        completed: ticket.number, response, cost: cost, at: now, completion,
        steps[known...])
    }
    return completion
  }

  @usableFromInline
  @inline(never)
  mutating func logStart(of number: UInt64, at now: Instant) {
    if logsPath { log?.write(started: number, at: now) }
  }

  @usableFromInline
  @inline(never)
  mutating func logChange(_ replica: ReplicaID, _ change: ReplicaChange, at now: Instant) {
    if logsPath { log?.write(replica, change, at: now) }
  }
}
