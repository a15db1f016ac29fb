// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RequestPath
import Serving
import Testing

@Suite("A request whose replica is lost")
struct HandOverTests {
  private func fleet(
    limit: Int = 3, timeout: TimeSpan? = nil, replicas: Int = 2, budget: Int64? = nil
  ) -> VirtualFleet {
    var configuration = PathSetting.configuration(budget: budget, timeout: timeout)
    configuration.handOverLimit = limit
    return VirtualFleet(configuration, replicas: PathSetting.replicas(replicas))
  }

  @Test("is handed over to another replica and answered there")
  func handOver() {
    var fleet = fleet()
    fleet.schedule(.arrives(.init(number: 1, content: 1)), at: time(0))
    fleet.schedule(.replica(0, isUp: false), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .completed])
    #expect(fleet.sent == [[1], [1]])
    #expect(fleet.path.handOvers == 1)
    #expect(!fleet.path[ReplicaID(0)].acceptsRequests)
    #expect(fleet.path[ReplicaID(0)].outstanding == 0)
  }

  @Test("fails where no other replica takes it")
  func alone() {
    var fleet = fleet(replicas: 1)
    fleet.schedule(.arrives(.init(number: 1, content: 1)), at: time(0))
    fleet.schedule(.replica(0, isUp: false), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .failed])
    #expect(fleet.path.handOvers == 1)
  }

  @Test("fails after so many hand-overs", arguments: [0, 1, 2])
  func limit(_ limit: Int) {
    var fleet = fleet(limit: limit, replicas: 4)
    fleet.schedule(
      .arrives(.init(number: 1, content: 1, service: .seconds(1))), at: time(0))
    for replica in 0..<4 {
      fleet.schedule(.replica(replica, isUp: false), at: time(Int64(replica) + 1))
    }
    fleet.run()
    #expect(fleet.ends == [1: .failed])
    #expect(fleet.path.handOvers == UInt64(limit))
    #expect(fleet.sent.count { !$0.isEmpty } == limit + 1)
  }

  @Test("has timed out where its client's patience is over")
  func tooLate() {
    var fleet = fleet(timeout: .milliseconds(4))
    fleet.schedule(.arrives(.init(number: 1, content: 1)), at: time(0))
    fleet.schedule(.replica(0, isUp: false), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .timedOut])
    #expect(fleet.path.handOvers == 0)
  }

  @Test("fails where its answer had begun to reach its client")
  func begun() {
    var path = RequestPath(PathSetting.configuration(), replicas: PathSetting.replicas(2))
    var ticket = Ticket(arrival: .start, number: 1, promptTokens: 1, outputTokens: 1, mark: 0)
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    _ = path.arrived(&ticket, RequestFacts(isDeterministic: true), at: .start)
    #expect(path.failed(ticket, .lost, at: time(1)) == .retry(at: time(1)))
    path.started(&ticket, at: time(1))
    #expect(path.failed(ticket, .lost, at: time(1)) == .end(.failed))
  }

  @Test("is charged its estimate where it fails, since nobody knows how far it got")
  func estimate() {
    var fleet = fleet(limit: 0, budget: 100)
    fleet.schedule(.arrives(.init(number: 1, content: 1)), at: time(0))
    fleet.schedule(.replica(0, isUp: false), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .failed])
    #expect(fleet.path.budget?.charged == USD(nanodollars: 10))
    #expect(fleet.path.kept == (0, 0))
  }

  @Test("is not sent again once its client has gone")
  func leavesBetween() {
    var path = RequestPath(
      PathSetting.configuration(budget: 100), replicas: PathSetting.replicas(2))
    var ticket = Ticket(arrival: .start, number: 1, promptTokens: 1, outputTokens: 1, mark: 0)
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    _ = path.arrived(&ticket, RequestFacts(isDeterministic: true), at: .start)
    #expect(path.failed(ticket, .lost, at: time(1)) == .retry(at: time(1)))
    #expect(path.clientLeft(ticket, at: time(1)) == .cancel)
    #expect(path.retryDue(&ticket, at: time(1)) == .none)
    #expect(path.kept == (0, 0))
  }
}
