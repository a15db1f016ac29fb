// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RequestPath
import Serving
import Testing

@Suite("Identical requests on their path")
struct FlightTests {
  private func fleet(
    rule: Deduplicator.Configuration = Deduplicator.Configuration(), replicas: Int = 2,
    budget: Int64? = 1_000, timeout: TimeSpan? = nil
  ) -> VirtualFleet {
    var configuration = PathSetting.configuration(budget: budget, timeout: timeout)
    configuration.deduplication = rule
    var fleet = VirtualFleet(configuration, replicas: PathSetting.replicas(replicas))
    fleet.cost = USD(nanodollars: 4)
    return fleet
  }

  /// Lets identical requests arrive a millisecond after each other, the first at 0.
  private func arrive(_ requests: [VirtualFleet.Request], at fleet: inout VirtualFleet) {
    for (place, request) in requests.enumerated() {
      fleet.schedule(.arrives(request), at: time(Int64(place)))
    }
  }

  private func request(
    _ number: UInt64, failure: RequestPath.Failure? = nil, leavesAfter: TimeSpan? = nil
  ) -> VirtualFleet.Request {
    VirtualFleet.Request(number: number, content: 7, leavesAfter: leavesAfter, failure: failure)
  }

  private func expectCharge(
    _ nanodollars: Int64, _ fleet: borrowing VirtualFleet,
    at location: SourceLocation = #_sourceLocation
  ) {
    let charged = fleet.path.budget?.charged.nanodollars
    #expect(charged == nanodollars, sourceLocation: location)
  }

  /// Expects that no request is left on the way, no call under way and no money aside.
  private func expectEmpty(
    _ fleet: borrowing VirtualFleet, at location: SourceLocation = #_sourceLocation
  ) {
    let (kept, flights) = (fleet.path.kept, fleet.path.flightCount)
    let waiting = fleet.path.countWaiting { _ in true }
    let reserved = fleet.path.budget?.ledger.total.reserved
    #expect(kept == (0, 0), sourceLocation: location)
    #expect(flights == 0, sourceLocation: location)
    #expect(waiting == 0, sourceLocation: location)
    #expect(reserved == .zero, sourceLocation: location)
  }

  @Test("share one call, which the first of them pays")
  func shared() {
    var fleet = fleet()
    arrive([request(1), request(2), request(3)], at: &fleet)
    fleet.run(until: time(5))
    #expect(fleet.path.flightCount == 1)
    #expect(fleet.path.kept == (3, 0))
    #expect(fleet.path.countWaiting { $0.number > 2 } == 1)
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .joined, 3: .joined])
    #expect(fleet.sent == [[1], []])
    expectCharge(4, fleet)
    expectEmpty(fleet)
  }

  @Test("share nothing where their temperature is above 0")
  func notDeterministic() {
    var fleet = fleet()
    var (one, other) = (request(1), request(2))
    (one.isDeterministic, other.isDeterministic) = (false, false)
    arrive([one, other], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .completed, 2: .completed])
    expectEmpty(fleet)
  }

  @Test("make the call again, by one who waits, where it failed in passing")
  func callAgain() {
    var fleet = fleet()
    arrive([request(1, failure: .retryable), request(2), request(3)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .joined, 2: .completed, 3: .joined])
    #expect(fleet.sent.joined().sorted() == [1, 2])
    expectCharge(4, fleet)
    expectEmpty(fleet)
  }

  @Test("fail together where the call fails twice")
  func failTwice() {
    var fleet = fleet()
    arrive(
      [request(1, failure: .retryable), request(2, failure: .retryable), request(3)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .failed, 2: .failed, 3: .failed])
    // Who made the last call pays its estimate.
    expectCharge(10, fleet)
    expectEmpty(fleet)
  }

  @Test("fail together where every call would fail")
  func permanent() {
    var fleet = fleet()
    arrive([request(1, failure: .permanent), request(2)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .failed, 2: .failed])
    #expect(fleet.sent.joined().sorted() == [1])
    expectEmpty(fleet)
  }

  @Test("end with the one whose replica is lost where no other takes the call")
  func lost() {
    var fleet = fleet(replicas: 1)
    arrive([request(1), request(2)], at: &fleet)
    fleet.schedule(.replica(0, isUp: false), at: time(5))
    fleet.run()
    #expect(fleet.ends == [1: .failed, 2: .rejected])
    expectEmpty(fleet)
  }

  @Test("time out by their own deadlines where the call fails late")
  func deadlines() {
    var fleet = fleet(timeout: .milliseconds(9))
    arrive([request(1, failure: .timedOut), request(2), request(3)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .timedOut, 2: .timedOut, 3: .completed])
    expectEmpty(fleet)
  }

  @Test("go on with the call where the client goes away that made it")
  func leadLeaves() {
    var fleet = fleet()
    arrive([request(1, leavesAfter: .milliseconds(5)), request(2)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [2: .joined])
    #expect(fleet.cancelled.isEmpty)
    expectCharge(4, fleet)
    expectEmpty(fleet)
  }

  @Test("go on with the call where one goes away that waited")
  func waiterLeaves() {
    var fleet = fleet()
    arrive([request(1), request(2, leavesAfter: .milliseconds(5)), request(3)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .completed, 3: .joined])
    expectCharge(4, fleet)
    expectEmpty(fleet)
  }

  @Test("have their call cancelled when all have gone, whoever goes last", arguments: [3, 7])
  func allLeave(milliseconds: Int64) {
    var fleet = fleet()
    arrive(
      [
        request(1, leavesAfter: .milliseconds(5)),
        request(2, leavesAfter: .milliseconds(milliseconds)),
      ], at: &fleet)
    fleet.run()
    #expect(fleet.ends.isEmpty)
    #expect(fleet.cancelled == [1])
    #expect(fleet.path[ReplicaID(0)].outstanding == 0)
    expectCharge(10, fleet)
    expectEmpty(fleet)
  }

  @Test("let another make the call where it fails after its client went away")
  func leftAndFailed() {
    var fleet = fleet()
    arrive(
      [request(1, failure: .retryable, leavesAfter: .milliseconds(5)), request(2), request(3)],
      at: &fleet)
    fleet.run()
    #expect(fleet.ends == [2: .completed, 3: .joined])
    // The call that failed at its estimate, and the one that was answered.
    expectCharge(14, fleet)
    expectEmpty(fleet)
  }

  @Test("have the second call cancelled when all have gone")
  func leaveSecondCall() {
    var fleet = fleet()
    arrive(
      [
        request(1, failure: .retryable, leavesAfter: .milliseconds(14)),
        request(2, leavesAfter: .milliseconds(12)),
      ], at: &fleet)
    fleet.run()
    #expect(fleet.ends.isEmpty)
    #expect(fleet.cancelled == [2])
    expectEmpty(fleet)
  }

  @Test("are forgotten in the reference design when the call is gone that they wait for")
  func reference() {
    var fleet = fleet(rule: .reference)
    arrive([request(1, leavesAfter: .milliseconds(5)), request(2)], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [2: .timedOut])
    #expect(fleet.cancelled == [1])
    expectEmpty(fleet)
  }

  @Test("of any temperature share a call in the reference design, and no failure")
  func referenceFailure() {
    var fleet = fleet(rule: .reference)
    var waits = request(2)
    waits.isDeterministic = false
    arrive([request(1, failure: .retryable), waits], at: &fleet)
    fleet.run()
    #expect(fleet.ends == [1: .failed, 2: .timedOut])
    expectEmpty(fleet)
  }
}
