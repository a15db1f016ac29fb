// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("A board whose replicas come and go")
struct ReplicaBoardTests {
  private static func replica(
    _ model: Int, outstanding: Int32 = 0, cost: Int64 = 1_000
  ) -> ReplicaObservation {
    ReplicaObservation(
      model: ModelID(model), acceptsRequests: true, outstanding: outstanding, hasRoom: true,
      nanosecondsPerRequest: cost)
  }

  @Test("gives a new replica the next number, and one of a new model too")
  func adds() {
    var board = ReplicaBoard([Self.replica(0), Self.replica(1)])
    #expect(board.add(Self.replica(1, cost: 10)) == ReplicaID(2))
    #expect(board.add(Self.replica(5)) == ReplicaID(3))
    #expect(board.leastLoaded(of: ModelID(1)) == ReplicaID(2))
    #expect(board.leastLoaded(of: ModelID(5)) == ReplicaID(3))
    #expect(board.acceptsAny(of: ModelID(4)) == false)
  }

  @Test("begins empty and grows to a thousand replicas")
  func grows() {
    var board = ReplicaBoard([])
    for number in 0..<1_000 {
      #expect(board.add(Self.replica(number % 3, cost: 2_000 - Int64(number))).index == number)
    }
    #expect(board.leastLoaded(of: ModelID(0)) == ReplicaID(999))
    #expect(board.leastLoaded(of: ModelID(1)) == ReplicaID(997))
  }

  @Test("sends a retired replica nothing, and gives its place away when it has nothing left")
  func retires() {
    var board = ReplicaBoard([Self.replica(0, outstanding: 2), Self.replica(0)])
    board.retire(ReplicaID(0))
    board.retire(ReplicaID(0))
    #expect(board.isRetired(ReplicaID(0)) == true)
    #expect(board.leastLoaded(of: ModelID(0)) == ReplicaID(1))
    #expect(board.add(Self.replica(0)) == ReplicaID(2))
    board.update(0) { $0.outstanding = 0 }
    #expect(board.add(Self.replica(1)) == ReplicaID(3))
    #expect(board.add(Self.replica(0)) == ReplicaID(0))
    #expect(board.isRetired(ReplicaID(0)) == false)
    board.retire(ReplicaID(1))
    board.retire(ReplicaID(2))
    board.retire(ReplicaID(0))
    #expect(board.acceptsAny(of: ModelID(0)) == false)
  }

  @Test("has as many places as there were replicas at once, however many came and went")
  func bounded() {
    var board = ReplicaBoard([])
    var present = (0..<8).map { board.add(Self.replica($0 % 2)) }
    for round in 0..<10_000 {
      let leaving = present.remove(at: round * 7 % 8)
      let model = board[leaving.index].model.index
      board.retire(leaving)
      present.append(board.add(Self.replica(model)))
    }
    #expect(board.count == 8)
  }

  @Test("chooses as a search through all replicas would", arguments: 0..<40)
  func agreesWithSearch(seed: UInt64) {
    var stream = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 21)
    func roll(_ sides: Int) -> Int { Int(stream.next() % UInt64(sides)) }
    var board = ReplicaBoard((0..<roll(5)).map { _ in Self.replica(roll(3)) })
    for _ in 0..<300 {
      let number = board.count > 0 ? roll(board.count) : 0
      switch roll(6) {
      case 0: _ = board.add(Self.replica(roll(4), cost: Int64(1 + roll(5)) * 100))
      case 1: if board.count > 0 { board.retire(ReplicaID(number)) }
      default:
        guard board.count > 0, !board.isRetired(ReplicaID(number)) else { continue }
        let (outstanding, hasRoom, accepts) = (Int32(roll(4)), roll(5) > 0, roll(5) > 0)
        board.update(number) {
          $0.outstanding = outstanding
          $0.hasRoom = hasRoom
          $0.acceptsRequests = accepts
        }
      }
      for model in 0..<4 {
        let candidates = (0..<board.count).filter {
          board[$0].model.index == model && board[$0].acceptsRequests
        }
        #expect(board.acceptsAny(of: ModelID(model)) == !candidates.isEmpty)
        let least = candidates.filter { board[$0].hasRoom }.min { left, right in
          func load(_ replica: Int) -> Int64 {
            (Int64(board[replica].outstanding) + 1) * board[replica].nanosecondsPerRequest
          }
          return (load(left), left) < (load(right), right)
        }
        if let least {
          #expect(board.leastLoaded(of: ModelID(model)) == ReplicaID(least))
        } else {
          #expect(board.leastLoad(of: ModelID(model)) == .max)
        }
      }
    }
  }
}
