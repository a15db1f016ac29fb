// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Serving
import Testing

@Suite("The cooldown")
struct CooldownTests {
  private func second(_ number: Int64) -> Instant { .start + .seconds(number) }

  @Test("six failures of ten in a minute are followed by five seconds of rest")
  func sixOfTen() {
    var cooldown = Cooldown()
    for time in 0..<4 { cooldown.step(.succeeded, at: second(Int64(time))) }
    for time in 4..<8 { cooldown.step(.failed(retryAfter: nil), at: second(Int64(time))) }
    // Four of eight is half and not more.
    #expect(!cooldown.isResting(at: second(8)))
    for time in 8..<10 { cooldown.step(.failed(retryAfter: nil), at: second(Int64(time))) }
    #expect(cooldown.isResting(at: second(9)))
    #expect(cooldown.isResting(at: Instant(nanoseconds: second(14).nanoseconds - 1)))
    #expect(!cooldown.isResting(at: second(14)))
  }

  @Test("one failure of one is followed by no rest")
  func oneOfOne() {
    var cooldown = Cooldown()
    cooldown.step(.failed(retryAfter: nil), at: .start)
    #expect(!cooldown.isResting(at: .start))
  }

  @Test("a failure that no retry mends is followed by rest at once")
  func refused() {
    var cooldown = Cooldown()
    cooldown.step(.refused(retryAfter: nil), at: .start)
    #expect(cooldown.isResting(at: .start))
    #expect(!cooldown.isResting(at: second(5)))
  }

  @Test("counts afresh in each minute, and a late report not at all")
  func minutes() {
    var cooldown = Cooldown()
    cooldown.step(.failed(retryAfter: nil), at: second(59))
    cooldown.step(.failed(retryAfter: nil), at: second(60))
    cooldown.step(.failed(retryAfter: nil), at: second(59))
    #expect(!cooldown.isResting(at: second(60)))
    cooldown.step(.failed(retryAfter: nil), at: second(61))
    #expect(cooldown.isResting(at: second(61)))
  }

  @Test("rests as long as the deployment asks, up to a minute, and never shortens a rest")
  func retryAfter() {
    var cooldown = Cooldown()
    cooldown.step(.refused(retryAfter: .seconds(20)), at: .start)
    cooldown.step(.refused(retryAfter: nil), at: second(1))
    #expect(cooldown.restsUntil == second(20))
    cooldown.step(.refused(retryAfter: TimeSpan(nanoseconds: .max)), at: second(2))
    #expect(cooldown.restsUntil == second(62))
  }
}

@Suite("The cooldowns of a board")
struct CooldownsTests {
  private static func board(accepting: [Bool]) -> ReplicaBoard {
    ReplicaBoard(
      accepting.map {
        ReplicaObservation(
          model: ModelID(0), acceptsRequests: $0, outstanding: 0, hasRoom: true,
          nanosecondsPerRequest: 1)
      })
  }

  @Test("let a replica rest that fails too often, and say until when only once")
  func rests() {
    let board = Self.board(accepting: [true, true])
    var cooldowns = Cooldowns()
    let replica = ReplicaID(1)
    #expect(cooldowns.step(.failed(retryAfter: nil), of: replica, among: board, at: .start) == nil)
    #expect(
      cooldowns.step(.failed(retryAfter: nil), of: replica, among: board, at: .start)
        == .start + .seconds(5))
    #expect(cooldowns.step(.succeeded, of: replica, among: board, at: .start) == nil)
    #expect(cooldowns.isResting(replica, at: .start + .seconds(4)))
    #expect(!cooldowns.isResting(replica, at: .start + .seconds(5)))
    #expect(!cooldowns.isResting(ReplicaID(0), at: .start))
  }

  @Test("never let the last replica of a model rest")
  func lastOne() {
    let board = Self.board(accepting: [false, true])
    var cooldowns = Cooldowns()
    for _ in 0..<4 {
      #expect(
        cooldowns.step(.refused(retryAfter: nil), of: ReplicaID(1), among: board, at: .start)
          == nil)
    }
    #expect(!cooldowns.isResting(ReplicaID(1), at: .start))
    // One that accepts none may rest on.
    #expect(
      cooldowns.step(.refused(retryAfter: nil), of: ReplicaID(0), among: board, at: .start) != nil)
  }

  @Test("know nothing of the replica that takes the place of another")
  func forgets() {
    let board = Self.board(accepting: [true, true])
    var cooldowns = Cooldowns()
    _ = cooldowns.step(.refused(retryAfter: nil), of: ReplicaID(0), among: board, at: .start)
    cooldowns.forget(ReplicaID(0))
    #expect(!cooldowns.isResting(ReplicaID(0), at: .start))
  }
}
