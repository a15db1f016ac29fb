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

  /// The number of arrivals of a Poisson process in a time is Poisson with the integral of its rate:
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
    while source.nextTime < .start + .hours(24) {
      let arrival = source.take()
      #expect(arrival.time >= previous)
      previous = arrival.time
      count += 1
    }
    let expected = 1_000 / 1.45 * 86_400
    #expect(abs(count - expected) < 5 * expected.squareRoot())
  }
}
