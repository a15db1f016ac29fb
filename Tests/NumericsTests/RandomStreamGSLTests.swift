// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams
import Testing

@Suite("A random stream lent to GSL")
struct RandomStreamGSLTests {
  @Test("gives the uniforms that it gives itself")
  func sameUniforms() {
    var lent = testStream(1)
    var kept = testStream(1)
    for _ in 0..<1_000 { #expect(lent.nextUniformThroughGSL() == kept.nextUniform()) }
  }

  @Test("moves by the draws that were made")
  func moves() {
    var stream = testStream(1)
    for _ in 0..<10 { _ = stream.nextUniformThroughGSL() }
    #expect(stream.nextIndex == 10)
  }

  @Test("gives normal draws (Kolmogorov–Smirnov at 1e-6)")
  func normals() {
    var stream = testStream(2)
    let draws = (0..<100_000).map { _ in stream.nextNormal() }
    #expect(kolmogorovDistance(draws, Normal.cumulative) * 100_000.0.squareRoot() < 2.7)
  }

  @Test(
    "gives gamma draws with mean and variance equal to the shape", arguments: [0.4, 1, 2.5, 40])
  func gammaMoments(shape: Double) {
    var stream = testStream(3)
    let draws = meanOfDraws(100_000) { stream.nextGamma(shape: shape) }
    #expect(abs(draws.mean - shape) < 5 * (shape / 100_000).squareRoot())
    // The fourth central moment is 3 shape² + 6 shape, so the sample variance varies by 2 shape² +
    // 6 shape.
    let variance = draws.standardError * draws.standardError * 100_000
    let deviation = ((2 * shape * shape + 6 * shape) / 100_000).squareRoot()
    #expect(abs(variance - shape) < 5 * deviation)
  }

  @Test("gives Poisson draws with the mean asked for", arguments: [0.5, 20, 3_000])
  func poissonMeans(mean: Double) {
    var stream = testStream(4)
    let draws = meanOfDraws(20_000) { Double(stream.nextPoisson(mean: mean)) }
    #expect(abs(draws.mean - mean) < 5 * (mean / 20_000).squareRoot())
  }
}
