// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import CloudModel
import Quantities
import Scenario
import Testing
import TokenEngine

/// A fragment that a fit writes is one that a scenario takes.
@Suite("The fragment of a fit")
struct FragmentTests {
  /// What keeps the fragment of a report from running; empty where nothing does.
  private func problems(_ report: CalibrationReport) throws -> String {
    let place = try #require(FragmentPlace(rawValue: report.place))
    let file = Provenance(command: "c", version: "1", sources: []).file(of: report)
    return FragmentCheck(file, at: place).problems()?.description ?? ""
  }

  private static func windows(
    weeks: Int, rate: (_ hour: Int) -> Double
  ) -> [ArrivalCalibration.Window] {
    // 2024-12-09 was a Monday.
    (0..<weeks * 168).map { hour in
      .init(
        start: 1_733_702_400 + Double(hour) * 3_600, length: 3_600,
        count: (rate(hour % 168) * 3_600).rounded())
    }
  }

  @Test("of arrivals that are busier at weekends says so and is taken")
  func busierWeekend() throws {
    let calibration = ArrivalCalibration(
      windows: Self.windows(weeks: 2) { $0 >= 120 ? 18 : 10 }, isDated: true)
    let report = calibration.report()
    #expect(report.fragment[0].contains("weekend: 180.0%"), "\(report.fragment)")
    #expect(try problems(report) == "")
  }

  @Test("of arrivals that no sine fits has hours: each with its rate ÷ the highest one")
  func hours() throws {
    // Nothing but from 9 to 12, and twice as much on Tuesdays.
    let calibration = ArrivalCalibration(
      windows: Self.windows(weeks: 2) { hour in
        (9..<12).contains(hour % 24) ? (hour / 24 == 1 ? 20 : 10) : 0
      }, isDated: true)
    let report = calibration.report()
    #expect(report.fragment[2] == "  peak: 20.00/s", "\(report.fragment)")
    let shares = { (share: String) in
      (0..<24).map { (9..<12).contains($0) ? share : "0.0%" }.joined(separator: ", ")
    }
    #expect(report.fragment[4] == "    mon: [\(shares("50.0%"))]")
    #expect(report.fragment[5] == "    tue: [\(shares("100.0%"))]")
    #expect(try problems(report) == "")
    #expect(try problems(calibration.report(byHours: true)) == "")
  }

  @Test("of hours that were not seen has the mean of the other days, and says how many")
  func unseen() throws {
    let calibration = ArrivalCalibration(
      windows: Array(Self.windows(weeks: 1) { $0 % 24 < 12 ? 5 : 15 }.prefix(72)), isDated: true)
    let report = calibration.report(byHours: true)
    // Three days of seven: 96 hours.
    #expect(report.doubts.contains { $0.contains("96 of 168 were not seen") })
    #expect(try #require(calibration.hours).rates[6 * 24 + 13] == 15)
    #expect(try problems(report) == "")
  }

  @Test(
    "of arrivals of any short sample is taken",
    arguments: [
      [0.0, 1], [0, 0.5, 1, 1, 1, 30], [0, 1e-6], [0, 1e9], [0, 59.5, 60, 61, 119, 120],
    ])
  func short(times: [Double]) throws {
    let report = ArrivalCalibration(times: times, isDated: false).report()
    #expect(report.fragment[0].contains("rate: "))
  }

  @Test(
    "of lifetimes is taken, whichever law, also where lives are nearly alike",
    arguments: [
      [3_600, 7_200, 9_000, 200], [1_000, 1_000.0001, 1_000.0002], [1, 1e9], [1e-6, 2e-6, 5e8],
    ])
  func lifetimes(seconds: [Double]) throws {
    let lives = seconds.map { Lifetime(seconds: $0, isCensored: false) }
    for limit in [nil, 2_000.0] {
      let calibration = LifetimeCalibration(lives, limit: limit, rounds: 9)
      for family in calibration.fits.map(\.family) {
        let report = try #require(calibration.report(family: family))
        // A law of lives that are all but constant may be beyond what a scenario can say; it says so then.
        _ = try problems(report)
      }
    }
    let plain = LifetimeCalibration(
      [600.0, 5_000, 9_000, 12_000, 30_000].map { Lifetime(seconds: $0, isCensored: $0 > 20_000) },
      rounds: 9)
    for family in plain.fits.map(\.family) {
      #expect(try problems(#require(plain.report(family: family))) == "", "\(family)")
    }
  }

  @Test("of zones is taken, with regions, counts and names of any kind")
  func zones() throws {
    let step = TimeSpan.minutes(10)
    func trace(_ samples: [Int]) -> AvailabilityTrace {
      AvailabilityTrace(samples: samples, every: step)
    }
    let counts = trace((0..<500).map { $0 % 11 < 2 ? 0 : $0 % 5 + 3 })
    let states = trace((0..<500).map { $0 % 7 < 4 || $0 % 31 < 3 ? Int.max : 0 })
    for names in [["x-1a", "x-1b"], ["a: b", "yes"], ["1", "\"q\""]] {
      let zones = [
        AvailabilityCalibration.Zone(name: names[0], trace: counts),
        AvailabilityCalibration.Zone(name: names[1], trace: states),
      ]
      #expect(try problems(AvailabilityCalibration(zones).report) == "", "\(names)")
    }
  }

  @Test("of batch times and of contents is taken")
  func others() throws {
    let points = [1, 2, 4, 8].flatMap { batch in
      (0..<3).map {
        LatencyCalibration.Point(batch: batch, seconds: 0.01 + 0.001 * Double(batch + $0))
      }
    }
    let calibration = LatencyCalibration(points)
    for affine in [false, true] {
      let report = try #require(calibration.report(affine: affine, largest: 16, others: []))
      #expect(try problems(report) == "")
    }
    for contents in [[0], [0, 0, 0], [0, 1, 2], [0, 1, 0, 1, 2, 0, 3, 3, 3, 3]] {
      let report = ContentCalibration(contents: contents, times: [])
        .report(timeToLive: 60, capacity: 2)
      #expect(try problems(report) == "", "\(contents)")
    }
  }

  @Test("of steps and of lengths is taken")
  func tokens() throws {
    let steps = (1...40).map { size in
      MeasuredStep(
        sequences: size, prefill: size % 3 * 100, context: size * size * 40,
        seconds: 0.01 + 0.0001 * Double(size) + 0.00001 * Double(size % 3 * 100))
    }
    let affine = try StepCalibration(.steps(steps), form: .affine)
    #expect(try problems(affine.report()) == "")
    let device = try #require(
      NamedDevice(
        parsing:
          "memory=80GB,memory_bandwidth=3350GB/s,matrix_tflops=989,link_bandwidth=450GB/s"))
    let card = ModelCard(
      layers: 32, width: 4_096, heads: 32, kvHeads: 8, headWidth: 128, feedForwardWidth: 14_336,
      vocabulary: 128_256, experts: .init(total: 8, active: 2, width: 2_048),
      bytesPerWeight: 0.5)
    let roofline = try StepCalibration(
      .steps(steps), form: .roofline(.init(device: device, model: card, tensorParallel: 2)))
    #expect(try problems(roofline.report()) == "")
    for (prompts, outputs) in [([1, 1, 1], [5, 5, 5]), ([3, 9_000, 70, 200], [1, 2, 3, 900])] {
      let data = LengthMeasurements(prompts: prompts, outputs: outputs)
      let report = LengthCalibration(data).report()
      #expect(try problems(report) == "", "\(report.fragment)")
    }
  }
}
