// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import RequestPath
import Serving
import Testing

@Suite("A driver in virtual time")
struct DriverTests {
  /// A fleet to which some thousand requests come at random, with failures, losses and clients that go away.
  private func fleet(
    seed: UInt64, storeTime: TimeSpan?, storeWorks: Bool = true
  ) -> VirtualFleet {
    var configuration = PathSetting.configuration(
      store: true, sharing: true, budget: 6_000, timeout: .milliseconds(400))
    configuration.longestWait = .milliseconds(60)
    var fleet = VirtualFleet(configuration, replicas: PathSetting.replicas(3), queueLimit: 8)
    fleet.storeTime = storeTime
    fleet.storeWorks = storeWorks
    fleet.cost = USD(nanodollars: 7)
    var dice = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 0)
    var now = Instant.start
    for number in 0..<UInt64(requests) {
      now = now + TimeSpan(nanoseconds: Int64(dice.nextUniform() * 9_000_000) + 1)
      // Half of them ask for what requests close to them ask for, half for what some hundred others do.
      let content = dice.nextUniform() < 0.5 ? number / 10 : 10_000 + dice.next() % 40
      var request = VirtualFleet.Request(number: number, content: content)
      request.tenant = Int(dice.next() % 2)
      request.isDeterministic = dice.nextUniform() < 0.8
      request.service = TimeSpan(nanoseconds: Int64(dice.nextUniform() * 30_000_000) + 1)
      if dice.nextUniform() < 0.15 {
        request.leavesAfter = TimeSpan(nanoseconds: Int64(dice.nextUniform() * 50_000_000) + 1)
      }
      switch dice.nextUniform() {
      case ..<0.03: request.failure = .retryable
      case ..<0.05: request.failure = .permanent
      case ..<0.08: request.failure = .timedOut
      default: break
      }
      fleet.schedule(.arrives(request), at: now)
      if dice.nextUniform() < 0.02 {
        let replica = Int(dice.next() % 3)
        fleet.schedule(.replica(replica, isUp: false), at: now + TimeSpan(nanoseconds: 1))
        fleet.schedule(.replica(replica, isUp: true), at: now + .milliseconds(100))
      }
    }
    return fleet
  }

  private let requests = 3_000

  @Test(
    "ends every request once and leaves nothing behind, however slow its store is",
    arguments: [nil, 0, 1, 20, 500] as [Int64?], [1, 2] as [UInt64])
  func conservation(storeTime: Int64?, seed: UInt64) throws {
    var fleet = fleet(seed: seed, storeTime: storeTime.map { .milliseconds($0) })
    fleet.run()
    #expect(fleet.ends.count + fleet.gone.count == requests)
    for outcome in RequestOutcome.allCases {
      #expect(fleet.ends.values.contains(outcome), "some end \(outcome.name)")
    }
    // Patience ends within 50 ms.
    if storeTime ?? 0 < 50 { #expect(!fleet.cancelled.isEmpty) }
    #expect(fleet.path.flightCount == 0)
    #expect(fleet.path.kept == (0, 0))
    #expect(fleet.path.countWaiting { _ in true } == 0)
    for replica in 0..<3 { #expect(fleet.path[ReplicaID(replica)].outstanding == 0) }
    let bill = fleet.path.budget
    let budget = try #require(bill)
    #expect(budget.ledger.total.reserved == .zero)
    #expect(budget.ledger.total.spent <= budget.configuration.ledger.limit)
    #expect(fleet.ends.values.count { $0 == .rejected } == fleet.refusals.count)
    #expect(
      fleet.refusals.values.count { $0 == .budget(.limit) } == Int(budget.refusals))
  }

  @Test("decides the same whether its store answers inside the event or in one of its own")
  func sameDecisions() {
    var inside = fleet(seed: 3, storeTime: nil)
    var outside = fleet(seed: 3, storeTime: .zero)
    inside.run()
    outside.run()
    #expect(inside.ends == outside.ends)
    #expect(inside.sent == outside.sent)
    #expect(inside.cancelled == outside.cancelled)
    #expect(inside.path.budget?.charged == outside.path.budget?.charged)
  }

  @Test("serves requests as if there were no store while the store does not work")
  func brokenStore() {
    var fleet = fleet(seed: 4, storeTime: .milliseconds(1), storeWorks: false)
    fleet.run()
    #expect(fleet.ends.count + fleet.gone.count == requests)
    #expect(!fleet.ends.values.contains(.hit))
    #expect(fleet.path.kept == (0, 0))
  }
}
