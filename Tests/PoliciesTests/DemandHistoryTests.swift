// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Testing

@Suite("The demand that was seen")
struct DemandHistoryTests {
  @Test(
    "adds up the rates of the last seconds as a walk through the whole ring does, to the last bit",
    arguments: [false, true])
  func rates(clockGoesBack: Bool) {
    var stream = RandomStream(seed: 6, replication: 0, purpose: .testing, entity: 0)
    let capacity = 7
    var history = DemandHistory(capacity: capacity)
    var ring: [(time: Instant, rate: Double)] = []
    var now = Instant.start
    for look in 0..<500 {
      let back = clockGoesBack && look % 11 == 10 ? TimeSpan.seconds(4) : .zero
      now = now + TimeSpan(nanoseconds: Int64(stream.next() >> 31)) - back
      let rate = stream.nextUniform() * 1_000
      let span = TimeSpan.seconds(Int64(look % 9))
      let recent = ring.filter { now - $0.time <= span }
      let found = history.rates(within: span, at: now, and: rate)
      #expect(found.sum == recent.reduce(rate) { $0 + $1.rate })
      #expect(found.count == 1 + Double(recent.count))
      history.remember(DemandHistory.Demand(time: now, rate: rate, desired: 1))
      if ring.count < capacity {
        ring.append((now, rate))
      } else {
        ring[look % capacity] = (now, rate)
      }
    }
  }
}
