// SPDX-License-Identifier: GPL-3.0-or-later

import QueueingTheory
import Testing

@Suite("A closed form stops at once for a queue that never settles")
struct PreconditionTests {
  @Test("with one server")
  func mm1() async {
    await #expect(processExitsWith: .failure) { _ = MM1(arrivalRate: 1, serviceRate: 1) }
  }

  @Test("with several servers")
  func mmc() async {
    await #expect(processExitsWith: .failure) {
      _ = MMC(arrivalRate: 3, serviceRate: 1, servers: 3)
    }
  }

  @Test("with any law of service")
  func mg1() async {
    await #expect(processExitsWith: .failure) {
      _ = MG1(
        arrivalRate: 1, serviceMean: 1, serviceSecondMoment: 1, serviceThirdMoment: 1)
    }
  }
}
