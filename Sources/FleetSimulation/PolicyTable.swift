// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import ReplicaModel

/// What cache and de-duplication have to be told of the requests in flight, by row.
///
/// A request keeps its row from its arrival to its end. Rows are used again, so that in steady state
/// nothing is allocated.
struct PolicyTable: ~Copyable {
  /// A request that waits for its answer, from a replica or from another's call.
  struct Row: BitwiseCopyable {
    /// The request as it was sent, or would be sent if it made the call.
    var request: QueuedRequest
    let contentID: UInt64
    /// The flight that it is in; `nil` when it goes alone.
    var flight: FlightID?
    /// What is put aside for it; `nil` where no budget binds.
    var reservation: ReservationID?
    let tenantIndex: UInt8
    let isDeterministic: Bool
    var isUsed = true
    var nextFree: Int32 = -1

    init(_ request: QueuedRequest, contentID: UInt64, tenantIndex: UInt8, isDeterministic: Bool) {
      self.request = request
      self.contentID = contentID
      self.tenantIndex = tenantIndex
      self.isDeterministic = isDeterministic
    }
  }

  private var rows: ContiguousArray<Row> = []
  private var firstFree: Int32 = -1

  /// Puts a request into a row of its own, whose number it is told.
  mutating func add(_ row: Row) -> Int32 {
    guard firstFree >= 0 else {
      rows.append(row)
      rows[rows.count - 1].request.policyRow = Int32(rows.count - 1)
      return Int32(rows.count - 1)
    }
    let number = firstFree
    firstFree = rows[Int(number)].nextFree
    rows[Int(number)] = row
    rows[Int(number)].request.policyRow = number
    return number
  }

  subscript(number: Int32) -> Row {
    get { rows[Int(number)] }
    set { rows[Int(number)] = newValue }
  }

  /// Gives a row back.
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
    for row in rows where row.isUsed {
      if row.flight == nil { used.alone += 1 } else { used.inFlights += 1 }
    }
    return used
  }
}
