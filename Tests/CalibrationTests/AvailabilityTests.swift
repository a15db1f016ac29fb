// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import CloudModel
import Numerics
import Quantities
import RandomStreams
import Testing

@Suite("Availability of zones")
struct AvailabilityTests {
  /// A trace of a process AND another, sampled at equal steps.
  private static func states(
    _ laws: [(CapacityLaw, UInt32)], samples: Int, step: TimeSpan
  ) -> [Int] {
    var processes = laws.map { law, entity in
      CapacityProcess(
        law, stream: RandomStream(seed: 5, replication: 0, purpose: .testing, entity: entity),
        entry: 0, at: .start)
    }
    return (0..<samples).map { sample in
      let now = Instant.start + step * Int64(sample)
      for index in processes.indices {
        while processes[index].nextChange <= now { processes[index].change() }
      }
      return processes.allSatisfy { $0.count > 0 } ? 1 : 0
    }
  }

  @Test("is found again as a region's process AND the zones' own")
  func regions() throws {
    let region = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 40_000)),
      down: try Distribution(.exponential(mean: 10_000)))
    let own = CapacityLaw.renewal(
      up: try Distribution(.exponential(mean: 20_000)),
      down: try Distribution(.exponential(mean: 5_000)))
    let step = TimeSpan.seconds(195)
    let zones = ["west-2a", "west-2b", "west-2c"].enumerated().map { index, name in
      AvailabilityCalibration.Zone(
        name: name,
        trace: AvailabilityTrace(
          samples: Self.states(
            [(region, 1), (own, UInt32(2 + index))], samples: 100_000, step: step), every: step))
    }
    let calibration = AvailabilityCalibration(zones)
    #expect(zones.map(\.region) == ["west-2", "west-2", "west-2"])
    let fit = try #require(calibration.regions.first)
    #expect(abs(fit.share - 0.8) < 0.03, "\(fit.share)")
    #expect(abs(fit.up / 40_000 - 1) < 0.2, "\(fit.up)")
    for laws in fit.own {
      #expect(abs(laws.up.mean / 20_000 - 1) < 0.25, "\(laws.up.mean)")
      #expect(abs(laws.up.mean / (laws.up.mean + laws.down.mean) - 0.8) < 0.04)
    }
    // P = 0.64 each; (0.8·0.8² - 0.64²)/(0.64·0.36) = 4/9.
    #expect(abs(calibration.share { $0[0] } - 0.64) < 0.03)
    #expect(abs(calibration.correlation(0, 1) - 4.0 / 9) < 0.05)
    let drops = calibration.jointDrops(of: [0, 1, 2])
    #expect(drops.all > 100 && drops.any > 4 * drops.all)
  }

  @Test("of runs by hand counts those at both ends as cut short")
  func runs() {
    let trace = AvailabilityTrace(samples: [1, 1, 0, 1, 0, 0, 0, 1], every: .seconds(10))
    let calibration = AvailabilityCalibration([.init(name: "a", trace: trace)])
    #expect(
      calibration.up[0].lifetimes == [
        Lifetime(seconds: 20, isCensored: true), Lifetime(seconds: 10, isCensored: false),
        Lifetime(seconds: 10, isCensored: true),
      ])
    #expect(calibration.down[0].whole == [10, 30])
    #expect(calibration.share { $0[0] } == 0.5)
  }

  @Test("of one zone gives laws of its own, of several a fragment with their region")
  func fragments() {
    let trace = AvailabilityTrace(
      samples: (0..<400).map { $0 % 7 < 4 || $0 % 31 < 3 ? 1 : 0 }, every: .seconds(60))
    let other = AvailabilityTrace(
      samples: (0..<400).map { $0 % 7 < 3 || $0 % 29 < 3 ? 1 : 0 }, every: .seconds(60))
    let one = AvailabilityCalibration([.init(name: "x-1a", trace: trace)]).report
    #expect(one.fragment.first == "zones:" && one.fragment[1].hasPrefix("  x-1a: { up: {"))
    let two = AvailabilityCalibration([
      .init(name: "x-1a", trace: trace), .init(name: "x-1b", trace: other),
    ]).report
    #expect(two.fragment[0] == "regions:" && two.fragment[1].hasPrefix("  x-1: { up: {"))
    #expect(two.fragment.contains { $0.hasPrefix("  x-1b: { region: x-1, up: {") })
  }
}
