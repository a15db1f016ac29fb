// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Testing
import Workload

@Suite("Sessions")
struct SessionsTests {
  @Test("have as many requests as rate, lifetime and number say")
  func turns() {
    let sessions = Sessions(active: 500, lifetime: .minutes(4))
    // 10 a second for 40 minutes: 24,000 requests in about 500 · (10 + 1) sessions.
    var seen: [UInt64] = []
    for number in 0..<24_000 {
      seen.append(
        sessions.session(of: UInt64(number), at: .start + .milliseconds(Int64(number) * 100)))
    }
    seen.sort()
    var distinct = 0
    for (index, session) in seen.enumerated() where index == 0 || seen[index - 1] != session {
      distinct += 1
    }
    #expect((5_000...5_600).contains(distinct))
    #expect(!seen.contains(0))
  }
}
