// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Numerics
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("What is promised and what is free")
struct CommitmentTests {
  private static let start = UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000)
  private static let noTime = try? Distribution(.constant(0))

  private static func series(_ text: String) throws -> PriceSeries {
    PriceSeries(
      changes: [PriceSeries.Change(at: .start, price: try HourlyPrice(parsing: text))])
  }

  /// A pool of a cloud in which launches take time, so that interruptions are interruptions.
  private static func pool(
    _ type: String, _ price: String, _ market: Market = .onDemand, zone: String = "a"
  ) throws -> PoolModel {
    let zero = try Distribution(.constant(0))
    return PoolModel(
      name: type, type: type, zone: zone, market: market,
      supply: PoolModel.Supply(places: [.always]),
      launch: .staged(LaunchLaw.Stages(answer: zero, boot: zero, image: zero, load: zero)),
      prices: try series(price))
  }

  private static func billing(
    _ pools: [PoolModel], _ commitments: Commitments = Commitments(),
    rules: BillingRules = .aws, horizon: TimeSpan = .hours(1)
  ) -> Billing {
    Billing(
      rules: rules, pools: pools, commitments: commitments, fixedCosts: [], start: start,
      horizon: horizon)
  }

  private static func rental(
    _ pool: Int, _ from: TimeSpan, _ to: TimeSpan, interrupted: Bool = false
  ) -> Rental {
    Rental(pool: pool, from: .start + from, to: .start + to, wasInterrupted: interrupted)
  }

  private static func amounts(_ lines: [InvoiceLine]) -> [String] {
    lines.map { "\($0.line) \($0.pool) \($0.amount.rounded(places: 6))" }
  }

  // MARK: Free time

  @Test(
    "A spot machine that AWS takes back in its first hour is free; later, or given back, it is not",
    arguments: [
      (3_599, true, "0.000000"), (3_600, true, "9.830000"), (3_601, true, "9.832731"),
      (3_599, false, "9.827269"), (45, false, "0.163833"),
    ])
  func firstHour(seconds: Int, interrupted: Bool, expected: String) throws {
    let spot = try Self.pool("p4d", "9.83 USD/h", .spot)
    let lines = try Self.billing([spot], horizon: .hours(24)).invoice(for: [
      Self.rental(0, .hours(2), .hours(2) + .seconds(Int64(seconds)), interrupted: interrupted)
    ])
    #expect(lines.reduce(USD.zero) { $0 + $1.amount }.rounded(places: 6) == expected)
    // Free time stays on the invoice.
    #expect(lines.reduce(MachineTime.zero) { $0 + ($1.usage ?? .zero) } >= .seconds(Int64(seconds)))
    #expect((lines[0].line == InvoiceLine.freeMachines) == (expected == "0.000000"))
  }

  @Test("Google frees the first minute, Azure nothing, and an ideal cloud interrupts nobody")
  func otherProviders() throws {
    let spot = try Self.pool("a2", "3.6 USD/h", .spot)
    func bill(_ rules: BillingRules, _ seconds: Int64, _ pool: PoolModel) throws -> String {
      let lines = try Self.billing([pool], rules: rules).invoice(for: [
        Self.rental(0, .zero, .seconds(seconds), interrupted: true)
      ])
      return lines.reduce(USD.zero) { $0 + $1.amount }.rounded(places: 3)
    }
    #expect(try bill(.gcp, 59, spot) == "0.000" && bill(.gcp, 61, spot) == "0.061")
    #expect(try bill(.azure, 59, spot) == "0.059" && bill(.aws, 3_000, spot) == "0.000")
    let ideal = PoolModel(
      name: "a2", type: "a2", zone: "a", market: .spot, supply: PoolModel.Supply(places: [.always]),
      launch: .ideal, prices: try Self.series("3.6 USD/h"))
    #expect(try bill(.aws, 3_000, ideal) == "3.000")
  }

  // MARK: Commitments

  @Test(
    "A commitment of Google covers what runs side by side, AWS's an hour's time however it is used")
  func concurrentUse() throws {
    let commitments = Commitments(reservations: [
      Commitment(
        name: "cud", type: "a2", machines: 1, price: try HourlyPrice(parsing: "2 USD/h"))
    ])
    let pools = [try Self.pool("a2", "3 USD/h")]
    let quarters = (0..<4).map { _ in Self.rental(0, .minutes(10), .minutes(25)) }
    let aws = try Self.billing(pools, commitments).invoice(for: quarters)
    #expect(Self.amounts(aws) == ["cud, used  2.000000"])
    let gcp = try Self.billing(pools, commitments, rules: .gcp).invoice(for: quarters)
    #expect(
      Self.amounts(gcp) == [
        "machines a2 2.250000", "cud, used  0.500000", "cud, unused  1.500000",
      ])
  }

  @Test("A zonal reservation covers its zone alone, and one that ends covers nothing later")
  func zoneAndTerm() throws {
    let pools = [
      try Self.pool("p4d", "30 USD/h", zone: "a"), try Self.pool("p4d", "30 USD/h", zone: "b"),
    ]
    let zonal = Commitments(reservations: [
      Commitment(
        name: "ri", type: "p4d", zone: "b", machines: 1,
        price: try HourlyPrice(parsing: "20 USD/h"),
        upfront: Commitment.Upfront(amount: try USD(parsing: "8760 USD"), term: .hours(8_760)),
        runs: .start + .hours(1) ..< .start + .hours(3))
    ])
    let lines = try Self.billing(pools, zonal, horizon: .hours(4)).invoice(for: [
      Self.rental(0, .zero, .hours(4)), Self.rental(1, .zero, .hours(2)),
    ])
    #expect(
      Self.amounts(lines) == [
        "machines p4d 120.000000", "machines p4d 30.000000", "ri, used  20.000000",
        "ri, unused  20.000000", "ri, upfront  2.000000",
      ])
  }

  @Test("A capacity reservation is paid unused, and reservations cover it all the same")
  func capacityReservation() throws {
    let pools = [try Self.pool("p5", "50 USD/h")]
    var commitments = Commitments(capacity: [
      CapacityReservation(
        name: "odcr", type: "p5", zone: "a", machines: 2, prices: try Self.series("50 USD/h"))
    ])
    let rentals = [Self.rental(0, .zero, .minutes(30))]
    let plain = Self.billing(pools, commitments)
    #expect(
      try Self.amounts(plain.invoice(for: rentals)) == [
        "machines p5 25.000000", "odcr, unused  75.000000",
      ])
    #expect(plain.machineTime(of: rentals) == .hours(2))
    commitments.reservations = [
      Commitment(name: "ri", type: "p5", machines: 1, price: try HourlyPrice(parsing: "40 USD/h"))
    ]
    #expect(
      try Self.amounts(Self.billing(pools, commitments).invoice(for: rentals)) == [
        "odcr, unused  50.000000", "ri, used  40.000000",
      ])
  }

  @Test("Two capacity reservations of one kind are used one after the other")
  func twoCapacityReservations() throws {
    let kept = try ["first", "second"].map { name in
      CapacityReservation(
        name: name, type: "p5", zone: "a", machines: 1, prices: try Self.series("50 USD/h"))
    }
    let billing = Self.billing(
      [try Self.pool("p5", "50 USD/h")], Commitments(capacity: kept))
    let one = Self.rental(0, .zero, .hours(1))
    #expect(
      try Self.amounts(billing.invoice(for: [one])) == [
        "machines p5 50.000000", "second, unused  50.000000",
      ])
    #expect(Self.amounts(try billing.invoice(for: [one, one])) == ["machines p5 100.000000"])
  }

  /// The example of AWS, Savings Plans User Guide, "Understanding how Savings Plans are applied to your
  /// usage" (the edition with c5.9xlarge at 4, c5.24xlarge at 10, Fargate at 1.50 and 2.00): a plan of 25
  /// an hour pays for all; one of 14 for what saves most, at equal savings the lower rate first.
  @Test("A savings plan goes where it saves most, and what it does not reach is on demand")
  func savingsPlanOrder() throws {
    let pools = [
      try Self.pool("c5.9xlarge", "4 USD/h"), try Self.pool("c5.24xlarge", "10 USD/h"),
      try Self.pool("fargate.vcpu", "1.5 USD/h"), try Self.pool("fargate.gb", "2 USD/h"),
    ]
    let rates = [
      ("c5.9xlarge", "2"), ("c5.24xlarge", "8"), ("fargate.vcpu", "1"), ("fargate.gb", "1"),
    ]
    .map { (type: $0.0, price: $0.1 + " USD/h") }
    func plan(_ commit: String) throws -> Commitments {
      Commitments(savingsPlans: [
        SavingsPlan(
          name: "sp", commitment: try HourlyPrice(parsing: commit), isForOneFamily: false,
          rates: try rates.map {
            SavingsPlan.Rate(type: $0.type, price: try HourlyPrice(parsing: $0.price))
          })
      ])
    }
    let rentals =
      [Self.rental(0, .zero, .hours(1)), Self.rental(1, .zero, .hours(1))]
      + (0..<10).map { _ in Self.rental(2, .zero, .hours(1)) }
      + (0..<5).map { _ in Self.rental(3, .zero, .hours(1)) }
    let whole = try Self.billing(pools, try plan("25 USD/h")).invoice(for: rentals)
    #expect(
      Self.amounts(whole) == [
        "sp, used c5.9xlarge 2.000000", "sp, used c5.24xlarge 8.000000",
        "sp, used fargate.vcpu 10.000000", "sp, used fargate.gb 5.000000",
      ])
    let part = try Self.billing(pools, try plan("14 USD/h")).invoice(for: rentals)
    #expect(
      Self.amounts(part) == [
        "machines c5.24xlarge 10.000000", "machines fargate.vcpu 4.500000",
        "sp, used c5.9xlarge 2.000000", "sp, used fargate.vcpu 7.000000",
        "sp, used fargate.gb 5.000000",
      ])
    let idle = try Self.billing(pools, try plan("14 USD/h"), horizon: .hours(2)).invoice(
      for: rentals)
    #expect(Self.amounts(idle).last == "sp, unused  14.000000")
  }

  @Test("A plan for a family goes first, both go after reservations, and none to spot")
  func savingsPlanPrecedence() throws {
    let pools = [
      try Self.pool("p4d.24xlarge", "30 USD/h"), try Self.pool("p4d.24xlarge", "9 USD/h", .spot),
    ]
    func plan(_ name: String, _ rate: String, family: Bool) throws -> SavingsPlan {
      SavingsPlan(
        name: name, commitment: try HourlyPrice(parsing: "18 USD/h"), isForOneFamily: family,
        rates: [
          SavingsPlan.Rate(type: "p4d.24xlarge", price: try HourlyPrice(parsing: rate))
        ])
    }
    let commitments = Commitments(
      reservations: [
        Commitment(
          name: "ri", type: "p4d.24xlarge", machines: 1,
          price: try HourlyPrice(parsing: "21 USD/h"))
      ],
      savingsPlans: [
        try plan("all", "20 USD/h", family: false), try plan("family", "18 USD/h", family: true),
      ])
    let lines = try Self.billing(pools, commitments).invoice(for: [
      Self.rental(0, .zero, .hours(1)), Self.rental(0, .zero, .hours(1)),
      Self.rental(0, .zero, .hours(1)), Self.rental(1, .zero, .hours(1)),
    ])
    #expect(
      Self.amounts(lines) == [
        "machines p4d.24xlarge 3.000000", "machines p4d.24xlarge 9.000000",
        "ri, used  21.000000", "family, used p4d.24xlarge 18.000000",
        "all, used p4d.24xlarge 18.000000",
      ])
  }

  // MARK: Conservation

  @Test("Whatever is rented and promised, machine time and promises add up", arguments: 0..<60)
  func conservation(trial: Int) throws {
    var draws = RandomStream(
      seed: 77, replication: UInt32(trial), purpose: .testing, entity: 0
    ).draws(of: 0)
    func number(_ bound: Int) -> Int { Int(draws.nextUniform() * Double(bound)) }
    func price() throws -> PriceSeries {
      var changes = [
        PriceSeries.Change(
          at: .start, price: HourlyPrice(nanodollarsPerHour: Int64(number(40_000_000_000))))
      ]
      for hour in 1...number(5) + 1 {
        changes.append(
          PriceSeries.Change(
            at: .start + .minutes(Int64(hour * 97)),
            price: HourlyPrice(nanodollarsPerHour: Int64(number(40_000_000_000)))))
      }
      return PriceSeries(changes: changes)
    }
    let types = ["p4d.24xlarge", "p5.48xlarge"]
    let zones = ["a", "b"]
    var pools: [PoolModel] = []
    for index in 0..<4 {
      let model = try Self.pool(
        types[index % 2], "1 USD/h", number(3) == 0 ? .spot : .onDemand, zone: zones[number(2)])
      pools.append(model.priced(at: try price()))
    }
    var commitments = Commitments()
    for index in 0..<number(3) {
      commitments.reservations.append(
        Commitment(
          name: "ri\(index)", type: types[number(2)], zone: number(2) == 0 ? nil : zones[number(2)],
          machines: 1 + number(3), price: try price().changes[0].price))
    }
    let rules = BillingRules.providers[number(3)]
    for index in 0..<number(2) + 1 where rules.hasSavingsPlans {
      commitments.savingsPlans.append(
        SavingsPlan(
          name: "sp\(index)",
          commitment: HourlyPrice(nanodollarsPerHour: Int64(number(60_000_000_000))),
          isForOneFamily: index == 1,
          rates: types.map {
            SavingsPlan.Rate(
              type: $0, price: HourlyPrice(nanodollarsPerHour: 1 + Int64(number(20_000_000_000))))
          }))
    }
    for index in 0..<number(3) {
      commitments.capacity.append(
        CapacityReservation(
          name: "odcr\(index)", type: types[index], zone: zones[number(2)], machines: 1 + number(2),
          prices: try price()))
    }
    let rentals = (0..<40).map { _ in
      let from = TimeSpan.seconds(Int64(number(40_000)) - 5_000)
      let to = from + .milliseconds(Int64(number(9_000_000)) + 1)
      return Self.rental(number(4), from, to, interrupted: number(2) == 0)
    }
    let horizon = TimeSpan.minutes(610)
    let billing = Self.billing(pools, commitments, rules: rules, horizon: horizon)
    let lines = try billing.invoice(for: rentals)
    let time = lines.reduce(MachineTime.zero) { $0 + ($1.usage ?? .zero) }
    let unused = commitments.reservations.reduce(MachineTime.zero) { sum, commitment in
      lines.reduce(sum) {
        $1.line == "\(commitment.name), unused" ? $0 + ($1.usage ?? .zero) : $0
      }
    }
    #expect(time - unused == billing.machineTime(of: rentals))
    #expect(lines.allSatisfy { $0.amount >= .zero && ($0.usage ?? .zero) >= .zero })
    for commitment in commitments.reservations {
      let shown = lines.reduce(MachineTime.zero) {
        $1.line.hasPrefix("\(commitment.name), ") ? $0 + ($1.usage ?? .zero) : $0
      }
      #expect(shown == MachineTime(horizon, times: commitment.machines))
    }
    for plan in commitments.savingsPlans {
      let own = lines.filter { $0.line.hasPrefix("\(plan.name), ") }
      let paid = own.reduce(Int64(0)) { $0 + $1.amount.nanodollars }
      // Each line is rounded once.
      #expect(abs(paid - plan.commitment.cost(of: horizon).nanodollars) <= Int64(own.count))
    }
  }
}
