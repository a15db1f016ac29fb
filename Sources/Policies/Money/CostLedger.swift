// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Holds spending to budgets: an estimate is put aside before a request runs, and settled after it.
///
/// What is spent and what is put aside never exceed a limit together but by actual costs above their
/// estimates. A reservation that nobody settles, because its owner died, is given back after its time;
/// if its cost arrives all the same it is charged. In doubt the answer is no: budgets fail closed,
/// where caches fail open.
///
/// The order of estimate, atomic reservation and settlement of the difference follows TensorZero's rate
/// limiting (tensorzero/tensorzero).
public struct CostLedger: Sendable {
  /// The limits, and how long reservations live.
  public struct Configuration: Sendable {
    /// What all tenants together may spend.
    public var limit: USD
    /// What each tenant may spend, by number, within `limit`; nil when only `limit` binds.
    public var tenantLimits: [USD]?
    /// For how long after its request's deadline a reservation is kept.
    public var grace: TimeSpan
    /// For how long after a reservation expired its actual cost is still taken in.
    public var lateFor: TimeSpan

    /// A configuration of those values; the default spans are choices of ours.
    public init(
      limit: USD, tenantLimits: [USD]? = nil, grace: TimeSpan = .minutes(1),
      lateFor: TimeSpan = .hours(1)
    ) {
      self.limit = limit
      self.tenantLimits = tenantLimits
      self.grace = grace
      self.lateFor = lateFor
    }
  }

  enum Phase: Sendable {
    case free, open, expired
  }

  struct Reservation: Sendable {
    var serial: UInt32
    var state: Phase
    var tenant: TenantID
    var estimate: USD
  }

  /// The limits, and how long reservations live.
  public let configuration: Configuration
  var shared: Account
  var accounts: [Account]
  var reservations: ContiguousArray<Reservation> = []
  var unused: ContiguousArray<UInt32> = []
  var queue = ExpiryQueue()
  var nextSerial: UInt32 = 0

  /// A ledger on which nothing is spent or put aside.
  ///
  /// - Precondition: no limit and no span is negative.
  public init(_ configuration: Configuration) {
    precondition(
      configuration.grace >= .zero && configuration.lateFor >= .zero,
      "a reservation is kept for a span that is not negative")
    self.configuration = configuration
    shared = Account(limit: configuration.limit)
    accounts = (configuration.tenantLimits ?? []).map { Account(limit: $0) }
  }

  /// All tenants' money together.
  public var total: Account { shared }

  /// A tenant's money; nil for a tenant that has no limit of its own.
  public func account(of tenant: TenantID) -> Account? {
    accounts.indices.contains(tenant.index) ? accounts[tenant.index] : nil
  }

  /// Puts a request's estimated cost aside in every budget that it counts in, or in none.
  ///
  /// - Complexity: O(log n) for n reservations, and as much for each that has expired.
  /// - Precondition: `estimate` is not negative.
  public mutating func reserve(
    _ estimate: USD, for tenant: TenantID, deadline: Instant, at now: Instant
  ) -> ReserveAnswer {
    precondition(estimate >= .zero, "an estimate is not negative")
    expire(at: now)
    let hasTenantLimits = configuration.tenantLimits != nil
    if hasTenantLimits {
      guard accounts.indices.contains(tenant.index) else { return .refused(.unknownTenant) }
      guard accounts[tenant.index].canReserve(estimate) else { return .refused(.tenantLimit) }
    }
    guard shared.canReserve(estimate) else { return .refused(.limit) }
    shared.reserve(estimate)
    if hasTenantLimits { accounts[tenant.index].reserve(estimate) }
    let id = record(estimate, for: tenant)
    let latest = Instant.never - configuration.grace
    let expiry = deadline < latest ? max(deadline, now) + configuration.grace : .never
    queue.push(ExpiryQueue.Item(at: expiry, id: id))
    return .reserved(id)
  }

  /// Charges what a request cost and gives back the rest of what was put aside for it.
  ///
  /// `actual` is nil where the cost is not known, as after most errors; then the estimate is charged.
  /// Every way in which a request ends must come here once; a second time changes nothing.
  ///
  /// - Complexity: O(log n) for each reservation that has expired.
  /// - Precondition: `actual` is not negative.
  public mutating func settle(
    _ id: ReservationID, actual: USD?, at now: Instant
  ) -> SettleAnswer {
    expire(at: now)
    guard Int(id.place) < reservations.count else { return .ignored }
    let reservation = reservations[Int(id.place)]
    guard reservation.serial == id.serial, reservation.state != .free else { return .ignored }
    let cost = actual ?? reservation.estimate
    precondition(cost >= .zero, "a request does not cost less than nothing")
    let isLate = reservation.state == .expired
    change(reservation.tenant) { account in
      if !isLate { account.release(reservation.estimate) }
      account.charge(cost)
    }
    free(id.place)
    return isLate ? .settledLate : .settled
  }

  /// Gives back what was put aside and whose time has come; every other question does it first.
  ///
  /// - Complexity: O(log n) for each reservation that has expired.
  public mutating func expire(at now: Instant) {
    while let id = queue.pop(upTo: now) {
      let reservation = reservations[Int(id.place)]
      guard reservation.serial == id.serial else { continue }
      switch reservation.state {
      case .free: break
      case .open:
        change(reservation.tenant) { $0.release(reservation.estimate) }
        reservations[Int(id.place)].state = .expired
        queue.push(ExpiryQueue.Item(at: now + configuration.lateFor, id: id))
      case .expired: free(id.place)
      }
    }
  }

  /// Begins a new period of all budgets at once: nothing is spent, and what is put aside stays so.
  ///
  /// What is settled from here on is charged to the new period.
  public mutating func beginPeriod() {
    shared.beginPeriod()
    for index in accounts.indices { accounts[index].beginPeriod() }
  }

  mutating func change(_ tenant: TenantID, by change: (inout Account) -> Void) {
    change(&shared)
    if accounts.indices.contains(tenant.index) { change(&accounts[tenant.index]) }
  }

  private mutating func record(_ estimate: USD, for tenant: TenantID) -> ReservationID {
    nextSerial &+= 1
    let reservation = Reservation(
      serial: nextSerial, state: .open, tenant: tenant, estimate: estimate)
    guard let place = unused.popLast() else {
      reservations.append(reservation)
      return ReservationID(place: UInt32(reservations.count - 1), serial: nextSerial)
    }
    reservations[Int(place)] = reservation
    return ReservationID(place: place, serial: nextSerial)
  }

  private mutating func free(_ place: UInt32) {
    reservations[Int(place)].state = .free
    unused.append(place)
  }
}
