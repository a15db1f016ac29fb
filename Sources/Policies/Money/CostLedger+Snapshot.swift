// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension CostLedger {
  /// What a ledger holds between two questions, to be written as JSON and taken up by ``init(_:restoring:)``.
  ///
  /// About 120 bytes for each reservation that is open or has expired.
  public struct Snapshot: Codable, Sendable {
    let content: PolicyState<State>

    init(_ state: State) {
      content = PolicyState(policy: "ledger", state)
    }

    /// Reads a snapshot.
    ///
    /// - Throws: ``SnapshotError`` for one of another policy or version, `DecodingError` for what is no snapshot.
    public init(from decoder: any Decoder) throws {
      content = try PolicyState(policy: "ledger", from: decoder)
    }

    /// Writes the snapshot.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
  }

  /// A reservation that may still be settled.
  struct Held: Codable, Sendable {
    var place: UInt32
    var serial: UInt32
    var tenant: TenantID
    var estimate: USD
    /// Whether the estimate was given back.
    var isExpired: Bool
    /// When the estimate is given back, or when the reservation is forgotten.
    var until: Instant
  }

  /// All that a ledger holds and its settings do not say.
  struct State: Codable, Sendable {
    var spent: USD
    /// By tenant; empty where tenants have no limits.
    var spentByTenant: [USD]
    var held: [Held]
    /// The places that no reservation has, the next one last.
    var unused: [UInt32]
    var nextSerial: UInt32
  }

  /// What the ledger holds now.
  ///
  /// - Complexity: O(n) for n reservations that are open, or settled before their time.
  public func snapshot() -> Snapshot {
    var held: [Held] = []
    for item in queue.items {
      let reservation = reservations[Int(item.id.place)]
      guard reservation.serial == item.id.serial, reservation.state != .free else { continue }
      held.append(
        Held(
          place: item.id.place, serial: item.id.serial, tenant: reservation.tenant,
          estimate: reservation.estimate, isExpired: reservation.state == .expired,
          until: item.at))
    }
    return Snapshot(
      State(
        spent: shared.spent, spentByTenant: accounts.map(\.spent), held: held,
        unused: Array(unused), nextSerial: nextSerial))
  }

  /// A ledger that goes on where another was when a snapshot of it was taken: with the same settings, the same
  /// questions have the same answers. A request that ended while nobody kept the ledger is given back in its time.
  ///
  /// - Throws: ``SnapshotError`` where the snapshot has other tenants than the settings, or contradicts itself.
  public init(_ configuration: Configuration, restoring snapshot: Snapshot) throws(SnapshotError) {
    self.init(configuration)
    let state = snapshot.content.state
    try SnapshotError.hold(
      state.spentByTenant.count == accounts.count,
      "the snapshot has \(state.spentByTenant.count) tenants with limits, the settings have "
        + "\(accounts.count)")
    let places = state.held.count + state.unused.count
    var seen = [Bool](repeating: false, count: places)
    for place in state.held.map(\.place) + state.unused {
      try SnapshotError.hold(
        Int(place) < places && !seen[Int(place)],
        "the snapshot's reservations contradict each other")
      seen[Int(place)] = true
    }
    let free = Reservation(serial: 0, state: .free, tenant: TenantID(0), estimate: .zero)
    reservations = ContiguousArray(repeating: free, count: places)
    unused = ContiguousArray(state.unused)
    nextSerial = state.nextSerial
    shared.charge(state.spent)
    for (tenant, spent) in state.spentByTenant.enumerated() { accounts[tenant].charge(spent) }
    for item in state.held {
      reservations[Int(item.place)] = Reservation(
        serial: item.serial, state: item.isExpired ? .expired : .open, tenant: item.tenant,
        estimate: item.estimate)
      if !item.isExpired { change(item.tenant) { $0.reserve(item.estimate) } }
      queue.push(
        ExpiryQueue.Item(
          at: item.until, id: ReservationID(place: item.place, serial: item.serial)))
    }
  }
}
