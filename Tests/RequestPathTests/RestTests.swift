// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RequestPath
import Serving
import Testing

@Suite("A replica that rests on a path")
struct RestTests {
  /// A path to two replicas that rest for 5 s after a refusal, with the first as the one that is chosen.
  private func path(_ cooldowns: Cooldowns? = Cooldowns()) -> RequestPath {
    var configuration = PathSetting.configuration()
    configuration.cooldowns = cooldowns
    var path = RequestPath(configuration, replicas: PathSetting.replicas(2))
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    return path
  }

  private func chosen(_ path: inout RequestPath, at now: Instant) -> RequestPath.Reception {
    var ticket = Ticket(arrival: now, number: 1, promptTokens: 1, outputTokens: 1, mark: 0)
    return path.arrived(&ticket, RequestFacts(isDeterministic: true), at: now)
  }

  @Test("is not chosen until its rest is over and the driver says so")
  func rests() {
    var path = path()
    #expect(path.called(ReplicaID(0), .succeeded, at: time(0)) == nil)
    #expect(chosen(&path, at: time(0)) == .decided(.send(ReplicaID(0))))
    #expect(path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(1)) == time(5_001))
    #expect(chosen(&path, at: time(1)) == .decided(.send(ReplicaID(1))))
    path.rested(ReplicaID(0), at: time(5_001))
    #expect(chosen(&path, at: time(5_001)) == .decided(.send(ReplicaID(0))))
  }

  @Test("goes on resting where another failure made its rest longer")
  func longer() {
    var path = path()
    #expect(path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0)) == time(5_000))
    #expect(
      path.called(ReplicaID(0), .refused(retryAfter: .seconds(9)), at: time(1_000))
        == time(10_000))
    path.rested(ReplicaID(0), at: time(5_000))
    #expect(chosen(&path, at: time(5_000)) == .decided(.send(ReplicaID(1))))
    path.rested(ReplicaID(0), at: time(10_000))
    #expect(chosen(&path, at: time(10_000)) == .decided(.send(ReplicaID(0))))
  }

  @Test("stays out while the driver wants it out, however long it has rested")
  func cordoned() {
    var path = path()
    _ = path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0))
    path.replicaChanged(ReplicaID(0), .accepts(false), at: time(1))
    path.rested(ReplicaID(0), at: time(5_000))
    #expect(!path[ReplicaID(0)].acceptsRequests)
    path.replicaChanged(ReplicaID(0), .accepts(true), at: time(5_001))
    #expect(path[ReplicaID(0)].acceptsRequests)
  }

  @Test("is not woken by a driver that wants it in")
  func wanted() {
    var path = path()
    _ = path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0))
    path.replicaChanged(ReplicaID(0), .accepts(true), at: time(1))
    #expect(!path[ReplicaID(0)].acceptsRequests)
    path.rested(ReplicaID(0), at: time(5_000))
    #expect(path[ReplicaID(0)].acceptsRequests)
  }

  @Test("is never the last of its model")
  func last() {
    var path = path()
    _ = path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0))
    #expect(path.called(ReplicaID(1), .refused(retryAfter: nil), at: time(1)) == nil)
    #expect(chosen(&path, at: time(1)) == .decided(.send(ReplicaID(1))))
  }

  @Test("leaves no rest to the one that comes in its place")
  func replaced() {
    var path = path()
    _ = path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0))
    path.replicaChanged(ReplicaID(0), .lost, at: time(1))
    path.replicaChanged(ReplicaID(0), .accepts(true), at: time(2))
    #expect(chosen(&path, at: time(2)) == .decided(.send(ReplicaID(0))))
  }

  @Test("rests on in the path that the next driver begins with a snapshot")
  func restored() throws {
    var first = path()
    _ = first.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0))
    let cooldowns = first.cooldowns
    let snapshot = try #require(cooldowns).snapshot()
    var next = path(Cooldowns(Cooldown.Configuration(), restoring: snapshot))
    next.replicaChanged(ReplicaID(0), .accepts(true), at: time(1))
    #expect(chosen(&next, at: time(1)) == .decided(.send(ReplicaID(1))))
  }

  @Test("does not rest where no cooldowns are asked for")
  func none() {
    var path = path(nil)
    #expect(path.called(ReplicaID(0), .refused(retryAfter: nil), at: time(0)) == nil)
    path.rested(ReplicaID(0), at: time(1))
    let cooldowns = path.cooldowns
    #expect(cooldowns == nil)
    #expect(chosen(&path, at: time(1)) == .decided(.send(ReplicaID(0))))
  }
}
