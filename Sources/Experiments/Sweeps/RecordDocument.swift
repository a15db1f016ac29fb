// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving
import Statistics

/// A replication as a shard of a sweep keeps it: whole numbers and names alone, so nothing is rounded.
package struct RecordDocument: Codable {
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
  private let events: Events
  private let series: Points
  private let wholeSeries: [Whole]
  private let wholeDigest: String?
  private let tallies: [Count]
  private let sample: SampleRecord?

  fileprivate struct Histogram: Codable {
    let edges: [Int64]
    let above: [UInt64]
    let buckets: PackedNumbers
    let counts: PackedNumbers
    let count: UInt64
    let sum: String
    let maximum: Int64
  }

  fileprivate struct Stretch: Codable {
    let buckets: PackedNumbers
    let counts: PackedNumbers
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

  /// Events, column by column.
  fileprivate struct Events: Codable {
    let times: PackedNumbers
    let kinds: PackedNumbers
    let pools: PackedNumbers
    let machines: PackedNumbers
  }

  /// Points of series, column by column: the number of the series, the time and the bits of the value.
  fileprivate struct Points: Codable {
    /// The name and the pool of each series.
    let names: [[String]]
    let series: PackedNumbers
    let times: PackedNumbers
    let bits: PackedNumbers
  }

  /// A series whose points lie minutes apart.
  fileprivate struct Whole: Codable {
    let name: String
    let start: Int64
    let minutes: PackedNumbers
    let bits: PackedNumbers
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
  package init(_ record: ReplicationRecord) {
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
    events = Events(record.fleetEvents)
    series = Points(record.series)
    wholeSeries = record.wholeSeries.map {
      Whole(
        name: $0.name, start: $0.start.nanoseconds,
        minutes: PackedNumbers(steps: $0.minutes.map(Int64.init)),
        bits: PackedNumbers(bitsOf: $0.values))
    }
    wholeDigest = record.wholeDigest
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
    let occupied = histogram.occupiedBuckets
    buckets = PackedNumbers(steps: occupied.map { Int64($0.bucket) })
    counts = PackedNumbers(occupied.map(\.count))
    count = histogram.count
    sum = String(histogram.sum)
    maximum = histogram.maximum
  }

  fileprivate func histogram() throws -> LatencyHistogram {
    let (buckets, counts) = (self.buckets.steps, self.counts.numbers)
    guard buckets.count == counts.count, let sum = Int128(sum),
      let histogram = LatencyHistogram(
        edges: edges, countsAboveEdges: above,
        occupied: zip(buckets, counts).map { (Int(clamping: $0), $1) },
        count: count, sum: sum, maximum: maximum)
    else { throw UnreadableReplication() }
    return histogram
  }
}

extension RecordDocument.Stretch {
  fileprivate init(_ stretch: SparseHistogram) {
    buckets = PackedNumbers(steps: stretch.buckets.map(Int64.init))
    counts = PackedNumbers(stretch.counts)
    above = stretch.countsAboveEdges
    sum = String(stretch.sum)
  }

  fileprivate func stretch() throws -> SparseHistogram {
    let buckets = self.buckets.steps.compactMap { UInt16(exactly: $0) }
    guard let sum = Int128(sum),
      let stretch = SparseHistogram(
        buckets: buckets, counts: counts.numbers, countsAboveEdges: above, sum: sum)
    else { throw UnreadableReplication() }
    return stretch
  }
}

extension RecordDocument.Events {
  fileprivate init(_ events: [FleetEvent]) {
    times = PackedNumbers(steps: events.map(\.time.nanoseconds))
    kinds = PackedNumbers(
      events.map { event in
        UInt64(FleetEvent.Kind.allCases.firstIndex { $0 == event.kind } ?? 0)
      })
    pools = PackedNumbers(steps: events.map { Int64($0.pool) })
    machines = PackedNumbers(steps: events.map { Int64($0.machine) })
  }

  fileprivate func events() throws -> [FleetEvent] {
    let (times, kinds) = (times.steps, kinds.numbers)
    let (pools, machines) = (pools.steps, machines.steps)
    guard [kinds.count, pools.count, machines.count].allSatisfy({ $0 == times.count }),
      kinds.allSatisfy({ $0 < FleetEvent.Kind.allCases.count })
    else { throw UnreadableReplication() }
    return times.indices.map {
      FleetEvent(
        time: Instant(nanoseconds: times[$0]), kind: FleetEvent.Kind.allCases[Int(kinds[$0])],
        pool: Int(pools[$0]), machine: Int(machines[$0]))
    }
  }
}

extension RecordDocument.Points {
  fileprivate init(_ points: [SeriesPoint]) {
    var names: [[String]] = []
    var last = 0
    series = PackedNumbers(
      points.map { point in
        // Most belong to the series after that of the point before.
        let count = names.count
        let found = (0..<count).lazy.map { (last + 1 + $0) % count }
          .first { names[$0][0] == point.name && names[$0][1] == point.pool }
        if found == nil { names.append([point.name, point.pool]) }
        last = found ?? count
        return UInt64(last)
      })
    self.names = names
    times = PackedNumbers(steps: points.map(\.time.nanoseconds))
    bits = PackedNumbers(bitsOf: points.map(\.value))
  }

  fileprivate func points() throws -> [SeriesPoint] {
    let (series, times, values) = (series.numbers, times.steps, bits.doubles)
    guard series.count == times.count, values.count == times.count,
      names.allSatisfy({ $0.count == 2 }), series.allSatisfy({ $0 < names.count })
    else { throw UnreadableReplication() }
    return times.indices.map {
      let name = names[Int(series[$0])]
      return SeriesPoint(
        time: Instant(nanoseconds: times[$0]), name: name[0], pool: name[1], value: values[$0])
    }
  }
}

// MARK: Reading

extension RecordDocument {
  /// The replication of the document.
  package func record() throws -> ReplicationRecord {
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
    record.fleetEvents = try events.events()
    record.series = try series.points()
    record.wholeSeries = try wholeSeries.map { whole in
      guard
        let series = WholeSeries(
          name: whole.name, start: Instant(nanoseconds: whole.start),
          minutes: whole.minutes.steps.compactMap { Int32(exactly: $0) },
          values: whole.bits.doubles)
      else { throw UnreadableReplication() }
      return series
    }
    record.wholeDigest = wholeDigest
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
