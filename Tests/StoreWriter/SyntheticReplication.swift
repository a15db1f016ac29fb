// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving
import Statistics

/// Content without meaning that a seed and a number determine, so that a reader can make it again.
package struct SyntheticReplication {
  private var state: UInt64

  /// The replication of that number and seed.
  ///
  /// - Parameters:
  ///   - points: how many points its series has, and how many times each of its histograms.
  ///   - events: how many events its fleet has.
  package static func record(
    seed: UInt64, replication: Int, points: Int = 60, events: Int = 30
  ) -> ReplicationRecord {
    var source = SyntheticReplication(state: seed &* 1_000_003 &+ UInt64(replication))
    var record = ReplicationRecord(replication: replication, edges: [50_000_000, 1_000_000_000])
    source.fillCounts(&record)
    for _ in 0..<points {
      record.times.latency.record(source.number(below: 3_000_000_000))
      record.times.wait.record(source.number(below: 40_000_000))
    }
    record.invoice = (0..<6).map { source.invoiceLine($0) }
    record.charges = (0..<8).map { source.charge($0) }
    record.fleetEvents = (0..<events).map { source.event($0) }
    record.series = (0..<points).map { source.point($0) }
    return record
  }

  /// A digest that the seed and the number determine.
  package static func digest(seed: UInt64, replication: Int) -> String {
    "digest \(seed) \(replication)"
  }

  /// A manifest with that seed.
  package static func manifest(seed: UInt64) -> RunManifest {
    RunManifest(
      scenario: "Scenarios/synthetic.yaml", scenarioText: "name: synthetic\n",
      scenarioHash: String(repeating: "5a", count: 32), version: "0.0.0", seed: seed,
      priceBook: "list", confidence: 0.95)
  }

  /// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
  /// OOPSLA 2014, DOI 10.1145/2660193.2660195.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  private mutating func number(below bound: Int64) -> Int64 {
    Int64(next() % UInt64(bound))
  }

  private mutating func fillCounts(_ record: inout ReplicationRecord) {
    for outcome in RequestOutcome.allCases { record.requests[outcome] = next() % 1_000_000 }
    record.requests.arrived = 10_000_000
    record.minutes = next() % 10_000
    record.minutesAvailable = next() % 10_000
    record.promptTokens = TokenCount(number(below: 1 << 60))
    record.outputTokens = TokenCount(number(below: 1 << 60))
    record.measuredTime = TimeSpan(nanoseconds: number(below: .max))
    record.billedTime = TimeSpan(nanoseconds: number(below: .max))
    record.batches = number(below: .max)
    record.batchedRequests = number(below: .max)
    record.batchesOutsideMeasurements = number(below: 1_000)
    record.busyTime = MachineTime(nanoseconds: Int128(number(below: .max)))
    record.idleTime = MachineTime(nanoseconds: wide())
    record.simulatedRequests = next() >> 1
    record.migrations = next() % 1_000
    record.weighted.add(record.requests, times: 3)
    record.weightUnit = 1_000
    record.sampledMinutes = next() >> 40
    record.tallies = [
      Tally(
        .answered, label: "a/b", value: Int128(next() >> 1)),
      Tally(.answered, value: -1),
      Tally(.rented, value: wide()),
    ]
    record.workloadDigest = next()
  }

  private mutating func invoiceLine(_ index: Int) -> InvoiceLine {
    let isHeld = index % 3 != 2
    return InvoiceLine(
      line: "line \(index)", pool: index % 2 == 0 ? "" : "pool \(index)", market: "onDemand",
      usage: isHeld ? MachineTime(nanoseconds: index % 2 == 0 ? wide() : 1) : nil,
      price: isHeld ? HourlyPrice(nanodollarsPerHour: number(below: 1 << 40)) : nil,
      amount: USD(nanodollars: number(below: .max) - 1 << 62))
  }

  /// More than 64 bits hold.
  private mutating func wide() -> Int128 { Int128(next()) << 32 }

  private mutating func charge(_ index: Int) -> Charge {
    let amount = USD(nanodollars: number(below: .max))
    let from = number(below: 1 << 40)
    return Charge(
      Charge.Kind.allCases[index % Charge.Kind.allCases.count], line: "charge \(index)",
      pool: index % 2 == 0 ? "" : "pool", market: "reserved", from: Instant(nanoseconds: from),
      to: Instant(nanoseconds: from + 1),
      usage: index % 3 == 0 ? nil : MachineTime(nanoseconds: wide()),
      price: index % 3 == 1 ? HourlyPrice(nanodollarsPerHour: number(below: 1 << 40)) : nil,
      billed: amount, effective: .zero, list: amount)
  }

  private mutating func event(_ index: Int) -> FleetEvent {
    let kinds: [FleetEvent.Kind] = [
      .requested, .refused, .launched, .ready, .noticed, .interrupted, .released,
    ]
    return FleetEvent(
      time: Instant(nanoseconds: number(below: .max)), kind: kinds[index % kinds.count],
      pool: index % 4, machine: index % 5 - 1)
  }

  private mutating func point(_ index: Int) -> SeriesPoint {
    SeriesPoint(
      time: Instant(nanoseconds: number(below: .max)), name: "series \(index % 3)",
      pool: index % 3 == 0 ? "" : "pool \(index % 3)", value: Double(next()) / 3)
  }
}
