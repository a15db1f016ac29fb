// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities

extension AvailabilityCalibration {
  /// What a trace says that counts machines instead of telling up from down.
  package struct Counts: Sendable, Equatable {
    /// The mean number of machines over time.
    package let mean: Double
    /// The most at any time.
    package let most: Int
    /// How many machines went in each drop, in order of time.
    package let drops: [Int]
    /// How many drops took all machines that there were.
    package let takeAll: Int
    /// For how long there was a machine at least, in seconds.
    package let exposure: Double
    /// The mean share of the machines that a drop took which left some; nil where none did.
    package let partialShare: Double?

    /// How many drops left some machines.
    package var partial: Int { drops.count - takeAll }
    /// The mean time between drops that left some, while there were machines, in seconds.
    package var everyPartial: Double { exposure / Double(partial) }
  }

  /// What the trace of each zone counts; nil for those that only tell up from down.
  ///
  /// Every change to a lower number is one drop.
  ///
  /// - Complexity: O(changes).
  package var counts: [Counts?] { zones.map { counts(of: $0.trace) } }

  private func counts(of trace: AvailabilityTrace) -> Counts? {
    let changes = trace.changes.filter { $0.at < end }
    // A number without a bound is a state.
    guard let most = changes.map(\.count).max(), most > 1, most < .max else { return nil }
    var (sum, exposure) = (0.0, 0.0)
    var drops: [Int] = []
    var shares: [Double] = []
    for (index, change) in changes.enumerated() {
      let next = index + 1 < changes.count ? changes[index + 1].at : end
      let length = (next - change.at).inSeconds
      sum += Double(change.count) * length
      if change.count > 0 { exposure += length }
      guard index > 0, change.count < changes[index - 1].count else { continue }
      let before = changes[index - 1].count
      drops.append(before - change.count)
      if change.count > 0 { shares.append(Double(before - change.count) / Double(before)) }
    }
    return Counts(
      mean: sum / end.inSeconds, most: most, drops: drops, takeAll: drops.count - shares.count,
      exposure: exposure,
      partialShare: shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count))
  }

  /// What the counts say, a row for each zone whose trace counts.
  var countTable: CalibrationReport.Table? {
    var table = CalibrationReport.Table(
      title: "Machines, where a file counts them: every change to fewer is a drop",
      header: [
        "zone", "mean>", "most>", "drops>", "median size>", "mean size>", "largest>", "take all>",
      ])
    for (zone, counts) in zip(zones, counts) {
      guard let counts else { continue }
      let drops = counts.drops.sorted()
      let sum = drops.reduce(0.0) { $0 + Double($1) }
      table.rows.append(
        [zone.name, FittedText.number(counts.mean), "\(counts.most)", "\(drops.count)"]
          + (drops.isEmpty
            ? ["", "", "", ""]
            : [
              "\(drops[drops.count / 2])", FittedText.number(sum / Double(drops.count)),
              "\(drops[drops.count - 1])",
              FittedText.percent(Double(counts.takeAll) / Double(drops.count)),
            ]))
    }
    return table.rows.isEmpty ? nil : table
  }
}
