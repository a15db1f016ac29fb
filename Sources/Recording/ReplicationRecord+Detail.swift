// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// How much a record keeps of what happened over time.
package enum RecordDetail: String, Sendable, CaseIterable {
  /// At most ``ReplicationRecord/mostPoints`` points of a series and ``ReplicationRecord/mostEvents`` events of a kind.
  case thinned
  /// Everything.
  case all
}

extension ReplicationRecord {
  /// How many points of a series a thinned record keeps.
  package static var mostPoints: Int { 1_000 }
  /// How many events of a kind a thinned record keeps.
  package static var mostEvents: Int { 500 }

  /// How many events of a kind there were, kept or not.
  ///
  /// - Complexity: O(tallies + events).
  package func count(of kind: FleetEvent.Kind) -> Int {
    let counted = tallies.first { $0.name == .fleetEvents && $0.label == kind.rawValue }
    return counted.map { Int(clamping: $0.value) } ?? fleetEvents.count { $0.kind == kind }
  }

  /// Whether another replication had as many events of each kind.
  package func hasAsManyEvents(as other: ReplicationRecord) -> Bool {
    FleetEvent.Kind.allCases.allSatisfy { count(of: $0) == other.count(of: $0) }
  }

  /// Leaves out what nobody reads of many events and points.
  ///
  /// Of a kind with more events than are kept every second, third, ... is, from the first on. The time of a series with
  /// more points is cut into equal parts of whole minutes; the points of a part become one, their mean, at the
  /// time of the first. All series have points at equal steps, so that is the mean over time. What is left out is
  /// counted by tallies.
  ///
  /// - Parameters:
  ///   - digest: gives the digest of the whole record; asked for only where something is left out.
  /// - Complexity: O(events + points).
  package mutating func thin(digest: (ReplicationRecord) -> String) {
    let curves = curves
    let counts = FleetEvent.Kind.allCases.map { kind in fleetEvents.count { $0.kind == kind } }
    let hasManyPoints = curves.contains { $0.count > Self.mostPoints }
    let hasManyEvents = counts.contains { $0 > Self.mostEvents }
    guard hasManyPoints || hasManyEvents else { return }
    if wholeDigest == nil { wholeDigest = digest(self) }
    if hasManyEvents { thinEvents(counts) }
    guard hasManyPoints else { return }
    keepWholeSeries()
    var points: [SeriesPoint] = []
    for curve in curves {
      guard curve.count > Self.mostPoints else {
        points += curve
        continue
      }
      points += Self.thinned(curve)
      let label = [curve[0].name, curve[0].pool].filter { !$0.isEmpty }.joined(separator: "/")
      tallies.append(Tally(.seriesPoints, label: label, value: Int128(curve.count)))
    }
    series = points
  }

  /// Leaves out all events and points once they are stored: measures need their counts alone.
  ///
  /// Events of fleets that no draw reaches stay, as replications are held against each other by them.
  ///
  /// - Parameters:
  ///   - digest: the digest of the whole record.
  package mutating func dropDetail(digest: String) {
    wholeDigest = digest
    keepWholeSeries()
    series = []
    guard draws?.leaveMachines != true else { return }
    for kind in FleetEvent.Kind.allCases {
      let count = count(of: kind)
      let isCounted = tallies.contains { $0.name == .fleetEvents && $0.label == kind.rawValue }
      if count > 0 && !isCounted {
        tallies.append(Tally(.fleetEvents, label: kind.rawValue, value: Int128(count)))
      }
    }
    fleetEvents = []
  }

  private mutating func thinEvents(_ counts: [Int]) {
    let steps = counts.map { max(1, ($0 + Self.mostEvents - 1) / Self.mostEvents) }
    var seen = counts.map { _ in 0 }
    var kept: [FleetEvent] = []
    for event in fleetEvents {
      let kind = event.kind.number
      if seen[kind] % steps[kind] == 0 { kept.append(event) }
      seen[kind] += 1
    }
    fleetEvents = kept
    for kind in FleetEvent.Kind.allCases where steps[kind.number] > 1 {
      tallies.append(
        Tally(.fleetEvents, label: kind.rawValue, value: Int128(counts[kind.number])))
    }
  }

  /// The points of each series, in the order in which series first have one.
  private var curves: [[SeriesPoint]] {
    var curves: [[SeriesPoint]] = []
    var last = 0
    for point in series {
      // Most follow one of the same series, or the series take turns.
      let count = curves.count
      let found = (0..<count).lazy.map { (last + $0) % count }
        .first { curves[$0][0].name == point.name && curves[$0][0].pool == point.pool }
      if let found {
        curves[found].append(point)
        last = found
      } else {
        curves.append([point])
        last = count
      }
    }
    return curves
  }

  /// A series of at most ``mostPoints`` means.
  private static func thinned(_ curve: [SeriesPoint]) -> [SeriesPoint] {
    guard let first = curve.first, let last = curve.last else { return curve }
    let minute = Int128(TimeSpan.minutes(1).nanoseconds)
    let whole = Int128((last.time - first.time).nanoseconds) + 1
    let step =
      (whole.dividedRoundingUp(by: Int128(mostPoints))).dividedRoundingUp(by: minute) * minute
    var means: [SeriesPoint] = []
    var (part, sum, count, start) = (Int128(-1), 0.0, 0.0, first.time)
    func close() {
      guard count > 0 else { return }
      means.append(
        SeriesPoint(time: start, name: first.name, pool: first.pool, value: sum / count))
    }
    for point in curve {
      let itsPart = Int128((point.time - first.time).nanoseconds) / step
      if itsPart != part {
        close()
        (part, sum, count, start) = (itsPart, 0, 0, point.time)
      }
      sum += point.value
      count += 1
    }
    close()
    return means
  }
}
