// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
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
    var board = ReplicaBoard(replicas)
    return policy.choose(of: ModelID(0), among: &board)
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

  @Test("counts loads beyond what a key holds as the longest, and ties go to the first")
  func longestLoads() {
    let endless = replica(.max, time: .max)
    #expect(choose([endless, endless]) == .replica(ReplicaID(0)))
    #expect(choose([endless, replica(1_000_000, time: 1_000_000)]) == .replica(ReplicaID(1)))
    #expect(choose([endless]) == .replica(ReplicaID(0)))
    // What is below 0 counts as nothing.
    #expect(choose([replica(0), replica(5, time: -1)]) == .replica(ReplicaID(1)))
    // As many replicas as leaves, and one more; a model in between has none.
    for count in [8, 9] {
      let replicas = (0..<count).map { replica(Int32(count - $0), model: 2 * ($0 % 2)) }
      var board = ReplicaBoard(replicas)
      var policy = LeastLoaded()
      let last = (count - 1) % 2 == 0 ? count - 1 : count - 2
      #expect(policy.choose(of: ModelID(0), among: &board) == .replica(ReplicaID(last)))
      #expect(policy.choose(of: ModelID(1), among: &board) == .noReplicaReady)
      board.update(last) { $0.outstanding = 1_000 }
      #expect(policy.choose(of: ModelID(0), among: &board) == .replica(ReplicaID(last - 2)))
    }
  }

  /// Models with as many replicas each, and with more and more, one of them with none.
  @Test(
    "chooses, after any changes, whom a look at all replicas would find",
    arguments: [
      [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1], [0, 2, 2, 3, 3, 3, 3, 3, 2, 3, 3],
      [3, 0, 3, 0, 3, 2, 3, 0, 3, 0, 0],
    ])
  func likeALookAtAll(models: [Int]) {
    var stream = RandomStream(seed: 4, replication: 0, purpose: .testing, entity: 0)
    var replicas = models.enumerated().map { number, model in
      replica(0, model: model, time: 100 + 50 * Int64(number % 2))
    }
    var board = ReplicaBoard(replicas)
    var policy = LeastLoaded()
    for _ in 0..<5_000 {
      let bits = stream.next()
      let index = Int(bits % 11)
      replicas[index].outstanding = Int32(bits >> 8 & 7)
      replicas[index].acceptsRequests = bits >> 16 & 3 != 0
      replicas[index].hasRoom = bits >> 20 & 3 != 0
      let changed = replicas[index]
      board.update(index) { $0 = changed }
      for model in 0..<4 {
        let own = replicas.indices.filter { replicas[$0].model.index == model }
        func load(_ index: Int) -> Int64 {
          Int64(replicas[index].outstanding + 1) * replicas[index].nanosecondsPerRequest
        }
        let best = own.filter { replicas[$0].acceptsRequests && replicas[$0].hasRoom }
          .min { (load($0), $0) < (load($1), $1) }
        let refusal: LeastLoaded.Choice =
          own.contains { replicas[$0].acceptsRequests } ? .queuesFull : .noReplicaReady
        let expected = best.map { .replica(ReplicaID($0)) } ?? refusal
        #expect(policy.choose(of: ModelID(model), among: &board) == expected)
        guard let best else { continue }
        let tooShort = TimeSpan(nanoseconds: load(best) - 1)
        #expect(policy.choose(of: ModelID(model), within: tooShort, among: &board) == .tooLate)
      }
    }
  }
}
