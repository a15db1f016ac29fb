// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import Testing
import Workload

@Suite("Requests from some time on")
struct RequestSourceTests {
  /// What tells requests apart.
  private struct Seen: Equatable {
    let time: Instant
    let number: UInt64
    let contentID: UInt64
    let tokens: UInt32
  }

  private static let half = Share(billionths: 500_000_000)

  /// 40 requests a second, so that a cell of whole minutes has many columns of them.
  private func model(_ arrivals: (RateProfile) -> ArrivalProcess) throws -> WorkloadModel {
    WorkloadModel(
      arrivals: arrivals(.constant(Rate(roundingPerSecond: 40))),
      mix: RequestMix(
        classes: [("all", .whole)], promptTokens: try Distribution(.exponential(mean: 300)),
        outputTokens: nil, deterministic: Self.half,
        content: RequestMix.Content(catalogue: 500, zipfExponent: 1, unique: Self.half)))
  }

  /// The next requests of a source.
  private func next(_ count: Int, of source: inout RequestSource) -> [Seen] {
    (0..<count).map { _ in
      let arrival = source.take()
      return Seen(
        time: arrival.time, number: arrival.number, contentID: arrival.contentID,
        tokens: arrival.promptTokens)
    }
  }

  @Test(
    "are those that come then when all are drawn from the start, wherever in a minute it is",
    arguments: [0.0, 0.4, 3.2, 29.9, 59.99, 60, 61.5, 100, 179.5, 200])
  func restarting(seconds: Double) throws {
    let gaps = try Distribution(.gamma(shape: 0.5, scale: 2))
    let steps = RateProfile.recorded(
      [40, 0, 0, 90, 7].enumerated().map { number, rate in
        RateProfile.Step(
          start: .start + .seconds(45 * Int64(number)), rate: Rate(roundingPerSecond: rate))
      })
    let processes: [(RateProfile) -> ArrivalProcess] = [
      { .poisson($0) }, { .renewal($0, gaps: gaps) }, { _ in .poisson(steps) },
    ]
    for arrivals in processes {
      let model = try model(arrivals)
      let start = Instant.start + TimeSpan(roundingToMicroseconds: seconds)
      var whole = RequestSource(model, from: .start, seed: 5, replication: 2)
      while whole.nextTime < start { _ = whole.take() }
      var late = RequestSource(model, from: start, seed: 5, replication: 2)
      let expected = next(3_000, of: &whole)
      #expect(next(3_000, of: &late) == expected)
      late.restart(at: start)
      #expect(next(3_000, of: &late) == expected)
    }
  }

  @Test("are those of a rate without an end where a step lasts longer than any horizon")
  func longStep() throws {
    let rate = Rate(roundingPerSecond: 40)
    // 5 · 10^18 ns are 158 years, more than the 2^62 ns at which a step without an end is cut.
    let end = Instant.start + TimeSpan(nanoseconds: 5_000_000_000_000_000_000)
    let series = RateProfile.recorded(
      [.start, end, end + .seconds(1)].map { RateProfile.Step(start: $0, rate: rate) })
    var endless = RequestSource(try model { .poisson($0) }, from: .start, seed: 5, replication: 0)
    var long = RequestSource(
      try model { _ in .poisson(series) }, from: .start, seed: 5, replication: 0)
    #expect(next(5_000, of: &long) == next(5_000, of: &endless))
  }

  @Test("are those of each of 256 tenants in the share that it has")
  func tenants() throws {
    // The last has half of all, every other one a 510th.
    let each = Share(billionths: 1_000_000_000 / 510)
    let rest = Share(billionths: 1_000_000_000 - 255 * each.billionths)
    let mix = RequestMix(
      classes: [("all", .whole)], promptTokens: nil, outputTokens: nil, deterministic: Self.half,
      content: nil, tenants: (0..<256).map { ("\($0)", $0 < 255 ? each : rest) })
    // A share is good to one of 4,096 parts, and they add up.
    #expect(
      abs(mix.tenantShares[255] - rest.fraction) <= 1 / 4_096 && mix.tenantShares.reduce(0, +) == 1)
    #expect(mix.tenantShares.dropLast().allSatisfy { abs($0 - each.fraction) <= 1 / 4_096 })
    var source = RequestSource(
      WorkloadModel(
        arrivals: .poisson(.constant(Rate(roundingPerSecond: 40))), mix: mix),
      from: .start, seed: 6, replication: 0)
    var counts = [Double](repeating: 0, count: 256)
    let count = 100_000
    for _ in 0..<count { counts[Int(source.take().tenantIndex)] += 1 }
    for (drawn, share) in zip(counts, mix.tenantShares) {
      // Six standard deviations of a binomial count.
      let deviation = (Double(count) * share * (1 - share)).squareRoot()
      #expect(abs(drawn - Double(count) * share) < 6 * deviation)
    }
  }
}
