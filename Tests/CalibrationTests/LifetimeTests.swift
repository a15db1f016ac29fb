// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Foundation
import Inputs
import LongTests
import Numerics
import RandomStreams
import Testing

@Suite("Lifetimes that were cut short")
struct LifetimeTests {
  /// Lives of a law, cut short by an independent exponential time of that mean.
  static func sample(
    _ law: Distribution, _ count: Int, cutAt mean: Double?, trial: Int, limit: Double = .infinity
  ) -> [Lifetime] {
    let stream = RandomStream(
      seed: 4_711, replication: UInt32(trial), purpose: .testing, entity: 1)
    return (0..<count).map { index in
      var draws = stream.draws(of: UInt64(index))
      let life = min(limit, law.sample(from: &draws))
      let cut = mean.map { $0 * draws.nextExponential() } ?? .infinity
      return Lifetime(seconds: max(1e-6, min(life, cut)), isCensored: cut < life)
    }
  }

  @Test(
    "that are all alike, or of which one end was seen, give an error that says so",
    arguments: ["lifetime_s\n5\n5\n5\n", "lifetime_s\n7\n"])
  func alike(text: String) {
    let error = #expect(throws: TraceErrors.self) {
      try LifetimeCalibration.read(
        Array(text.utf8), time: "lifetime_s", ended: nil, event: "", where: [])
    }
    #expect(error?.errors[0].allowed.contains("two that differ") == true)
  }

  /// Kaplan and Meier by hand: of 5, one ends at 1, one is last seen at 2, one ends at 3, one is
  /// last seen
  /// at 3 and one ends at 4: 4/5, then 4/5·2/3, then 0.
  @Test("are estimated by Kaplan and Meier as by hand")
  func byHand() {
    let curve = KaplanMeier([
      Lifetime(seconds: 3, isCensored: true), Lifetime(seconds: 1, isCensored: false),
      Lifetime(seconds: 2, isCensored: true), Lifetime(seconds: 4, isCensored: false),
      Lifetime(seconds: 3, isCensored: false),
    ])
    #expect(curve.survival(at: 0.5) == 1 && curve.survival(at: 2.9) == 0.8)
    #expect(abs(curve.survival(at: 3) - 0.8 * 2 / 3) < 1e-15 && curve.survival(at: 4) == 0)
    #expect(curve.median == 4)
    // Greenwood: 1/(5·4) + 1/(3·2).
    #expect(abs(curve.steps[1].variance - (1.0 / 20 + 1.0 / 6)) < 1e-15)
  }

  @Test("without any cut are outlived as often as they are")
  func withoutCensoring() throws {
    let lives = Self.sample(try .gamma(mean: 10, cv: 0.7), 400, cutAt: nil, trial: 0)
    let curve = KaplanMeier(lives)
    for time in [3.0, 8, 20] {
      let share = Double(lives.count { $0.seconds > time }) / 400
      #expect(abs(curve.survival(at: time) - share) < 1e-12)
    }
  }

  @Test("of an exponential law end as often as ends over time lived")
  func exponential() throws {
    let lives = Self.sample(try Distribution(.exponential(mean: 50)), 200, cutAt: 60, trial: 1)
    let sample = LifetimeSample(lives)
    let fit = try #require(LifetimeFit(.exponential, to: sample))
    #expect(abs(fit.law.mean / (sample.exposure / Double(sample.ends)) - 1) < 1e-5)
  }

  private static let laws: [(LifetimeFamily, Distribution.Law, [Double])] = [
    (.exponential, .exponential(mean: 40), [40]),
    (.weibull, .weibull(shape: 0.7, scale: 40), [40, 0.7]),
    (.gamma, .gamma(shape: 4, scale: 10), [40, 0.5]),
    (.lognormal, .lognormal(logMean: 3.5, logDeviation: 1.2), [33.11545195869231, 1.2]),
  ]

  /// Of 500 intervals of 95 % a share between 91.5 and 98 % holds the truth: 3.6 standard
  /// deviations below,
  /// where the approximation for small samples falls short, and 3 above.
  @Test("give profile-likelihood intervals that cover known parameters", .long, arguments: 0..<4)
  func coverage(number: Int) throws {
    let (family, law, truth) = Self.laws[number]
    let known = try Distribution(law)
    var held = truth.map { _ in 0 }
    for trial in 0..<500 {
      let lives = Self.sample(known, 70, cutAt: 55, trial: 100 + trial)
      let fit = try #require(LifetimeFit(family, to: LifetimeSample(lives)))
      for (index, parameter) in fit.parameters(confidence: 0.95).enumerated() {
        let interval = try #require(parameter.interval)
        if interval.low <= truth[index] && truth[index] <= interval.high { held[index] += 1 }
      }
    }
    for count in held { #expect((458...490).contains(count), "\(family): \(held)") }
  }

  @Test("of a bathtub are told from others, and its parameters are found again")
  func bathtub() throws {
    let day = 86_400.0
    let life = ConstrainedLife(
      share: 0.3, early: 3_600, late: 7_200, onset: day, limit: day)
    let lives = Self.sample(
      try Distribution(.bathtub(life)), 1_500, cutAt: 2 * day, trial: 7, limit: day)
    let calibration = LifetimeCalibration(lives, limit: day, rounds: 9)
    #expect(calibration.fits.first?.family == .bathtub)
    let fit = try #require(calibration.fits.first)
    for (parameter, truth) in zip(fit.parameters(confidence: 0.999), [0.3, 3_600, 7_200]) {
      let interval = try #require(parameter.interval)
      #expect(interval.low <= truth && truth <= interval.high, "\(parameter)")
    }
    // What follows a law lies no further from its fit than its like, and what follows another does.
    #expect(fit.distanceProbability(of: lives, rounds: 19, seed: 3) > 0.06)
    let worst = try #require(calibration.fits.last)
    #expect(worst.distanceProbability(of: lives, rounds: 19, seed: 3) < 0.06)
  }

  @Test("say how many were cut short, and give a fragment that a scenario reads")
  func report() throws {
    let lives = Self.sample(
      try Distribution(.weibull(shape: 0.8, scale: 9_000)), 300, cutAt: 9_000, trial: 9)
    let report = try #require(LifetimeCalibration(lives, rounds: 9).report(family: .weibull))
    #expect(
      report.fragment.count == 1 && report.fragment[0].hasPrefix("lifetime: { weibull: { scale: "))
    #expect(report.doubts[0].contains("were cut short"))
    let limited = try #require(LifetimeCalibration(lives, limit: 20_000, rounds: 9).report())
    #expect(limited.fragment.last == "longest_life: 5.556h")
  }

  @Test("are refused with the place where a table is wrong")
  func tables() {
    func problems(_ text: String, where conditions: [String] = []) -> [String] {
      do {
        _ = try LifetimeCalibration.read(
          Array(text.utf8), time: "life", ended: "end", event: "taken",
          where: conditions.compactMap { MeasuredTable.Condition(parsing: $0) })
        return []
      } catch {
        return error.errors.map { "\($0.line):\($0.column) \($0.found) \($0.allowed)" }
      }
    }
    #expect(problems("life,end\r\n5,taken\r\n6,taken\r\n7,user") == [])
    #expect(problems("time,end\n5,taken\n")[0].contains("no column 'life'"))
    let places = problems("life,end\n5,taken\n-1,user\nx,user\n").map { String($0.prefix(3)) }
    #expect(places == ["3:1", "4:1"])
    #expect(problems("life,end\n5,user\n")[0].contains("'taken'"))
    #expect(problems("life,end\n5,taken,3\n")[0].contains("3 fields 2 fields"))
    #expect(problems("life,end\n5,taken\n", where: ["end=x"])[0].contains("no row with end=x"))
    #expect(problems("")[0].contains("an empty file"))
  }
}
