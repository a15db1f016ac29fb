// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Policies
import Quantities
import Recording
import ReplicaModel
import Serving
import Workload

/// The life of a request between its arrival and its end, where policies have a say.
///
/// Router → response cache → de-duplication → replica. Every request comes to one of ``answer``,
/// ``answerFromCache`` and ``fail``, once.
extension FleetSimulation {
  /// Asks router, cache and de-duplication what becomes of a request.
  mutating func consult(_ arrived: QueuedRequest, _ arrival: Arrival) {
    var request = arrived
    let question = RouteRequest(
      plan: desk.textPlans[Int(arrival.textIndex)], promptTokens: arrival.promptTokens,
      outputTokens: arrival.outputTokens,
      session: scenario.workload.sessions?.session(of: arrival.number, at: now) ?? 0)
    let route = observations.withSpan { desk.router.intended(question, at: now, among: $0) }
    request.model = UInt8(truncatingIfNeeded: route.model.index)
    if let hits = desk.fixedHits, fixedHitStream.block(at: request.number).low >> 32 < hits {
      answerFromCache(request)
      return
    }
    guard desk.usesCache || desk.usesDeduplication else {
      dispatch(request, otherwise: .rejected)
      return
    }
    let key = desk.key(of: arrival.contentID, tenant: arrival.tenantIndex, model: route.model)
    if desk.usesCache,
      case .hit = desk.cache.lookUp(key, isDeterministic: arrival.isDeterministic, at: now)
    {
      answerFromCache(request)
      return
    }
    if arrival.isDeterministic || desk.joinsAnything {
      let row = table.add(
        PolicyTable.Row(
          request, contentID: arrival.contentID, tenantIndex: arrival.tenantIndex,
          isDeterministic: arrival.isDeterministic))
      request.policyRow = row
      if desk.usesDeduplication {
        let deadline = timeout == .max ? .never : request.arrival + TimeSpan(nanoseconds: timeout)
        switch desk.deduplicator.join(
          key, isDeterministic: arrival.isDeterministic, waiter: UInt32(row), deadline: deadline,
          at: now)
        {
        case .lead(let flight): table[row].flight = flight
        case .joined(let flight):
          table[row].flight = flight
          return
        case .alone: break
        }
      }
    }
    dispatch(request, otherwise: .rejected)
  }

  private mutating func answerFromCache(_ request: QueuedRequest) {
    guard request.isMeasured else { return }
    recorder.answered(
      .hit,
      RequestRecorder.Answer(
        latency: desk.cacheLatency, tokens: request.outputTokens,
        model: ModelID(Int(request.model)),
        classIndex: request.classIndex), at: request.place)
  }

  /// Answers a request whose batch has ended, and whoever waits for the same answer.
  mutating func answer(_ request: QueuedRequest, by model: ModelID, started: Instant) {
    guard request.policyRow >= 0 else {
      record(request, .completed, by: model, started: started)
      return
    }
    let row = table[request.policyRow]
    if desk.usesCache {
      let key = desk.key(of: row.contentID, tenant: row.tenantIndex, model: model)
      desk.cache.store(key, isDeterministic: row.isDeterministic, at: now)
    }
    guard let flight = row.flight else {
      record(request, .completed, by: model, started: started)
      table.free(request.policyRow)
      return
    }
    _ = desk.deduplicator.land(flight, .success(isCacheable: true), at: now)
    while let delivery = desk.deduplicator.nextDelivered() {
      let waiter = Int32(delivery.waiter)
      if delivery.isLead {
        record(request, .completed, by: model, started: started)
      } else {
        record(table[waiter].request, .joined, by: model, started: started)
      }
      table.free(waiter)
    }
  }

  /// Counts a request as answered, or as timed out where the answer came too late.
  private mutating func record(
    _ request: QueuedRequest, _ outcome: RequestOutcome, by model: ModelID, started: Instant
  ) {
    let latency = now - request.arrival
    if isScaling && outcome == .completed {
      scrape.answer(latency: latency, wait: started - request.arrival)
    }
    guard request.isMeasured else { return }
    guard latency.nanoseconds <= timeout else {
      recorder.unanswered(.timedOut, at: request.place)
      return
    }
    let answer = RequestRecorder.Answer(
      latency: latency, tokens: request.outputTokens, model: model,
      classIndex: request.classIndex)
    if outcome == .completed {
      recorder.completed(
        answer, wait: started - request.arrival, at: request.place,
        promptTokens: request.promptTokens)
    } else {
      recorder.answered(outcome, answer, at: request.place)
    }
  }

  /// Ends a request that gets no answer from its replica; another that waits with it may try again.
  mutating func fail(_ request: QueuedRequest, _ outcome: RequestOutcome) {
    guard request.policyRow >= 0, let flight = table[request.policyRow].flight else {
      if request.isMeasured { recorder.unanswered(outcome, at: request.place) }
      if request.policyRow >= 0 { table.free(request.policyRow) }
      return
    }
    let landing = desk.deduplicator.land(flight, .retryableFailure, at: now)
    while let delivery = desk.deduplicator.nextDelivered() {
      let waiter = Int32(delivery.waiter)
      let waiting = table[waiter].request
      if waiting.isMeasured {
        let isSame = waiter == request.policyRow
        let end: RequestOutcome =
          delivery.result == .error ? (isSame ? outcome : .failed) : .timedOut
        recorder.unanswered(end, at: waiting.place)
      }
      table.free(waiter)
    }
    if case .promoted(let flight, let lead) = landing {
      table[Int32(lead)].flight = flight
      var next = table[Int32(lead)].request
      next.enqueued = now
      dispatch(next, otherwise: .rejected)
    }
  }
}
