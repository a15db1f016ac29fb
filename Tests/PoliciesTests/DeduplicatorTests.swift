// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("The de-duplication")
struct DeduplicatorTests {
  private func key(_ content: UInt64, tenant: Int = 0) -> CacheKey {
    CacheKey(tenant: TenantID(tenant), artefact: ModelID(0), content: content)
  }

  /// Twenty identical requests at once; the flight of the first.
  private func twenty(
    _ deduplicator: inout Deduplicator, deadline: Instant = .start + .seconds(60)
  ) throws -> FlightID {
    var flight: FlightID?
    for waiter in 0..<20 {
      switch deduplicator.join(
        key(1), isDeterministic: true, waiter: UInt32(waiter), deadline: deadline, at: .start)
      {
      case .lead(let id): flight = id
      case .joined(let id): #expect(id == flight)
      case .alone: Issue.record("a request went alone")
      }
    }
    return try #require(flight)
  }

  private func deliveries(_ deduplicator: inout Deduplicator) -> [Delivery] {
    var all: [Delivery] = []
    while let delivery = deduplicator.nextDelivered() { all.append(delivery) }
    return all
  }

  @Test("makes one call for twenty, and gives its answer to all")
  func oneCall() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    let flight = try twenty(&deduplicator)
    #expect(
      deduplicator.land(flight, .success(isCacheable: true), at: .start + .seconds(8)) == .over)
    let all = deliveries(&deduplicator)
    #expect(all.map(\.waiter) == Array(0..<20) && all.allSatisfy { $0.result == .answer })
    #expect(all.filter(\.isLead).map(\.waiter) == [0])
    #expect(deduplicator.flightCount == 0)
    #expect(deduplicator.land(flight, .failure, at: .start + .seconds(9)) == .ignored)
  }

  @Test(
    "hands out answers in the order in which calls ended, though nobody asked for them meanwhile")
  func orderOfDeliveries() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    var flights: [FlightID] = []
    // Calls of one, of two and of one again, twice.
    for content in 0..<6 {
      for waiter in 0..<(content % 3 == 1 ? 2 : 1) {
        let answer = deduplicator.join(
          key(UInt64(content)), isDeterministic: true, waiter: UInt32(10 * content + waiter),
          deadline: .never, at: .start)
        if case .lead(let id) = answer { flights.append(id) }
      }
    }
    #expect(deduplicator.flightCount == 6)
    for flight in flights {
      #expect(deduplicator.land(flight, .success(isCacheable: true), at: .start) == .over)
    }
    let all = deliveries(&deduplicator)
    #expect(all.map(\.waiter) == [0, 10, 11, 20, 30, 40, 41, 50])
    #expect(all.map(\.isLead) == [true, true, false, true, true, true, false, true])
    // One that was left by the only one in it is no more.
    guard
      case .lead(let flight) = deduplicator.join(
        key(7), isDeterministic: true, waiter: 70, deadline: .never, at: .start)
    else {
      Issue.record("the first to ask makes the call")
      return
    }
    #expect(deduplicator.leave(flight, 71) == .ignored)
    #expect(deduplicator.leave(flight, 70) == .cancelled)
    #expect(deduplicator.land(flight, .failure, at: .start) == .ignored)
    #expect(deduplicator.nextDelivered() == nil && deduplicator.flightCount == 0)
  }

  @Test("makes a call that failed once more, and shares what cannot be retried")
  func failure() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    let flight = try twenty(&deduplicator)
    guard
      case .promoted(let second, let lead) = deduplicator.land(
        flight, .retryableFailure, at: .start + .seconds(4))
    else {
      Issue.record("nobody was promoted")
      return
    }
    #expect(lead == 1 && deliveries(&deduplicator).isEmpty)
    _ = deduplicator.land(second, .success(isCacheable: true), at: .start + .seconds(12))
    #expect(deliveries(&deduplicator).count { $0.result == .answer } == 20)

    let third = try twenty(&deduplicator)
    #expect(deduplicator.land(third, .failure, at: .start + .seconds(4)) == .over)
    #expect(deliveries(&deduplicator).count { $0.result == .error } == 20)

    let fourth = try twenty(&deduplicator)
    guard case .promoted(let again, _) = deduplicator.land(fourth, .retryableFailure, at: .start)
    else {
      Issue.record("nobody was promoted")
      return
    }
    #expect(deduplicator.land(again, .retryableFailure, at: .start) == .over)
    #expect(deliveries(&deduplicator).count { $0.result == .error } == 20)
  }

  @Test("drops those whose time is over when a call fails, and promotes one who has time")
  func late() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    let flight = try twenty(&deduplicator, deadline: .start + .seconds(3))
    _ = deduplicator.join(
      key(1), isDeterministic: true, waiter: 99, deadline: .start + .seconds(30),
      at: .start + .seconds(2))
    guard
      case .promoted(_, let lead) = deduplicator.land(
        flight, .retryableFailure, at: .start + .seconds(4))
    else {
      Issue.record("nobody was promoted")
      return
    }
    #expect(lead == 99)
    #expect(deliveries(&deduplicator).count { $0.result == .timedOut } == 20)
  }

  @Test(
    "ends the call of one who waited alone: too late where its time was over, else with the error")
  func lateAlone() throws {
    for (seconds, result) in [(2, Delivery.Result.error), (4, .timedOut)] {
      var deduplicator = Deduplicator(Deduplicator.Configuration())
      let answer = deduplicator.join(
        key(1), isDeterministic: true, waiter: 7, deadline: .start + .seconds(3), at: .start)
      guard case .lead(let flight) = answer else {
        Issue.record("the first request opens no flight")
        return
      }
      let landing = deduplicator.land(
        flight, .retryableFailure, at: .start + .seconds(Int64(seconds)))
      #expect(landing == .over && deduplicator.flightCount == 0)
      let all = deliveries(&deduplicator)
      #expect(all.map(\.waiter) == [7] && all.map(\.result) == [result])
    }
  }

  @Test("goes on when the lead's client goes, and is cancelled when all have gone")
  func leaving() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    let flight = try twenty(&deduplicator)
    #expect(deduplicator.leave(flight, 0) == .goesOn)
    _ = deduplicator.land(flight, .success(isCacheable: true), at: .start + .seconds(8))
    #expect(deliveries(&deduplicator).map(\.waiter) == Array(1..<20))
    let second = try twenty(&deduplicator)
    for waiter in 0..<19 { #expect(deduplicator.leave(second, UInt32(waiter)) == .goesOn) }
    #expect(deduplicator.leave(second, 19) == .cancelled)
    #expect(deduplicator.leave(second, 19) == .ignored && deduplicator.flightCount == 0)
  }

  @Test("never shares samples, nor between tenants")
  func alone() {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    for waiter in 0..<20 {
      let answer = deduplicator.join(
        key(1), isDeterministic: false, waiter: UInt32(waiter), deadline: .never, at: .start)
      #expect(answer == .alone(.notDeterministic))
    }
    for tenant in 0..<2 {
      let answer = deduplicator.join(
        key(1, tenant: tenant), isDeterministic: true, waiter: UInt32(100 + tenant),
        deadline: .never, at: .start)
      guard case .lead = answer else {
        Issue.record("a tenant joined another's call")
        continue
      }
    }
  }

  @Test("lets requests go alone for a minute after an answer that could not be kept")
  func uncacheable() throws {
    var deduplicator = Deduplicator(Deduplicator.Configuration())
    let flight = try twenty(&deduplicator)
    _ = deduplicator.land(flight, .success(isCacheable: false), at: .start)
    _ = deliveries(&deduplicator)
    func ask(_ seconds: Int64) -> JoinAnswer {
      deduplicator.join(
        key(1), isDeterministic: true, waiter: 7, deadline: .never, at: .start + .seconds(seconds))
    }
    #expect(ask(59) == .alone(.uncacheable))
    guard case .lead = ask(60) else {
      Issue.record("nobody leads after a minute")
      return
    }
  }

  @Test("by the reference rule forgets all who wait for a lead that fails")
  func reference() throws {
    var deduplicator = Deduplicator(.reference)
    let flight = try twenty(&deduplicator)
    #expect(deduplicator.land(flight, .retryableFailure, at: .start) == .over)
    let all = deliveries(&deduplicator)
    #expect(all.count { $0.result == .abandoned } == 19)
    #expect(all.filter { $0.result == .error }.map(\.waiter) == [0])
  }

  /// Joins, landings of every kind and departures in random order: everybody ends exactly once.
  @Test("loses nobody and tells nobody twice in 10,000 random interleavings")
  func interleavings() {
    var stream = RandomStream(seed: 4, replication: 0, purpose: .testing, entity: 7)
    for _ in 0..<10_000 {
      var deduplicator = Deduplicator(Deduplicator.Configuration(maximumWaiters: 3))
      var flights: [FlightID] = []
      var member: [UInt32: FlightID] = [:]
      var ended = [Int](repeating: 0, count: 24)
      var next: UInt32 = 0
      var now = Instant.start
      func collect() {
        while let delivery = deduplicator.nextDelivered() {
          ended[Int(delivery.waiter)] += 1
          member[delivery.waiter] = nil
        }
      }
      for _ in 0..<40 {
        now = now + .milliseconds(Int64(stream.next() % 400))
        switch stream.next() % 4 {
        case 0, 1:
          guard next < 24 else { continue }
          let answer = deduplicator.join(
            key(stream.next() % 3), isDeterministic: true, waiter: next,
            deadline: now + .seconds(2), at: now)
          switch answer {
          case .lead(let id):
            flights.append(id)
            member[next] = id
          case .joined(let id): member[next] = id
          case .alone: ended[Int(next)] += 1
          }
          next += 1
        case 2:
          guard let id = flights.popLast() else { continue }
          let outcomes: [FlightOutcome] = [
            .success(isCacheable: true), .retryableFailure, .failure,
          ]
          if case .promoted(let again, _) = deduplicator.land(
            id, outcomes[Int(stream.next() % 3)], at: now)
          {
            flights.append(again)
          }
          collect()
        default:
          let waiter = UInt32(stream.next() % 24)
          guard let id = member[waiter] else { continue }
          if deduplicator.leave(id, waiter) != .ignored {
            ended[Int(waiter)] += 1
            member[waiter] = nil
          }
          collect()
        }
      }
      for id in flights { _ = deduplicator.land(id, .failure, at: now) }
      collect()
      #expect(ended[..<Int(next)].allSatisfy { $0 == 1 })
      #expect(deduplicator.flightCount == 0)
    }
  }
}
