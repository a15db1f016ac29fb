// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("Numerics stops at once")
struct PreconditionTests {
  @Test("when a quantile is asked for a number that is no probability")
  func quantile() async {
    await #expect(processExitsWith: .failure) {
      _ = try Distribution(.exponential(mean: 1)).quantile(1.5)
    }
  }

  @Test("when a normal quantile would be infinite")
  func normal() async {
    await #expect(processExitsWith: .failure) { _ = Normal.quantile(1) }
  }

  @Test("when a t law has no degree of freedom")
  func studentT() async {
    await #expect(processExitsWith: .failure) {
      _ = StudentT.quantile(0.9, degreesOfFreedom: 0)
    }
  }

  @Test("when a curve is asked for a place outside its range")
  func spline() async {
    await #expect(processExitsWith: .failure) {
      _ = try MonotoneSpline(x: [1, 2], y: [1, 2])(3)
    }
  }

  @Test("when a law without a mean is to be in equilibrium")
  func pareto() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)
      let law = try Distribution(.pareto(shape: 1, minimum: 1))
      _ = law.sampleEquilibriumResidual(from: &stream)
    }
  }
}
