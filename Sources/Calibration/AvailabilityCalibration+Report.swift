// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import Statistics

extension AvailabilityCalibration {
  /// The report, with a fragment of regions and zones.
  package var report: CalibrationReport {
    let regions = regions
    let any = share { $0.contains(true) }
    let days = (zones.map(\.trace.length).min() ?? .zero).inSeconds / 86_400
    return CalibrationReport(
      summary: "\(zones.count) zones over \(FittedText.number(days)) days: at least one is up "
        + "\(FittedText.percent(any)) of the time.",
      tables: [zoneTable] + (zones.count > 1 ? [correlationTable, togetherTable(regions)] : []),
      doubts: doubts(regions, days: days), fragment: fragment(regions), place: "the top")
  }

  private var zoneTable: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Zones: runs that were seen whole, and the most likely law of each",
      header: [
        "zone", "up>", "runs up>", "mean>", "95 %>", "median>", "law", "runs down>", "mean>",
        "95 %>", "median>", "law",
      ])
    for index in zones.indices {
      var row = [zones[index].name, FittedText.percent(share { $0[index] })]
      for runs in [up[index], down[index]] {
        let whole = runs.whole.sorted()
        let interval = Interval.mean(of: whole, confidence: 0.95)
        row.append("\(whole.count)")
        row.append(whole.isEmpty ? "none" : FittedText.time(runs.mean, digits: 3))
        row.append(
          interval.map {
            $0.low.isFinite
              ? FittedText.time(max(0, $0.low), digits: 2) + " … "
                + FittedText.time($0.high, digits: 2) : ""
          } ?? "")
        row.append(whole.isEmpty ? "none" : FittedText.time(whole[whole.count / 2], digits: 3))
        row.append(runs.fit?.family.rawValue ?? "none")
      }
      table.rows.append(row)
    }
    return table
  }

  private var correlationTable: CalibrationReport.Table {
    CalibrationReport.Table(
      title: "Correlation of states",
      header: ["zone"] + zones.map { "\($0.name)>" },
      rows: zones.indices.map { first in
        [zones[first].name]
          + zones.indices.map { second in
            second > first
              ? ""
              : second == first
                ? "1" : formatted(correlation(first, second), places: 2)
          }
      })
  }

  private func togetherTable(_ regions: [RegionFit]) -> CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Zones of a region together, and the region's process AND the zones' own",
      header: [
        "region", "correlation>", "drops>", "take all>", "one up>", "if independent>", "region up>",
        "mean up>", "mean down>",
      ])
    for region in regions {
      let drops = jointDrops(of: region.zones)
      let independent =
        1
        - region.zones.reduce(1.0) { product, zone in
          product * (1 - share { $0[zone] })
        }
      table.rows.append([
        region.name, formatted(meanCorrelation(region.zones), places: 2), "\(drops.any)",
        FittedText.percent(Double(drops.all) / Double(max(1, drops.any)), places: 0),
        FittedText.percent(share { states in region.zones.contains { states[$0] } }),
        FittedText.percent(independent), FittedText.percent(region.share),
        FittedText.time(region.up, digits: 3), FittedText.time(region.down, digits: 3),
      ])
    }
    return table
  }

  private func meanCorrelation(_ members: [Int]) -> Double {
    var sum = 0.0
    var count = 0
    for (i, first) in members.enumerated() {
      for second in members.dropFirst(i + 1) {
        sum += correlation(first, second)
        count += 1
      }
    }
    return sum / Double(max(1, count))
  }

  private func fragment(_ regions: [RegionFit]) -> [String] {
    var lines: [String] = []
    if !regions.isEmpty { lines.append("regions:") }
    func mean(_ seconds: Double) -> String {
      "{ exponential: { mean: \(FittedText.time(seconds)) } }"
    }
    for region in regions {
      lines.append(
        "  \(region.name): { up: \(mean(region.up)), down: \(mean(region.down)), drops: interrupt }"
      )
    }
    lines.append("zones:")
    for index in zones.indices {
      let name = zones[index].name.split(separator: "_").first.map(String.init) ?? zones[index].name
      let region = regions.first { $0.zones.contains(index) }
      let laws: (up: Distribution, down: Distribution)?
      if let region, let place = region.zones.firstIndex(of: index) {
        laws = region.own[place]
      } else if let up = up[index].fit?.law, let down = down[index].fit?.law {
        laws = (up, down)
      } else {
        laws = nil
      }
      guard let laws else { continue }
      let above = region.map { "region: \($0.name), " } ?? ""
      lines.append(
        "  \(name): { \(above)up: \(FittedText.law(laws.up)), down: \(FittedText.law(laws.down)), "
          + "drops: interrupt }")
    }
    return lines
  }

  private func doubts(_ regions: [RegionFit], days: Double) -> [String] {
    var doubts = [
      "Does a drop take machines or only refuse new ones? The data say what could be had; the fragment says "
        + "drops: interrupt, which is the worse case. Change it to block where machines stay.",
      "Could more than one be had? A trace of 0 and 1 knows of one machine; the fragment lets a zone that is "
        + "up sell as many as are asked for.",
    ]
    let shapes = zones.indices.compactMap { index -> (ratio: Double, name: String)? in
      let whole = up[index].whole.sorted()
      guard whole.count > 4 else { return nil }
      return (up[index].mean / whole[whole.count / 2], zones[index].name)
    }
    if let worst = shapes.max(by: { $0.ratio < $1.ratio }) {
      doubts.append(
        "Are runs exponential? Their mean would be 1.4 times the median; that of \(worst.name) is "
          + "\(FittedText.number(worst.ratio, digits: 2)) times.")
    }
    let longest = down.compactMap { $0.lifetimes.map(\.seconds).max() }.max() ?? 0
    doubts.append(
      "How much rests on few runs? The longest time down is \(FittedText.time(longest, digits: 3)) of "
        + "\(FittedText.number(days)) days; one such run more or less moves a zone's share by "
        + "\(FittedText.percent(longest / 86_400 / days)).")
    if !regions.isEmpty {
      doubts.append(
        "What does the model of regions not match? The shape of runs of region and zone together, and "
          + "correlations that differ between pairs: one number stands for all of a region.")
    }
    if regions.count > 1 {
      var sum = 0.0
      var count = 0
      for first in zones.indices {
        for second in zones.indices where second > first {
          guard zones[first].region != zones[second].region else { continue }
          sum += correlation(first, second)
          count += 1
        }
      }
      doubts.append(
        "Are regions independent? The mean correlation of states across them is "
          + "\(formatted(sum / Double(max(1, count)), places: 2)); the fragment takes it as 0.")
    }
    return doubts
  }
}
