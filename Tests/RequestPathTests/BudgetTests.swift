// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RequestPath
import Serving
import Testing

@Suite("A request and its budget")
struct PathBudgetTests {
  private func usd(_ nanodollars: Int64) -> USD { USD(nanodollars: nanodollars) }

  @Test("is refused where the budget does not hold its estimate, and asks no further policy")
  func refused() {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true, budget: 25), replicas: PathSetting.replicas(1))
    for number in 1...3 {
      fleet.schedule(
        .arrives(.init(number: UInt64(number), content: UInt64(number))), at: time(0))
    }
    fleet.cost = usd(4)
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .completed, 3: .rejected])
    #expect(fleet.refusals == [3: .budget(.limit)])
    #expect(fleet.path.budget?.refusals == 1)
    #expect(fleet.path.budget?.charged == usd(8))
    #expect(fleet.path.budget?.ledger.total.reserved == .zero)
  }

  @Test("pays nothing where the store answers it, or another's call")
  func free() {
    var fleet = VirtualFleet(
      PathSetting.configuration(store: true, sharing: true, budget: 100),
      replicas: PathSetting.replicas(1))
    fleet.cost = usd(4)
    fleet.schedule(.arrives(.init(number: 1, content: 1)), at: time(0))
    fleet.schedule(.arrives(.init(number: 2, content: 1)), at: time(5))
    fleet.schedule(.arrives(.init(number: 3, content: 1)), at: time(30))
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .joined, 3: .hit])
    #expect(fleet.path.budget?.charged == usd(4))
    #expect(fleet.path.budget?.ledger.total.reserved == .zero)
  }

  @Test("pays nothing where no replica takes it, and its estimate where it timed out")
  func ends() {
    var fleet = VirtualFleet(
      PathSetting.configuration(budget: 100), replicas: PathSetting.replicas(1), queueLimit: 1)
    var late = VirtualFleet.Request(number: 1, content: 1)
    late.failure = .timedOut
    fleet.schedule(.arrives(late), at: time(0))
    fleet.schedule(.arrives(.init(number: 2, content: 2)), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .timedOut, 2: .rejected])
    #expect(fleet.refusals == [2: .queuesFull])
    #expect(fleet.path.budget?.charged == usd(10))
    #expect(fleet.path.kept == (0, 0))
  }

  @Test("pays its estimate where its client leaves a call that runs")
  func leaves() {
    var fleet = VirtualFleet(
      PathSetting.configuration(budget: 100), replicas: PathSetting.replicas(1))
    fleet.schedule(
      .arrives(.init(number: 1, content: 1, leavesAfter: .milliseconds(5))), at: time(0))
    fleet.run()
    #expect(fleet.cancelled == [1])
    #expect(fleet.path.budget?.charged == usd(10))
    #expect(fleet.path[ReplicaID(0)].outstanding == 0)
  }

  @Test("finds a whole budget in each period that begins, however many had no request")
  func periods() {
    var fleet = VirtualFleet(
      PathSetting.configuration(budget: 10), replicas: PathSetting.replicas(1))
    fleet.cost = usd(10)
    let hour: Int64 = 3_600_000
    for (number, at) in [0, 1_000, hour - 1, hour, 5 * hour / 2, 3 * hour - 1, 3 * hour]
      .enumerated()
    {
      fleet.schedule(
        .arrives(.init(number: UInt64(number), content: UInt64(number))), at: time(at))
    }
    fleet.run()
    let rejected = fleet.ends.filter { $0.value == .rejected }.keys.sorted()
    #expect(rejected == [1, 2, 5])
    #expect(fleet.path.budget?.charged == usd(40))
  }

  @Test("of a tenant without a budget is refused as such")
  func unknownTenant() {
    var configuration = PathSetting.configuration()
    configuration.budget = BudgetPeriods.Configuration(
      ledger: CostLedger.Configuration(limit: usd(100), tenantLimits: [usd(10)]),
      period: .hours(1), estimate: usd(10), charge: .engineWork)
    var fleet = VirtualFleet(configuration, replicas: PathSetting.replicas(1))
    fleet.schedule(.arrives(.init(number: 1, content: 1, tenant: 1)), at: time(0))
    fleet.schedule(.arrives(.init(number: 2, content: 1)), at: time(1))
    fleet.schedule(.arrives(.init(number: 3, content: 1)), at: time(2))
    fleet.run()
    #expect(fleet.refusals == [1: .budget(.unknownTenant), 3: .budget(.tenantLimit)])
  }

  @Test("costs its part of a batch, or a whole machine as in the reference design")
  func charges() {
    let price = HourlyPrice(nanodollarsPerHour: 3_600_000_000)
    let part = ChargeRule.engineWork.cost(
      of: .seconds(10), batch: .seconds(2), share: 4, size: 5, at: price)
    #expect(part == usd(2_000_000 / 20))
    let whole = ChargeRule.wholeMachine(HourlyPrice(nanodollarsPerHour: 7_200_000_000)).cost(
      of: .seconds(10), batch: .seconds(2), share: 4, size: 5, at: price)
    #expect(whole == usd(20_000_000))
  }
}
