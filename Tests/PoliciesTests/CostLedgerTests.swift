// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("The cost ledger")
struct CostLedgerTests {
  private func dollars(_ amount: Double) -> USD {
    USD(nanodollars: Int64((amount * 1e9).rounded()))
  }

  private func reserved(_ answer: ReserveAnswer) -> ReservationID? {
    if case .reserved(let id) = answer { id } else { nil }
  }

  /// 200 requests of an estimated dollar on 50 dollars: 50 pass. They cost a tenth, so 45 dollars are
  /// free again, and of estimates of a tenth 450 pass.
  @Test("admits exactly what the budget holds, and what settling frees")
  func budget() {
    var ledger = CostLedger(CostLedger.Configuration(limit: dollars(50)))
    let tenant = TenantID(0)
    let answers = (0..<200).map { _ in
      ledger.reserve(dollars(1), for: tenant, deadline: .start + .seconds(30), at: .start)
    }
    let ids = answers.compactMap(reserved)
    #expect(ids.count == 50 && ledger.total.remaining == .zero)
    for id in ids {
      #expect(ledger.settle(id, actual: dollars(0.1), at: .start + .seconds(1)) == .settled)
    }
    let more = (0..<1_000).compactMap { _ in
      reserved(
        ledger.reserve(
          dollars(0.1), for: tenant, deadline: .start + .seconds(30), at: .start + .seconds(2)))
    }
    #expect(more.count == 450)
    #expect(ledger.total.spent == dollars(5) && ledger.total.reserved == dollars(45))
  }

  @Test(
    "gives back what nobody settled, charges it when its cost comes late, and never goes below 0")
  func expiry() throws {
    var ledger = CostLedger(CostLedger.Configuration(limit: dollars(10)))
    let ids = (0..<10).compactMap { _ in
      reserved(
        ledger.reserve(
          dollars(1), for: TenantID(0), deadline: .start + .seconds(30), at: .start))
    }
    #expect(ids.count == 10 && ledger.total.remaining == .zero)
    ledger.expire(at: .start + .seconds(89))
    #expect(ledger.total.remaining == .zero)
    ledger.expire(at: .start + .seconds(90))
    #expect(ledger.total.remaining == dollars(10) && ledger.total.reserved == .zero)
    let late = try #require(ids.first)
    #expect(ledger.settle(late, actual: dollars(2), at: .start + .seconds(100)) == .settledLate)
    #expect(ledger.settle(late, actual: dollars(2), at: .start + .seconds(101)) == .ignored)
    #expect(ledger.total.spent == dollars(2))
    // A cost above its estimate may exceed the limit; what remains is nothing, not less.
    let last = try #require(
      reserved(
        ledger.reserve(
          dollars(8), for: TenantID(0), deadline: .never, at: .start + .seconds(102))))
    #expect(ledger.settle(last, actual: dollars(20), at: .start + .seconds(103)) == .settled)
    #expect(ledger.total.remaining == .zero)
  }

  @Test("holds each tenant to its own limit, and refuses one that has none")
  func tenants() {
    var ledger = CostLedger(
      CostLedger.Configuration(
        limit: dollars(10), tenantLimits: [dollars(2), dollars(20)]))
    func ask(_ tenant: Int, _ amount: Double) -> ReserveAnswer {
      ledger.reserve(dollars(amount), for: TenantID(tenant), deadline: .never, at: .start)
    }
    #expect(reserved(ask(0, 2)) != nil)
    #expect(ask(0, 0.01) == .refused(.tenantLimit))
    #expect(ask(1, 9) == .refused(.limit))
    #expect(reserved(ask(1, 8)) != nil)
    #expect(ask(2, 0.01) == .refused(.unknownTenant))
  }

  /// 1,000 requests of 8 s, 32 at a time on one node: 250 s of work in an hour of 9.83 USD.
  @Test("splits a node hour into 0.682639 of work and 9.147361 of idleness")
  func nodeHour() {
    let split = CostSplit(
      of: dollars(9.83), busy: .seconds(250), idle: .seconds(3_350), overhead: .zero)
    #expect(split.workload.rounded(places: 6) == "0.682639")
    #expect(split.idle.rounded(places: 6) == "9.147361")
    #expect(split.total == dollars(9.83))
    let node = HourlyPrice(nanodollarsPerHour: 9_830_000_000)
    let naive = (0..<1_000).reduce(USD.zero) { sum, _ in
      sum + CostSplit.naiveRequestCost(of: .seconds(8), node: node)
    }
    #expect(naive.rounded(places: 2) == "21.84")
  }

  @Test("splits any amount into parts that sum to it, each within a nanodollar of its due")
  func apportionment() {
    let stream = RandomStream(seed: 9, replication: 0, purpose: .testing, entity: 1)
    for round in 0..<2_000 {
      let block = stream.block(at: UInt64(round))
      let amount = USD(nanodollars: Int64(block.low >> 24))
      let weights = (0..<5).map { Int64((mixed(block.high &+ UInt64($0)) >> 40)) } + [0]
      let parts = Apportionment.split(amount, over: weights)
      #expect(parts.reduce(.zero, +) == amount && parts[5] == .zero)
      let total = weights.reduce(0, +)
      for (part, weight) in zip(parts, weights) {
        let due = Int128(amount.nanodollars) * Int128(weight)
        let difference = Int128(part.nanodollars) * Int128(total) - due
        #expect(difference.magnitude < UInt128(total))
      }
    }
  }
}
