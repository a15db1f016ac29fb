// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Numerics
import RandomStreams
import Testing

@Suite("Times of arrival")
struct ArrivalTests {
  /// Arrivals with gaps of that law, of which the rate may change by the minute.
  private static func times(
    _ gaps: Distribution, count: Int, trial: Int, rate: (Double) -> Double
  ) -> [Double] {
    let stream = RandomStream(
      seed: 31, replication: UInt32(trial), purpose: .testing, entity: 2)
    var now = 0.0
    return (0..<count).map { index in
      var draws = stream.draws(of: UInt64(index))
      now += gaps.sample(from: &draws) / rate(now)
      return now
    }
  }

  @Test("of a Poisson process are taken for others no more often than by chance, whatever its rate")
  func poisson() throws {
    let gaps = try Distribution(.exponential(mean: 1))
    var rejected = 0
    for trial in 0..<200 {
      let times = Self.times(gaps, count: 4_000, trial: trial) { Int($0 / 60) % 2 == 0 ? 4 : 9 }
      let calibration = ArrivalCalibration(times: times, isDated: false)
      if try #require(calibration.poissonProbability) < 0.05 { rejected += 1 }
    }
    // 10 of 200 by chance; a minute that straddles two rates costs some more.
    #expect(rejected <= 24, "\(rejected)")
  }

  @Test(
    "that are burstier or more regular are told from a Poisson process, and their gaps' variation found"
  )
  func renewal() throws {
    for (cv, isBursty) in [(1.8, true), (0.4, false)] {
      let times = Self.times(try .gamma(mean: 1, cv: cv), count: 20_000, trial: 999) { _ in 5 }
      let calibration = ArrivalCalibration(times: times, isDated: false)
      #expect(abs(calibration.gapVariation.within / cv - 1) < 0.08)
      #expect(abs(calibration.gapVariation.all / cv - 1) < 0.08)
      let probability = try #require(calibration.poissonProbability)
      #expect(isBursty ? probability < 0.001 : probability > 0.999)
      let fragment = calibration.report().fragment[0]
      #expect(fragment.contains("process: renewal") == isBursty)
      #expect(abs(calibration.rate / 5 - 1) < 0.05)
    }
  }

  @Test("scatter by the variance with n as its divisor: windows of 1 and 3 arrivals give 1 ÷ 2")
  func dispersion() {
    // Mean 2, variance (1 + 1)/2 = 1.
    let windows = [1.0, 3].enumerated().map {
      ArrivalCalibration.Window(start: Double($0) * 60, length: 60, count: $1)
    }
    #expect(ArrivalCalibration(windows: windows, isDated: false).dispersions[0].index == 0.5)
    // Ten windows of a second, alternately of 1 and 3; the last arrival ends the tenth.
    var times: [Double] = []
    for second in 0..<10 {
      for part in 0..<(second % 2 == 0 ? 1 : 3) { times.append(Double(second) + Double(part) / 10) }
    }
    let calibration = ArrivalCalibration(times: times + [10], isDated: false)
    #expect(calibration.dispersions[0].window == 1 && calibration.dispersions[0].index == 0.5)
  }

  @Test("with a day and a week give the keys that make them again")
  func shape() throws {
    // Four weeks from a Monday in windows of ten minutes: 10/s, swing 40 %, peak 15:00, weekends 70 %.
    let monday = 1_733_702_400.0
    let windows = (0..<4_032).map { index -> ArrivalCalibration.Window in
      let start = monday + Double(index) * 600
      let turn = ((start + 300) / 86_400).truncatingRemainder(dividingBy: 1)
      let day = Int((start - monday) / 86_400) % 7
      let rate =
        10 * (1 + 0.4 * ElementaryFunctions.cosine(turns: turn - 15.0 / 24)) * (day >= 5 ? 0.7 : 1)
      return .init(start: start, length: 600, count: (rate * 600).rounded())
    }
    let shape = try #require(ArrivalCalibration(windows: windows, isDated: true).shape)
    #expect(abs(shape.mean - 10) < 0.05 && abs(shape.swing - 0.4) < 0.005)
    #expect(abs(shape.peak - 54_000) <= 120 && shape.explained > 0.99)
    #expect(abs(try #require(shape.weekend) - 0.7) < 0.005)
    let report = ArrivalCalibration(windows: windows, isDated: true).report()
    #expect(
      report.fragment[0].contains("peak: 14.0") && report.fragment[0].contains("weekend: 70.0%"))
    #expect(ArrivalCalibration(windows: Array(windows.prefix(100)), isDated: true).shape == nil)
  }
}
