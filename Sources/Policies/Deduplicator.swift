// SPDX-License-Identifier: Apache-2.0

import Columns
import Quantities

/// Lets identical requests that are under way at the same time share one call: a flight.
///
/// A flight belongs to the de-duplication and not to the request that opened it, the lead: when that
/// one's client goes away, the others still get the answer, and the call is cancelled only when all have
/// gone. Everybody in a flight leaves it exactly once, by leaving or by a delivery. A failure that may
/// pass is tried once more, with one of those who wait as the new lead; every other failure goes to all.
///
/// Errors are shared as in Go's singleflight (golang/sync), what could not be cached is remembered as by
/// Varnish's hit-for-miss (varnishcache/varnish-cache).
///
/// It cannot be copied: requests wait in it.
public struct Deduplicator: ~Copyable, Sendable {
  /// By which rules and within which bounds it goes.
  public let configuration: Configuration

  var flights = KeyTable<Flight>()
  var waiters = GrowingColumn<Waiter>(minimumCapacity: 64)
  /// The first place that is free, and the first and last of those whose wait is over; -1 for none.
  var firstFree: Int32 = -1
  @usableFromInline var firstDelivered: Int32 = -1
  var lastDelivered: Int32 = -1
  /// A lead with whom nobody else waited, and whose wait was over before that of those in the list.
  @usableFromInline var deliveredAlone: Delivery?
  var nextSerial: UInt32 = 0
  /// Keys whose last answer could not be cached.
  var uncacheable: ResponseCache

  /// A call under way.
  ///
  /// Hardly anybody joins most: their lead gets a place among those who wait only when somebody does.
  struct Flight: BitwiseCopyable, Sendable {
    var serial: UInt32
    /// Everybody in it, in the order of joining; none once it is over. The list is empty of a lead alone.
    var count: Int32 = 1
    var first: Int32 = -1
    var last: Int32 = -1
    /// The place of the one whose call it is; -1 when that one has gone.
    var lead: Int32 = -1
    /// The lead that opened it, and how long that one is willing to wait.
    let opener: UInt32
    let deadline: Instant

    /// Whether only the lead that opened it is in it, and has no place yet.
    var isAlone: Bool { first < 0 && count == 1 }
  }

  /// A request in a flight, or one whose wait is over, or a free place.
  struct Waiter: BitwiseCopyable, Sendable {
    var number: UInt32
    var next: Int32 = -1
    var deadline: Instant
    var isLead = false
    var result = Delivery.Result.answer
  }

  /// One with no flight.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    uncacheable = ResponseCache(
      ResponseCache.Configuration(
        ttl: configuration.uncoalescedFor, jitter: .zero, capacity: configuration.remembered))
  }

  /// How many flights are under way.
  public var flightCount: Int { flights.count }

  /// Asks whether a request waits for a call that is under way, opens a flight, or goes alone.
  ///
  /// `waiter` is the caller's own number for the request, which is in no other flight meanwhile;
  /// `deadline` is how long it is willing to wait.
  public mutating func join(
    _ key: CacheKey, isDeterministic: Bool, waiter: UInt32, deadline: Instant, at now: Instant
  ) -> JoinAnswer {
    let isProduction = configuration.rule == .production
    if isProduction {
      guard isDeterministic else { return .alone(.notDeterministic) }
      if uncacheable.count > 0, uncacheable.lookUp(key, isDeterministic: true, at: now) != .miss {
        return .alone(.uncacheable)
      }
    }
    if let place = flights.find(key) {
      if isProduction, Int(flights.places[Int(place)].value.count) > configuration.maximumWaiters {
        return .alone(.full)
      }
      seatOpener(of: place)
      add(waiter, deadline: deadline, to: place, isLead: false)
      return .joined(id(of: place))
    }
    nextSerial &+= 2
    let flight = Flight(serial: nextSerial, opener: waiter, deadline: deadline)
    return .lead(FlightID(place: UInt32(flights.insert(key, flight)), serial: nextSerial))
  }

  /// Takes a request out of its flight: its client has gone, or its deadline has come.
  ///
  /// The id may be the one from before the call was made again.
  ///
  /// - Complexity: O(those who joined before it and still wait).
  public mutating func leave(_ flight: FlightID, _ waiter: UInt32) -> LeaveAnswer {
    guard let place = place(of: flight, ofAnyCall: true) else { return .ignored }
    seatOpener(of: place)
    var before: Int32 = -1
    var found = flights.places[Int(place)].value.first
    while found >= 0, waiters[Int(found)].number != waiter {
      (before, found) = (found, waiters[Int(found)].next)
    }
    guard found >= 0 else { return .ignored }
    let wasLead = flights.places[Int(place)].value.lead == found
    unlink(found, after: before, from: place)
    free(found)
    if flights.places[Int(place)].value.count == 0 {
      flights.remove(place)
      return .cancelled
    }
    if wasLead {
      flights.places[Int(place)].value.lead = -1
      if configuration.rule == .reference {
        end(place, with: .abandoned)
        return .cancelled
      }
    }
    return .goesOn
  }

  /// Takes in how a flight's call ended, and says whether the call is made again.
  ///
  /// Whose wait is over is in the deliveries afterwards, the lead included.
  ///
  /// - Complexity: O(those in the flight).
  public mutating func land(
    _ flight: FlightID, _ outcome: FlightOutcome, at now: Instant
  ) -> Landing {
    guard let place = place(of: flight, ofAnyCall: false) else { return .ignored }
    switch outcome {
    case .success(let isCacheable):
      if !isCacheable, configuration.rule == .production {
        let key = flights.places[Int(place)].key
        uncacheable.store(key, isDeterministic: true, at: now)
      }
      if flights.places[Int(place)].value.isAlone && firstDelivered < 0 && deliveredAlone == nil {
        let opener = flights.places[Int(place)].value.opener
        deliveredAlone = Delivery(waiter: opener, isLead: true, result: .answer)
        remove(place)
      } else {
        seatOpener(of: place)
        end(place, with: .answer)
      }
    case .failure:
      seatOpener(of: place)
      fail(place)
    case .retryableFailure:
      seatOpener(of: place)
      if configuration.rule == .production { return retry(place, at: now) }
      fail(place)
    }
    return .over
  }

  /// Ends a flight that was answered, if nobody joined it, without a delivery; else changes nothing.
  ///
  /// The quick way for most flights.
  ///
  /// - Returns: whether it ended the flight: its lead has the answer.
  public mutating func landAlone(_ flight: FlightID, isCacheable: Bool, at now: Instant) -> Bool {
    guard let place = place(of: flight, ofAnyCall: false),
      flights.places[Int(place)].value.isAlone
    else { return false }
    if !isCacheable, configuration.rule == .production {
      uncacheable.store(flights.places[Int(place)].key, isDeterministic: true, at: now)
    }
    remove(place)
    return true
  }

  /// Takes the next request whose wait is over, in the order of joining; nil when there is none.
  @inlinable
  public mutating func nextDelivered() -> Delivery? {
    if let alone = deliveredAlone {
      deliveredAlone = nil
      return alone
    }
    return firstDelivered < 0 ? nil : nextOfList()
  }
}
