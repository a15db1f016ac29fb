// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import RandomStreams
import Testing
import Workload

@Suite("A rate profile")
struct RateProfileTests {
  private func weekly() throws -> RateProfile {
    .weekly(
      RateProfile.Shape(
        peak: try Rate(parsing: "1000/s"), peakTime: .hours(15), swing: try Share(parsing: "45%"),
        weekend: try Share(parsing: "70%")),
      start: try UTCDate(parsing: "2024-12-09T00:00:00Z"))
  }

  @Test("is highest at the peak of a weekday and lowest twelve hours away")
  func peak() throws {
    let profile = try weekly()
    #expect(abs(profile.rate(at: .start + .hours(15)).rate.perSecond - 1_000) < 0.01)
    let lowest = profile.rate(at: .start + .hours(3)).rate.perSecond
    #expect(abs(lowest - 1_000 * 0.55 / 1.45) < 0.01)
  }

  @Test("has the weekend's share on Saturday, and repeats after a week")
  func weekend() throws {
    let profile = try weekly()
    let saturday = profile.rate(at: .start + .hours(5 * 24 + 15)).rate.perSecond
    #expect(abs(saturday - 700) < 0.01)
    #expect(
      profile.rate(at: .start + .hours(7 * 24 + 9)).rate
        == profile.rate(at: .start + .hours(9)).rate)
  }

  @Test("is higher at weekends where they are busier")
  func busierWeekend() throws {
    let profile = RateProfile.weekly(
      RateProfile.Shape(
        peak: try Rate(parsing: "1000/s"), peakTime: .hours(15), swing: .zero,
        weekend: try Share(parsing: "180%")),
      start: try UTCDate(parsing: "2024-12-09T00:00:00Z"))
    #expect(profile.rate(at: .start + .hours(4 * 24 + 23)).rate.perSecond == 1_000)
    #expect(profile.rate(at: .start + .hours(5 * 24)).rate.perSecond == 1_800)
    #expect(profile.highestRate.perSecond == 1_800)
  }

  @Test(
    "has the share of each hour of the week, from whatever day it starts, and changes with the hour"
  )
  func hourly() throws {
    // Monday's first hour has 0 %, every later one 1 % more than the one before.
    let shares = (0..<168).map { Share(billionths: Int64($0) * 10_000_000) }
    let profile = RateProfile.hourly(
      try Rate(parsing: "100/s"), shares: shares,
      start: try UTCDate(parsing: "2024-12-11T06:30:00Z"))
    // A Wednesday, 54 hours and a half after Monday began.
    let first = profile.rate(at: .start)
    #expect(first.rate.perSecond == 54 && first.until == .start + .minutes(30))
    // Sunday's last hour has 167 % of 100/s, and Monday's first none.
    #expect(profile.rate(at: .start + .minutes(113 * 60)).rate.perSecond == 167)
    #expect(profile.rate(at: .start + .minutes(113 * 60 + 30)).rate == .zero)
    #expect(profile.highestRate.perSecond == 167)
  }

  /// The number of arrivals of a Poisson process in a time is Poisson with the integral of its
  /// rate:
  /// over a whole weekday the cosine cancels and the mean is peak / 1.45.
  @Test("gives as many arrivals as its integral, within five standard deviations")
  func arrivals() throws {
    let model = WorkloadModel(
      arrivals: .poisson(try weekly()),
      mix: RequestMix(
        classes: [("all", .whole)], promptTokens: nil, outputTokens: nil, deterministic: .zero,
        content: nil))
    var source = RequestSource(model, from: .start, seed: 1, replication: 0)
    var count = 0.0
    var previous = Instant.start
    // Sixty million of them: an expectation for each would take most of the time.
    var isInOrder = true
    while source.nextTime < .start + .hours(24) {
      let arrival = source.take()
      if arrival.time < previous { isInOrder = false }
      previous = arrival.time
      count += 1
    }
    #expect(isInOrder)
    let expected = 1_000 / 1.45 * 86_400
    #expect(abs(count - expected) < 5 * expected.squareRoot())
  }
}
