// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario
import Statistics

/// Whether a run is in equilibrium, and how long it took to get there.
extension Measures {
  /// Replications enough to compare their halves as wholes; of fewer, parts are compared.
  private static var enoughReplications: Int { 5 }

  /// The growth of the requests in the system where it should be none: between the halves of a run whose
  /// rate is constant, and between hours of successive days with equal rates where it varies.
  static func drift(_ scenario: Scenario, _ records: [ReplicationRecord]) -> Drift? {
    guard case .once = scenario.run.requests else { return nil }
    let backlogs = records.map { $0.points("backlog") }
    if scenario.workload.hasConstantRate {
      return Drift(
        backlogs.flatMap {
          Drift.halves($0.map(\.value), pairs: records.count < enoughReplications ? 10 : 1)
        })
    }
    let byDay = backlogs.map { daily($0, scenario) }
    if records.count < enoughReplications { return Drift(byDay.flatMap(\.self)) }
    return Drift(
      byDay.filter { !$0.isEmpty }.map { days in
        let count = Double(days.count)
        return (
          days.reduce(0) { $0 + $1.earlier } / count, days.reduce(0) { $0 + $1.later } / count
        )
      })
  }

  /// The hours of the run with the same hour a day later, where as many requests were expected in both.
  private static func daily(
    _ points: [SeriesPoint], _ scenario: Scenario
  ) -> [(earlier: Double, later: Double)] {
    guard let first = points.first?.time, let last = points.last?.time else { return [] }
    let hour = TimeSpan.hours(1)
    func mean(from start: Instant) -> Double? {
      let inside = points.filter { $0.time >= start && $0.time < start + hour }
      guard inside.count >= 30 else { return nil }
      return inside.reduce(0) { $0 + $1.value } / Double(inside.count)
    }
    var pairs: [(earlier: Double, later: Double)] = []
    var start = first
    while start + .hours(25) <= last + hour {
      let next = start + .hours(24)
      let rates = [
        scenario.workload.expectedRequests(from: start, for: hour),
        scenario.workload.expectedRequests(from: next, for: hour),
      ].map(Double.init)
      if abs(rates[0] - rates[1]) <= 0.01 * rates[0], let earlier = mean(from: start),
        let later = mean(from: next)
      {
        pairs.append((earlier, later))
      }
      start = start + hour
    }
    return pairs
  }

  /// The row, unless what it tells keeps growing for as long as one looks.
  func steady(_ row: MeasureRow) -> MeasureRow {
    guard let drift, drift.isGrowing, row.interval?.isExact != true else { return row }
    return MeasureRow(
      name: row.name, unit: row.unit, interval: nil, state: .notStationary, note: Self.reason(drift)
    )
  }

  static func reason(_ drift: Drift) -> String {
    "requests pile up: \(percent(drift.growth.estimate)) more in the later half of what is compared"
  }

  private static func percent(_ share: Double) -> String {
    formatted(share * 100, places: 0) + " %"
  }

  /// What is to be said about load, warm-up and drift.
  package var notes: [RunNote] { tokenNotes + stationarityNotes }

  private var stationarityNotes: [RunNote] {
    guard case .once(let window) = scenario.run.requests,
      records.contains(where: { $0.weighted.arrived > 0 })
    else { return [] }
    var notes: [RunNote] = []
    if scenario.workload.hasConstantRate {
      notes.append(RunNote(topic: "warm-up", text: warmUp(window)))
    }
    if let drift {
      let range = "\(Self.percent(drift.growth.low)) to \(Self.percent(drift.growth.high))"
      notes.append(
        RunNote(
          topic: "drift",
          text: drift.isGrowing
            ? "not stationary: \(Self.reason(drift)) (\(range))"
            : "none found: requests in the system grow by \(Self.percent(drift.growth.estimate)) "
              + "(\(range)) "
              + (scenario.workload.hasConstantRate ? "between the halves" : "from day to day")))
    } else {
      notes.append(
        RunNote(
          topic: "drift",
          text: scenario.workload.hasConstantRate
            ? "not judged: the run is too short"
            : "terminating, nothing is cut; drift is judged from two days on"))
    }
    if scenario.run.isSectioned { notes += sectionNotes }
    return notes
  }

  /// The cut by MSER-5 of the mean latencies of minutes, averaged over replications first; `nil` where fewer
  /// than 50 minutes were measured.
  ///
  /// Averaging comes before cutting, as in Hoad, Robinson and Davies, "Automating warm-up length
  /// estimation", Journal of the Operational Research Society 61 (2010), DOI 10.1057/jors.2009.87: the
  /// longest cut of many single replications is that of the noisiest one.
  package var warmUpCut: WarmUp? {
    let series = records.map { $0.points("mean_latency").map(\.value) }
    let length = series.map(\.count).min() ?? 0
    return WarmUp(
      (0..<length).map { minute in
        series.reduce(0) { $0 + $1[minute] } / Double(series.count)
      })
  }

  private func warmUp(_ window: Scenario.RequestWindow) -> String {
    let stated = "\(window.warmUp) before measuring"
    guard let cut = warmUpCut else {
      return "\(stated); fewer than 50 minutes measured, too few for MSER-5"
    }
    if cut.values == 0 { return "\(stated); MSER-5 would cut nothing more" }
    return "\(stated); MSER-5 would cut \(TimeSpan.minutes(Int64(cut.values))) more"
      + (cut.isCredible ? "" : ", in the second half: no steady state in sight")
  }

  /// Whether sections are long enough to stand for independent replications.
  private var sectionNotes: [RunNote] {
    let means = samples.compactMap(\.latency.mean)
    guard let correlation = BatchMeans.correlation(means) else { return [] }
    // Under independence it is within 1.96/√n of zero in 95 of 100 cases.
    let limit = 1.96 / Double(means.count).squareRoot()
    let shown = formatted(correlation, places: 2)
    return [
      RunNote(
        topic: "sections",
        text: "\(means.count) sections; neighbours correlate by \(shown)"
          + (correlation > limit
            ? ", more than chance: intervals are too narrow, take fewer sections or a longer trace"
            : ", no more than chance"))
    ]
  }
}

extension ReplicationRecord {

  /// Its sections, each as a replication of its requests; nothing of its bill.
  func sectionsAsReplications(of scenario: Scenario) -> [ReplicationRecord] {
    let span = measuredTime.nanoseconds / Int64(max(1, sections.count))
    let minutes = minutesOfSections
    return sections.enumerated().map { number, section in
      var record = ReplicationRecord(replication: number, edges: latency.edges)
      record.weighted = section.counts
      // Whatever arrived in a section counts where it ended.
      record.weighted.arrived = section.ended
      record.weightUnit = weightUnit
      record.times = section.times.map { $0.histogram(edges: latency.edges) }
      record.measuredTime = TimeSpan(nanoseconds: span)
      record.minutes = minutes[number].offered
      record.minutesAvailable = minutes[number].available
      return record
    }
  }

  private var minutesOfSections: [(offered: UInt64, available: UInt64)] {
    var counts = sections.map { _ in (offered: UInt64(0), available: UInt64(0)) }
    let offered = points("offered")
    guard let first = offered.first?.time, !counts.isEmpty else { return counts }
    let answered = points("answered")
    for (all, good) in zip(offered, answered) {
      let place = Int128((all.time - first).nanoseconds) * Int128(counts.count)
      let number = min(counts.count - 1, Int(place / Int128(max(1, measuredTime.nanoseconds))))
      counts[number].offered += 1
      if good.value * 100 >= all.value * 99 { counts[number].available += 1 }
    }
    return counts
  }
}
