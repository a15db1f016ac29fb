// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import Policies
import ReplicaModel

/// What cache and de-duplication have to be told of the requests in flight, by row.
///
/// A request keeps its row from its arrival to its end. Rows are used again, so that in steady state
/// nothing is allocated.
struct PolicyTable: ~Copyable {
  /// What is known of a request in flight.
  struct Row: BitwiseCopyable {
    /// By what cache and de-duplication know it.
    let key: CacheKey
    /// The flight that it is in; `nil` when it goes alone.
    var flight: FlightID?
    /// What is put aside for it; `nil` where no budget binds.
    var reservation: ReservationID?
    let isDeterministic: Bool
    /// The place of its content among those that a window begins with; -1 for none.
    let primedPlace: Int
    var isUsed = true
    /// Whether the request itself is kept: it waits for another's call.
    var isKept = false
    var nextFree: Int32 = -1

    init(
      key: CacheKey, isDeterministic: Bool, primedPlace: Int, reservation: ReservationID? = nil
    ) {
      self.key = key
      self.reservation = reservation
      self.isDeterministic = isDeterministic
      self.primedPlace = primedPlace
    }

    /// What stands in a row that nobody has used.
    static var none: Row {
      Row(key: CacheKey(high: 0, low: 0), isDeterministic: false, primedPlace: -1)
    }
  }

  /// Those in use or used before, of which there are `count`, and room for more.
  private var rows = Column<Row>(repeating: .none, count: 256)
  /// By row, the requests that wait for another's call.
  private var waiting = Column(repeating: QueuedRequest.none, count: 256)
  private var count = 0
  private var firstFree: Int32 = -1

  /// Takes a row, and says its number: the request's `policyRow`.
  @inline(__always)
  mutating func add(_ row: Row) -> Int32 {
    guard firstFree >= 0 else {
      if count == rows.count { grow() }
      rows[count] = row
      count += 1
      return Int32(count - 1)
    }
    let number = firstFree
    firstFree = rows[Int(number)].nextFree
    rows[Int(number)] = row
    return number
  }

  private mutating func grow() {
    var larger = Column<Row>(repeating: .none, count: 2 * rows.count)
    var largerWaiting = Column(repeating: QueuedRequest.none, count: 2 * rows.count)
    for number in 0..<count {
      larger[number] = rows[number]
      largerWaiting[number] = waiting[number]
    }
    rows = larger
    waiting = largerWaiting
  }

  /// Keeps a request that waits for another's call, as it would be sent if it made the call itself.
  mutating func keep(_ request: QueuedRequest) {
    waiting[Int(request.policyRow)] = request
    rows[Int(request.policyRow)].isKept = true
  }

  /// A request that waits for another's call.
  ///
  /// - Precondition: it was kept.
  func waiting(_ number: Int32) -> QueuedRequest {
    precondition(rows[Int(number)].isKept, "a request that waits was kept")
    return waiting[Int(number)]
  }

  /// Takes out a request that is now to make the call itself.
  ///
  /// - Precondition: it was kept.
  mutating func takeWaiting(_ number: Int32) -> QueuedRequest {
    let request = waiting(number)
    rows[Int(number)].isKept = false
    return request
  }

  /// How many measured requests wait for another's call.
  ///
  /// - Complexity: O(rows).
  var measuredWaiting: Int {
    (0..<count).reduce(0) { sum, number in
      let row = rows[number]
      return sum + (row.isUsed && row.isKept && waiting[number].isMeasured ? 1 : 0)
    }
  }

  subscript(number: Int32) -> Row {
    get { rows[Int(number)] }
    _modify { yield &rows[Int(number)] }
  }

  /// Gives a row back.
  @inline(__always)
  mutating func free(_ number: Int32) {
    precondition(rows[Int(number)].isUsed, "a request ends once")
    rows[Int(number)].isUsed = false
    rows[Int(number)].nextFree = firstFree
    firstFree = number
  }

  /// How many rows are in use by requests in a flight, and by others.
  ///
  /// - Complexity: O(rows).
  var used: (inFlights: Int, alone: Int) {
    var used = (inFlights: 0, alone: 0)
    for number in 0..<count where rows[number].isUsed {
      if rows[number].flight == nil { used.alone += 1 } else { used.inFlights += 1 }
    }
    return used
  }
}
