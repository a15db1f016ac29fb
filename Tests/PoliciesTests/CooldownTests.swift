// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Testing

@Suite("The cooldown")
struct CooldownTests {
  private func second(_ number: Int64) -> Instant { .start + .seconds(number) }

  @Test("4.5.6: six failures of ten in a minute are followed by five seconds of rest")
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

  @Test("4.5.6: one failure of one is followed by no rest")
  func oneOfOne() {
    var cooldown = Cooldown()
    cooldown.step(.failed(retryAfter: nil), at: .start)
    #expect(!cooldown.isResting(at: .start))
  }

  @Test("4.5.6: a failure that no retry mends is followed by rest at once")
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
