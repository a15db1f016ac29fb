// SPDX-License-Identifier: Apache-2.0

import Columns
import Policies
import Serving

/// What policies keep of the requests on their way, a row each.
///
/// A request has its row from when it is known to need one to its end. Rows are used again, so that in steady
/// state nothing is allocated.
@usableFromInline
struct InFlight: ~Copyable, Sendable {
  /// What is kept of one request.
  @usableFromInline
  struct Row: BitwiseCopyable, Sendable {
    /// The request's number; a ticket with another one is of a request that has ended.
    @usableFromInline let number: UInt64
    /// By what store and de-duplication know it.
    @usableFromInline let key: CacheKey
    /// The flight that it is in; `nil` when it goes alone.
    @usableFromInline var flight: FlightID?
    /// What is put aside for it; `nil` where no budget binds.
    @usableFromInline var reservation: ReservationID?
    /// What the driver's store wants to know again when the answer comes.
    @usableFromInline let mark: Int
    @usableFromInline let isDeterministic: Bool
    @usableFromInline var isUsed = true
    /// Whether the ticket itself is kept: the request waits for another's call.
    @usableFromInline var isKept = false
    /// Whether its client has gone; others still wait for the call that it made.
    @usableFromInline var hasLeft = false
    @usableFromInline var nextFree: Int32 = -1

    @inlinable
    init(_ lookUp: LookUp, of number: UInt64) {
      self.number = number
      key = lookUp.key
      reservation = lookUp.question.reservation
      isDeterministic = lookUp.question.isDeterministic
      mark = lookUp.mark
    }
  }

  /// Rows in use, or used before.
  @usableFromInline var rows = GrowingColumn<Row>(minimumCapacity: 256)
  /// By row, the tickets of requests that wait for another's call.
  @usableFromInline var tickets = GrowingColumn<Ticket>(minimumCapacity: 256)
  @usableFromInline var firstFree: Int32 = -1

  @inlinable
  init() {}

  /// Takes a row, and says its number: the ticket's `row`.
  @inlinable
  @inline(__always)
  mutating func add(_ row: Row) -> Int32 {
    guard firstFree >= 0 else {
      rows.append(row)
      tickets.append(Ticket.none)
      return Int32(truncatingIfNeeded: rows.count - 1)
    }
    let number = firstFree
    firstFree = rows[Int(number)].nextFree
    rows[Int(number)] = row
    return number
  }

  @inlinable
  subscript(number: Int32) -> Row {
    @inline(__always) get { rows[Int(number)] }
    @inline(__always) _modify { yield &rows[Int(number)] }
  }

  /// Whether a ticket's request is on its way still.
  ///
  /// - Precondition: the ticket has a row.
  @inlinable
  @inline(__always)
  func has(_ ticket: Ticket) -> Bool {
    let row = rows[Int(ticket.row)]
    return row.isUsed && row.number == ticket.number
  }

  /// Gives the row of a request back that is on its way.
  @inlinable
  @inline(__always)
  mutating func free(_ number: Int32) {
    assert(rows[Int(number)].isUsed, "a request ends once")
    rows[Int(number)].isUsed = false
    rows[Int(number)].nextFree = firstFree
    firstFree = number
  }

  /// Keeps the ticket of a request that waits for another's call, as it would be sent if it made the call.
  @inlinable
  mutating func keep(_ ticket: Ticket) {
    tickets[Int(ticket.row)] = ticket
    rows[Int(ticket.row)].isKept = true
  }

  /// The ticket of a request that waits for another's call.
  ///
  /// - Precondition: it was kept.
  @inlinable
  func kept(_ number: Int32) -> Ticket {
    precondition(rows[Int(number)].isKept, "a request that waits was kept")
    return tickets[Int(number)]
  }

  /// Takes out the ticket of a request that is now to make the call itself.
  ///
  /// - Precondition: it was kept.
  mutating func takeKept(_ number: Int32) -> Ticket {
    let ticket = kept(number)
    rows[Int(number)].isKept = false
    return ticket
  }

  /// Notes that a client has gone for whose call others wait.
  mutating func leave(_ ticket: Ticket) {
    tickets[Int(ticket.row)] = ticket
    rows[Int(ticket.row)].hasLeft = true
  }

  /// The row of the request that made a flight's call and whose client has gone since; `nil` for none.
  ///
  /// - Complexity: O(rows).
  func left(_ flight: FlightID) -> Int32? {
    for number in 0..<rows.count {
      let row = rows[number]
      if row.isUsed, row.hasLeft, row.flight?.isSameFlight(as: flight) == true {
        return Int32(truncatingIfNeeded: number)
      }
    }
    return nil
  }

  /// How many rows of requests that wait for another's call satisfy a condition.
  ///
  /// - Complexity: O(rows).
  func count(ofKept condition: (Ticket) -> Bool) -> Int {
    (0..<rows.count).reduce(0) { sum, number in
      let row = rows[number]
      return sum + (row.isUsed && row.isKept && condition(tickets[number]) ? 1 : 0)
    }
  }

  /// How many rows are in use by requests in a flight, and by others.
  ///
  /// - Complexity: O(rows).
  var used: (inFlights: Int, alone: Int) {
    var used = (inFlights: 0, alone: 0)
    for number in 0..<rows.count where rows[number].isUsed {
      if rows[number].flight == nil { used.alone += 1 } else { used.inFlights += 1 }
    }
    return used
  }
}
