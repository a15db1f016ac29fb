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

  /// Up for 10, 20 and 30 s, then 90 s that were cut short by the end: 150 s ÷ 3 ends = 50 s.
  /// Residuals from
  /// 50·ends: -40, -30, -20 and 90, squares 11,000; n = 4 gives a deviation of √(4/3·11,000)/3/50
  /// = 0.80737, and
  /// Student's t of 3 degrees at 97.5 % is 3.18245: a factor of e^2.56942 = 13.0582.
  @Test("gives the mean of its runs with an interval of the same estimate, which holds it")
  func interval() throws {
    let up = [1, 0, 2, 0, 3, 0, 9]
    // It begins down, so that no run up is cut short at the start.
    let samples = [0] + up.flatMap { [Int](repeating: $0 > 0 ? 1 : 0, count: max(1, $0)) }
    let trace = AvailabilityTrace(samples: samples, every: .seconds(10))
    let runs = AvailabilityCalibration([.init(name: "a", trace: trace)]).up[0]
    #expect(runs.whole == [10, 20, 30] && runs.mean == 50)
    let interval = try #require(runs.interval(confidence: 0.95))
    #expect(abs(interval.high / (50 * 13.0582) - 1) < 1e-3, "\(interval.high)")
    #expect(abs(interval.low / (50 / 13.0582) - 1) < 1e-3)
  }

  /// 16 for a minute, 12 for a minute, 3 for two, 0 for one, 5 for one: 16 + 12 + 6 + 0 + 5 = 39
  /// of 6 minutes.
  /// Drops of 4, 9 and 3, of which the last takes all; the others took 4/16 and 9/12, half on the
  /// mean, in five
  /// minutes with machines.
  @Test(
    "of counts are not cut to up or down: mean, sizes of drops and the share that takes all are told"
  )
  func counted() throws {
    let trace = AvailabilityTrace(samples: [16, 12, 3, 3, 0, 5], every: .seconds(60))
    let calibration = AvailabilityCalibration([.init(name: "a", trace: trace)])
    let counts = try #require(calibration.counts[0])
    #expect(counts.mean == 6.5 && counts.most == 16 && counts.drops == [4, 9, 3])
    #expect(counts.takeAll == 1 && counts.partial == 2 && counts.partialShare == 0.5)
    #expect(counts.exposure == 300 && counts.everyPartial == 150)
    let table = calibration.report.tables.first { $0.title.hasPrefix("Machines") }
    #expect(table?.rows[0] == ["a", "6.50", "16", "3", "4", "5.33", "9", "33.3 %"])
  }

  @Test("that never come to nothing are shocks where they drop, and no fragment where they do not")
  func neverDown() {
    func report(_ samples: [Int]) -> CalibrationReport {
      AvailabilityCalibration([
        .init(name: "a", trace: AvailabilityTrace(samples: samples, every: .seconds(60)))
      ]).report
    }
    #expect(
      report([8, 4, 8, 8]).fragment == [
        "zones:", "  a: { shocks: { every: 4.000min, takes: 50.00% } }",
      ])
    #expect(report([.max, .max]).fragment == [])
    #expect(report([.max, .max]).doubts[0].contains("nothing in the fragment interrupts it"))
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
