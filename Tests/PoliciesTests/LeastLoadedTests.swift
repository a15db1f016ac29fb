// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Serving
import Testing

@Suite("The least-loaded choice")
struct LeastLoadedTests {
  private func replica(
    _ outstanding: Int32, model: Int = 0, accepts: Bool = true, hasRoom: Bool = true,
    time: Int64 = 100
  ) -> ReplicaObservation {
    ReplicaObservation(
      model: ModelID(model), acceptsRequests: accepts, outstanding: outstanding, hasRoom: hasRoom,
      nanosecondsPerRequest: time)
  }

  private func choose(_ replicas: [ReplicaObservation]) -> LeastLoaded.Choice {
    var policy = LeastLoaded()
    return policy.choose(of: ModelID(0), among: replicas.span)
  }

  @Test("with no replica ready, refuses")
  func noneReady() {
    #expect(choose([]) == .noReplicaReady)
    #expect(choose([replica(0, accepts: false)]) == .noReplicaReady)
  }

  @Test("with every queue full, says so")
  func allFull() {
    #expect(choose([replica(9, hasRoom: false), replica(0, accepts: false)]) == .queuesFull)
  }

  @Test("takes the fewest outstanding, and of equals the first")
  func fewest() {
    #expect(choose([replica(3), replica(1), replica(1)]) == .replica(ReplicaID(1)))
  }

  @Test("looks only at replicas of the wanted model")
  func ofOneModel() {
    #expect(choose([replica(0, model: 1), replica(5)]) == .replica(ReplicaID(1)))
    #expect(choose([replica(0, model: 1)]) == .noReplicaReady)
  }

  @Test("counts outstanding requests by the time that each takes")
  func unequalReplicas() {
    #expect(choose([replica(3, time: 100), replica(1, time: 300)]) == .replica(ReplicaID(0)))
  }
}
