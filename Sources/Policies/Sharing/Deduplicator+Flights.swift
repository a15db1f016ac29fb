// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What happens to the requests of a flight.
extension Deduplicator {
  func id(of place: Int32) -> FlightID {
    FlightID(place: UInt32(place), serial: flights.places[Int(place)].value.serial)
  }

  /// The place of a flight that is under way, or nil; where only the current call counts, of that one.
  func place(of id: FlightID, ofAnyCall: Bool) -> Int32? {
    guard Int(id.place) < flights.places.count else { return nil }
    let flight = flights.places[Int(id.place)].value
    guard flight.count > 0 else { return nil }
    let isSame =
      ofAnyCall ? flight.serial >> 1 == id.serial >> 1 : flight.serial == id.serial
    return isSame ? Int32(id.place) : nil
  }

  /// Makes the call again with another request that still has time as its lead, if there is one and
  /// it was not made again before; else the error goes to all.
  ///
  /// A request that nobody else waits with gets its error, as it would alone.
  mutating func retry(_ place: Int32, at now: Instant) -> Landing {
    dropLate(in: place, at: now)
    let flight = flights.places[Int(place)].value
    guard flight.count > 0 else {
      flights.remove(place)
      return .over
    }
    var candidate = flight.first
    if candidate == flight.lead { candidate = waiters[Int(candidate)].next }
    guard flight.serial & 1 == 0, candidate >= 0 else {
      end(place, with: .error)
      return .over
    }
    if flight.lead >= 0 { waiters[Int(flight.lead)].isLead = false }
    waiters[Int(candidate)].isLead = true
    flights.places[Int(place)].value.lead = candidate
    flights.places[Int(place)].value.serial = flight.serial | 1
    return .promoted(id(of: place), lead: waiters[Int(candidate)].number)
  }

  /// Ends a flight with its error; the reference tells the lead and forgets the others.
  mutating func fail(_ place: Int32) {
    end(place, with: configuration.rule == .production ? .error : .abandoned)
  }

  /// Ends a flight with everybody in the deliveries. A lead is never abandoned: it gets its own error.
  mutating func end(_ place: Int32, with result: Delivery.Result) {
    let flight = flights.places[Int(place)].value
    var waiter = flight.first
    while waiter >= 0 {
      let own: Delivery.Result = result == .abandoned && waiter == flight.lead ? .error : result
      waiters[Int(waiter)].result = own
      waiter = waiters[Int(waiter)].next
    }
    append(from: flight.first, to: flight.last)
    remove(place)
  }

  /// Delivers to those whose deadline has passed that nothing came.
  private mutating func dropLate(in place: Int32, at now: Instant) {
    var before: Int32 = -1
    var waiter = flights.places[Int(place)].value.first
    while waiter >= 0 {
      let next = waiters[Int(waiter)].next
      if waiters[Int(waiter)].deadline <= now {
        unlink(waiter, after: before, from: place)
        if flights.places[Int(place)].value.lead == waiter {
          flights.places[Int(place)].value.lead = -1
        }
        waiters[Int(waiter)].result = .timedOut
        append(from: waiter, to: waiter)
      } else {
        before = waiter
      }
      waiter = next
    }
  }

  /// Gives a lead that was alone in its flight a place among those who wait.
  mutating func seatOpener(of place: Int32) {
    let flight = flights.places[Int(place)].value
    guard flight.isAlone else { return }
    flights.places[Int(place)].value.count = 0
    add(flight.opener, deadline: flight.deadline, to: place, isLead: true)
  }

  /// Takes the first of the deliveries in the list.
  @usableFromInline
  mutating func nextOfList() -> Delivery {
    let place = firstDelivered
    let waiter = waiters[Int(place)]
    firstDelivered = waiter.next
    if firstDelivered < 0 { lastDelivered = -1 }
    free(place)
    return Delivery(waiter: waiter.number, isLead: waiter.isLead, result: waiter.result)
  }

  /// Ends a flight in which nobody is any more.
  mutating func remove(_ place: Int32) {
    flights.places[Int(place)].value.count = 0
    flights.remove(place)
  }

  mutating func add(_ number: UInt32, deadline: Instant, to place: Int32, isLead: Bool) {
    let waiter = Waiter(number: number, deadline: deadline, isLead: isLead)
    let added: Int32
    if firstFree >= 0 {
      added = firstFree
      firstFree = waiters[Int(added)].next
      waiters[Int(added)] = waiter
    } else {
      added = Int32(waiters.count)
      waiters.append(waiter)
    }
    var flight = flights.places[Int(place)].value
    if flight.last >= 0 { waiters[Int(flight.last)].next = added } else { flight.first = added }
    flight.last = added
    flight.count += 1
    if isLead { flight.lead = added }
    flights.places[Int(place)].value = flight
  }

  /// Takes a request out of its flight's list.
  mutating func unlink(_ waiter: Int32, after before: Int32, from place: Int32) {
    let next = waiters[Int(waiter)].next
    waiters[Int(waiter)].next = -1
    if before >= 0 {
      waiters[Int(before)].next = next
    } else {
      flights.places[Int(place)].value.first = next
    }
    if next < 0 { flights.places[Int(place)].value.last = before }
    flights.places[Int(place)].value.count -= 1
  }

  mutating func free(_ waiter: Int32) {
    waiters[Int(waiter)].next = firstFree
    firstFree = waiter
  }

  /// Puts a chain of requests at the end of the deliveries.
  private mutating func append(from first: Int32, to last: Int32) {
    if lastDelivered >= 0 {
      waiters[Int(lastDelivered)].next = first
    } else {
      firstDelivered = first
    }
    lastDelivered = last
  }
}
