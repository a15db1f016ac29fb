// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import RandomStreams
import Testing

@Suite("The calibration of difficulty")
struct DifficultyCalibrationTests {
  private typealias Sample = DifficultyCalibration.Sample

  @Test("of uniform scores, 30 % lie at or above a threshold of 0.70")
  func threshold() {
    var stream = RandomStream(seed: 8, replication: 0, purpose: .testing, entity: 0)
    let scores = (0..<100_000).map { _ in stream.nextUniform() }
    let threshold = DifficultyCalibration.threshold(
      of: scores, strongShare: Share(billionths: 300_000_000))
    #expect(abs(threshold - 0.7) < 0.01)
    let fresh = (0..<100_000).map { _ in stream.nextUniform() }
    let share = Double(fresh.count { $0 >= threshold }) / 100_000
    #expect(abs(share - 0.3) < 0.01)
  }

  @Test("gives nothing to the strong model for a share of nothing, and everything for the whole")
  func extremes() {
    let scores = [0.4, 0.1, 0.9]
    #expect(DifficultyCalibration.threshold(of: scores, strongShare: .zero) == .infinity)
    #expect(DifficultyCalibration.threshold(of: scores, strongShare: .whole) == 0.1)
    #expect(DifficultyCalibration.threshold(of: [], strongShare: .whole) == .infinity)
  }

  @Test("smooths each bin by one text of the overall mixture")
  func smoothing() {
    // Two bins: 0 of 3 texts are hard in the lower, 1 of 1 in the upper, 1 of 4 overall. Smoothed:
    // (0 + 1/4)/(3 + 1) = 1/16 and (1 + 1/4)/(1 + 1) = 5/8; they rise already.
    let samples = [(0.1, 0), (0.2, 0), (0.3, 0), (0.9, 1)].map {
      Sample(score: $0.0, trueClass: $0.1)
    }
    let calibration = DifficultyCalibration(samples, classCount: 2, binCount: 2)
    #expect(calibration.probabilities(given: 0.2) == [0.9375, 0.0625])
    #expect(calibration.probabilities(given: 0.7) == [0.375, 0.625])
    #expect(calibration.mean(of: [1, 0], given: 0.7) == 0.375)
    #expect(calibration.mostProbableClass(given: 0.7) == 1)
  }

  @Test("pools neighbouring bins that would fall")
  func pooling() {
    // Lower bin 1 hard of 1, upper 0 of 1, overall 1/2: smoothed 3/4 and 1/4, each of weight 2, so
    // that both become 1/2.
    let samples = [Sample(score: 0.1, trueClass: 1), Sample(score: 0.9, trueClass: 0)]
    let calibration = DifficultyCalibration(samples, classCount: 2, binCount: 2)
    #expect(calibration.probabilities(given: 0.1) == [0.5, 0.5])
    #expect(calibration.probabilities(given: 0.9) == [0.5, 0.5])
  }

  @Test("gives probabilities that are none below 0, add up to 1 and get harder with the score")
  func monotone() {
    var stream = RandomStream(seed: 9, replication: 0, purpose: .testing, entity: 1)
    for _ in 0..<50 {
      let samples = (0..<40).map { _ in
        Sample(score: stream.nextUniform(), trueClass: Int(stream.next() % 4))
      }
      let calibration = DifficultyCalibration(samples, classCount: 4)
      var easier = [Double](repeating: 0, count: 4)
      for bin in 0..<10 {
        let score = Double(bin) / 10 + 0.05
        let chances = calibration.probabilities(given: score)
        #expect(chances.allSatisfy { $0 >= -1e-12 })
        #expect(abs(chances.reduce(0, +) - 1) < 1e-12)
        let harder = (0..<4).map { calibration.probability(atLeast: $0, given: score) }
        #expect(zip(easier, harder).allSatisfy { $0 <= $1 })
        easier = harder
      }
    }
  }

  @Test("predicts a quality that is the same for all classes exactly")
  func exactQuality() {
    let samples = [Sample(score: 0.3, trueClass: 0), Sample(score: 0.35, trueClass: 2)]
    let calibration = DifficultyCalibration(samples, classCount: 3)
    #expect(calibration.mean(of: [0.94, 0.94, 0.94], given: 0.3) == 0.94)
  }
}
