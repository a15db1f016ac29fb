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
    let fragment = fragment(regions)
    let isEmpty = fragment.isEmpty ? " No law can be fitted, so there is no fragment." : ""
    return CalibrationReport(
      summary: "\(zones.count) zones over \(FittedText.number(days)) days: at least one is up "
        + "\(FittedText.percent(any)) of the time.\(isEmpty)",
      tables: [zoneTable] + [countTable].compactMap(\.self)
        + (zones.count > 1 ? [correlationTable, togetherTable(regions)] : []),
      doubts: doubts(regions, days: days), fragment: fragment, place: "the top")
  }

  private var zoneTable: CalibrationReport.Table {
    var table = CalibrationReport.Table(
      title: "Zones: runs up and down. Their mean is all time in that state ÷ ends that were seen; "
        + "the median is Kaplan and Meier's; the law is the most likely one",
      header: [
        "zone", "up>", "ends up>", "mean>", "95 %>", "median>", "law", "ends down>", "mean>",
        "95 %>", "median>", "law",
      ])
    for index in zones.indices {
      var row = [zones[index].name, FittedText.percent(share { $0[index] })]
      for runs in [up[index], down[index]] {
        let ends = runs.whole.count
        row.append("\(ends)")
        row.append(ends == 0 ? "none" : FittedText.time(runs.mean, digits: 3))
        row.append(
          runs.interval(confidence: 0.95).map {
            FittedText.time($0.low, digits: 3) + " … " + FittedText.time($0.high, digits: 3)
          } ?? "")
        row.append(runs.median.map { FittedText.time($0, digits: 3) } ?? "none")
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
        "  \(FittedText.key(region.name)): { up: \(mean(region.up)), down: \(mean(region.down)), "
          + "drops: interrupt }"
      )
    }
    let counts = counts
    var own: [String] = []
    for index in zones.indices {
      let region = regions.first { $0.zones.contains(index) }
      var keys = region.map { ["region: \(FittedText.key($0.name))"] } ?? []
      if let laws = laws(of: index, in: region) {
        keys += [
          "up: \(FittedText.law(laws.up))", "down: \(FittedText.law(laws.down))",
          "drops: interrupt",
        ]
      }
      if let counts = counts[index], let share = counts.partialShare {
        keys.append(
          "shocks: { every: \(FittedText.time(counts.everyPartial)), "
            + "takes: \(formatted(share * 100, places: 2))% }")
      }
      guard keys.count > (region == nil ? 0 : 1) else { continue }
      own.append("  \(FittedText.key(zones[index].key)): { \(keys.joined(separator: ", ")) }")
    }
    if !own.isEmpty { lines += ["zones:"] + own }
    return lines
  }

  /// The laws of a zone's own process; nil where its runs do not give them.
  private func laws(
    of zone: Int, in region: RegionFit?
  ) -> (up: Distribution, down: Distribution)? {
    if let region, let place = region.zones.firstIndex(of: zone) { return region.own[place] }
    guard let up = up[zone].fit?.law, let down = down[zone].fit?.law else { return nil }
    return (up, down)
  }

  /// What the fragment leaves out of zones whose runs give no law, and of those that count
  /// machines.
  private func omissions(_ regions: [RegionFit]) -> [String] {
    let silent = zones.indices.filter { index in
      laws(of: index, in: regions.first { $0.zones.contains(index) }) == nil
    }
    let counts = counts
    var texts = silent.map { index in
      let seen =
        "\(zones[index].name) went \(up[index].whole.count) times and came back "
        + "\(down[index].whole.count) times in all that was seen"
      let rest =
        counts[index]?.partialShare == nil
        ? "nothing in the fragment interrupts it" : "the fragment has its partial drops only"
      return "Why has a zone no times up and down? \(seen): \(rest)."
    }
    if counts.contains(where: { $0 != nil }) {
      texts.append(
        "Is a count a state? No: up and down in the fragment are one machine or more, and none; "
          + "drops that "
          + "leave some are shocks of their own, which take each machine with the mean share "
          + "that they "
          + "took. A zone that is up sells as many as are asked for; replay the file itself "
          + "where its "
          + "numbers are a limit.")
    }
    return texts
  }

  private func doubts(_ regions: [RegionFit], days: Double) -> [String] {
    var doubts =
      omissions(regions) + [
        "Does a drop take machines or only refuse new ones? The data say what could be had; the "
          + "fragment says "
          + "drops: interrupt, which is the worse case. Change it to block where machines stay."
      ]
    if counts.contains(where: { $0 == nil }) {
      doubts.append(
        "Could more than one be had? A trace of 0 and 1 knows of one machine; the fragment lets "
          + "a zone that is "
          + "up sell as many as are asked for.")
    }
    let shapes = zones.indices.compactMap { index -> (ratio: Double, name: String)? in
      guard up[index].whole.count > 4, let median = up[index].median else { return nil }
      return (up[index].mean / median, zones[index].name)
    }
    if let worst = shapes.max(by: { $0.ratio < $1.ratio }) {
      doubts.append(
        "Are runs exponential? Their mean would be 1.4 times the median; that of \(worst.name) is "
          + "\(FittedText.number(worst.ratio, digits: 2)) times.")
    }
    let longest = down.compactMap { $0.lifetimes.map(\.seconds).max() }.max() ?? 0
    doubts.append(
      "How much rests on few runs? The longest time down is "
        + "\(FittedText.time(longest, digits: 3)) of "
        + "\(FittedText.number(days)) days; one such run more or less moves a zone's share by "
        + "\(FittedText.percent(longest / 86_400 / days)).")
    if !regions.isEmpty {
      doubts.append(
        "What does the model of regions not match? The shape of runs of region and zone "
          + "together, and "
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
