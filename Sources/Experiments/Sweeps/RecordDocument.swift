// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving
import Statistics

/// A replication as a shard of a sweep keeps it: whole numbers and names alone, so nothing is rounded.
struct RecordDocument: Codable {
  private let replication: Int
  private let requests: [UInt64]
  private let weighted: [UInt64]
  private let weightUnit: UInt64
  private let times: PerTime<Histogram>
  private let sections: [Part]
  private let counts: [UInt64]
  private let amounts: [Int64]
  private let laneTimes: [Wide]
  private let invoice: [Line]
  private let charges: [Bill]
  private let events: [Event]
  private let series: [Curve]
  private let tallies: [Count]
  private let sample: SampleRecord?

  fileprivate struct Histogram: Codable {
    let edges: [Int64]
    let above: [UInt64]
    let buckets: [Int]
    let counts: [UInt64]
    let count: UInt64
    let sum: String
    let maximum: Int64
  }

  fileprivate struct Stretch: Codable {
    let buckets: [UInt16]
    let counts: [UInt64]
    let above: [UInt64]
    let sum: String
  }

  private struct Part: Codable {
    let counts: [UInt64]
    let times: PerTime<Stretch>
  }

  private struct Line: Codable {
    let line: String
    let pool: String
    let market: String
    let usage: Wide?
    let price: Int64?
    let amount: Int64
  }

  private struct Bill: Codable {
    let kind: String
    let line: String
    let pool: String
    let market: String
    let span: [Int64]
    let usage: Wide?
    let price: Int64?
    let amounts: [Int64]
  }

  /// A number of 128 bits, as a text where 64 do not hold it.
  private struct Wide: Codable {
    let value: Int128

    init(_ value: Int128) { self.value = value }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let short = try? container.decode(Int64.self) {
        value = Int128(short)
      } else if let long = Int128(try container.decode(String.self)) {
        value = long
      } else {
        throw UnreadableReplication()
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let short = Int64(exactly: value) {
        try container.encode(short)
      } else {
        try container.encode(String(value))
      }
    }
  }

  private struct Event: Codable {
    let time: Int64
    let kind: String
    let pool: Int
    let machine: Int
  }

  /// Points of a series in a row that have the same name and pool, with the bits of their values.
  private struct Curve: Codable {
    let name: String
    let pool: String
    var times: [Int64]
    var bits: [UInt64]
  }

  private struct Count: Codable {
    let name: String
    let label: String
    let value: Wide
  }
}

// MARK: Writing

extension RecordDocument {
  /// The document of a replication.
  init(_ record: ReplicationRecord) {
    replication = record.replication
    requests = [record.requests.arrived] + record.requests.ended
    weighted = [record.weighted.arrived] + record.weighted.ended
    weightUnit = record.weightUnit
    times = record.times.map { Histogram($0) }
    sections = record.sections.map { section in
      Part(
        counts: [section.counts.arrived] + section.counts.ended,
        times: section.times.map { Stretch($0) })
    }
    counts = [
      record.sampledMinutes, record.minutes, record.minutesAvailable, record.simulatedRequests,
      record.migrations, record.workloadDigest,
    ]
    amounts = [
      record.promptTokens.count, record.outputTokens.count, record.measuredTime.nanoseconds,
      record.billedTime.nanoseconds, record.batches, record.batchedRequests,
      record.batchesOutsideMeasurements,
    ]
    laneTimes = [Wide(record.busyTime.nanoseconds), Wide(record.idleTime.nanoseconds)]
    invoice = record.invoice.map {
      Line(
        line: $0.line, pool: $0.pool, market: $0.market,
        usage: ($0.usage?.nanoseconds).map(Wide.init),
        price: $0.price?.nanodollarsPerHour, amount: $0.amount.nanodollars)
    }
    charges = record.charges.map {
      Bill(
        kind: $0.kind.rawValue, line: $0.line, pool: $0.pool, market: $0.market,
        span: [$0.from.nanoseconds, $0.to.nanoseconds],
        usage: ($0.usage?.nanoseconds).map(Wide.init),
        price: $0.price?.nanodollarsPerHour,
        amounts: [$0.billed.nanodollars, $0.effective.nanodollars, $0.list.nanodollars])
    }
    events = record.fleetEvents.map {
      Event(
        time: $0.time.nanoseconds, kind: $0.kind.rawValue, pool: $0.pool, machine: $0.machine)
    }
    var curves: [Curve] = []
    for point in record.series {
      if curves.last.map({ $0.name != point.name || $0.pool != point.pool }) ?? true {
        curves.append(Curve(name: point.name, pool: point.pool, times: [], bits: []))
      }
      curves[curves.count - 1].times.append(point.time.nanoseconds)
      curves[curves.count - 1].bits.append(point.value.bitPattern)
    }
    series = curves
    sample = record.sample
    tallies = record.tallies.map {
      Count(name: $0.name.rawValue, label: $0.label, value: Wide($0.value))
    }
  }
}

extension RecordDocument.Histogram {
  fileprivate init(_ histogram: LatencyHistogram) {
    edges = histogram.edges
    above = histogram.countsAboveEdges
    buckets = histogram.occupiedBuckets.map(\.bucket)
    counts = histogram.occupiedBuckets.map(\.count)
    count = histogram.count
    sum = String(histogram.sum)
    maximum = histogram.maximum
  }

  fileprivate func histogram() throws -> LatencyHistogram {
    guard buckets.count == counts.count, let sum = Int128(sum),
      let histogram = LatencyHistogram(
        edges: edges, countsAboveEdges: above, occupied: Array(zip(buckets, counts)),
        count: count, sum: sum, maximum: maximum)
    else { throw UnreadableReplication() }
    return histogram
  }
}

extension RecordDocument.Stretch {
  fileprivate init(_ stretch: SparseHistogram) {
    buckets = stretch.buckets
    counts = stretch.counts
    above = stretch.countsAboveEdges
    sum = String(stretch.sum)
  }

  fileprivate func stretch() throws -> SparseHistogram {
    guard let sum = Int128(sum),
      let stretch = SparseHistogram(
        buckets: buckets, counts: counts, countsAboveEdges: above, sum: sum)
    else { throw UnreadableReplication() }
    return stretch
  }
}

// MARK: Reading

extension RecordDocument {
  /// The replication of the document.
  func record() throws -> ReplicationRecord {
    guard counts.count == 6, amounts.count == 7, laneTimes.count == 2 else {
      throw UnreadableReplication()
    }
    var record = ReplicationRecord(replication: replication, edges: [])
    record.requests = try Self.requestCounts(requests)
    record.weighted = try Self.requestCounts(weighted)
    record.weightUnit = weightUnit
    record.times = try times.map { try $0.histogram() }
    record.sections = try sections.map {
      Section(
        counts: try Self.requestCounts($0.counts), times: try $0.times.map { try $0.stretch() })
    }
    record.sample = sample
    record.sampledMinutes = counts[0]
    record.minutes = counts[1]
    record.minutesAvailable = counts[2]
    record.simulatedRequests = counts[3]
    record.migrations = counts[4]
    record.workloadDigest = counts[5]
    record.promptTokens = TokenCount(amounts[0])
    record.outputTokens = TokenCount(amounts[1])
    record.measuredTime = TimeSpan(nanoseconds: amounts[2])
    record.billedTime = TimeSpan(nanoseconds: amounts[3])
    record.batches = amounts[4]
    record.batchedRequests = amounts[5]
    record.batchesOutsideMeasurements = amounts[6]
    record.busyTime = MachineTime(nanoseconds: laneTimes[0].value)
    record.idleTime = MachineTime(nanoseconds: laneTimes[1].value)
    record.invoice = invoice.map { line in
      InvoiceLine(
        line: line.line, pool: line.pool, market: line.market,
        usage: line.usage.map { MachineTime(nanoseconds: $0.value) },
        price: line.price.map(HourlyPrice.init(nanodollarsPerHour:)),
        amount: USD(nanodollars: line.amount))
    }
    record.charges = try charges.map(Self.charge)
    record.fleetEvents = try events.map { event in
      guard let kind = FleetEvent.Kind(rawValue: event.kind) else { throw UnreadableReplication() }
      return FleetEvent(
        time: Instant(nanoseconds: event.time), kind: kind, pool: event.pool,
        machine: event.machine)
    }
    record.series = series.flatMap { curve in
      zip(curve.times, curve.bits).map { time, bits in
        SeriesPoint(
          time: Instant(nanoseconds: time), name: curve.name, pool: curve.pool,
          value: Double(bitPattern: bits))
      }
    }
    record.tallies = tallies.map {
      Tally(Tally.Name(rawValue: $0.name), label: $0.label, value: $0.value.value)
    }
    return record
  }

  private static func charge(_ bill: Bill) throws -> Charge {
    guard let kind = Charge.Kind(rawValue: bill.kind), bill.span.count == 2,
      bill.amounts.count == 3
    else { throw UnreadableReplication() }
    return Charge(
      kind, line: bill.line, pool: bill.pool, market: bill.market,
      from: Instant(nanoseconds: bill.span[0]), to: Instant(nanoseconds: bill.span[1]),
      usage: bill.usage.map { MachineTime(nanoseconds: $0.value) },
      price: bill.price.map(HourlyPrice.init(nanodollarsPerHour:)),
      billed: USD(nanodollars: bill.amounts[0]), effective: USD(nanodollars: bill.amounts[1]),
      list: USD(nanodollars: bill.amounts[2]))
  }

  private static func requestCounts(_ numbers: [UInt64]) throws -> RequestCounts {
    var counts = RequestCounts()
    guard numbers.count == counts.ended.count + 1 else { throw UnreadableReplication() }
    counts.arrived = numbers[0]
    counts.ended = Array(numbers.dropFirst())
    return counts
  }
}

/// A replication of a shard that is none that was written, though the hash is right: somebody changed both.
package struct UnreadableReplication: Error, Sendable, CustomStringConvertible {
  private let reason: String

  /// An error with what is wrong, as a clause.
  package init(_ reason: String = "a replication cannot be put together") { self.reason = reason }

  /// What is wrong, and what helps.
  package var description: String {
    "a shard was changed after it was written, or another version wrote it: \(reason); remove the shard and run it "
      + "again"
  }
}
