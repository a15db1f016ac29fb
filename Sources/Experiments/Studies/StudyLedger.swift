// SPDX-License-Identifier: GPL-3.0-or-later

import Recording

/// What a study lacks, and what of its fleets was simulated.
actor StudyLedger {
  /// Replications that no shard holds.
  struct Lack: Sendable {
    let fleet: StudyFleet
    fileprivate(set) var point: StudyPoint
    fileprivate(set) var numbers: Range<Int>
  }

  /// A fleet with what was simulated of it.
  struct Kept: Sendable {
    fileprivate(set) var point: StudyPoint
    fileprivate(set) var records: [ReplicationRecord] = []
  }

  private var lacks: [StudyFleet: Lack] = [:]
  private var kept: [StudyFleet: Kept] = [:]

  /// Whether anything is lacking.
  var isLacking: Bool { !lacks.isEmpty }

  fileprivate static func isBefore(_ one: StudyPoint, _ other: StudyPoint) -> Bool {
    one.overrides.lexicographicallyPrecedes(other.overrides)
  }

  func lack(_ numbers: Range<Int>, of fleet: StudyFleet, _ point: StudyPoint) {
    guard var lack = lacks[fleet] else {
      lacks[fleet] = Lack(fleet: fleet, point: point, numbers: numbers)
      return
    }
    if Self.isBefore(point, lack.point) { lack.point = point }
    let (low, high) = (lack.numbers.lowerBound, lack.numbers.upperBound)
    lack.numbers = min(low, numbers.lowerBound)..<max(high, numbers.upperBound)
    lacks[fleet] = lack
  }

  func note(_ point: StudyPoint, seed: UInt64) {
    let fleet = StudyFleet(hash: point.hash, reference: nil, hasRequests: true, seed: seed)
    guard let known = kept[fleet] else {
      kept[fleet] = Kept(point: point)
      return
    }
    if Self.isBefore(point, known.point) { kept[fleet]?.point = point }
  }

  /// Keeps replications that follow each other, those with requests and those of scenarios that are compared with.
  func keep(
    _ records: [ReplicationRecord], from first: Int, of fleet: StudyFleet, _ point: StudyPoint
  ) {
    guard fleet.hasRequests || fleet.reference != nil else { return }
    if fleet.reference == nil { note(point, seed: fleet.seed) }
    var all = kept[fleet]?.records ?? []
    // A point that is asked for twice brings the same replications.
    for (position, record) in records.enumerated() where first + position >= all.count {
      all.append(record)
    }
    kept[fleet, default: Kept(point: point)].records = all
  }

  /// What is lacking, in an order that depends on the study alone.
  var round: [Lack] {
    func order(_ lack: Lack) -> (Int, Int) {
      (lack.fleet.hasRequests ? 1 : 0, lack.fleet.reference.map { $0 + 1 } ?? 0)
    }
    return lacks.values.sorted { one, other in
      if order(one) != order(other) { return order(one) < order(other) }
      if one.point.overrides != other.point.overrides {
        return Self.isBefore(one.point, other.point)
      }
      return one.fleet.hash < other.fleet.hash
    }
  }

  /// The points that were simulated with requests, in an order that depends on the study alone.
  var fleets: [(fleet: StudyFleet, kept: Kept)] {
    kept.filter { $0.key.reference == nil && !$0.value.records.isEmpty }
      .sorted { one, other in
        one.value.point.overrides == other.value.point.overrides
          ? one.key.hash < other.key.hash : Self.isBefore(one.value.point, other.value.point)
      }.map { ($0.key, $0.value) }
  }

  /// As many replications of a scenario that a point is compared with as the point has.
  func reference(_ position: Int, of fleet: StudyFleet) -> [ReplicationRecord] {
    // One that was asked for with requests was needed with them.
    for hasRequests in [true, false] {
      let reference = StudyFleet(
        hash: fleet.hash, reference: position, hasRequests: hasRequests, seed: fleet.seed)
      if let records = kept[reference]?.records, !records.isEmpty { return records }
    }
    return []
  }
}
