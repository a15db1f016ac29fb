// SPDX-License-Identifier: GPL-3.0-or-later

import Digests
import Foundation
import Recording
import Scenario

/// The file of a shard: a header, a line for each replication, and the hash of all that.
///
/// The bytes are a function of the plan and the shard's number alone.
package struct SweepShard: Sendable {
  private struct Header: Codable, Equatable {
    let plimsollSweepShard: Int
    let plan: String
    let index: Int
    let first: Int
    let count: Int
  }

  struct Line: Codable {
    let point: Int
    let replication: Int
    let digest: String?
    let record: RecordDocument?
    let failure: String?
  }

  private struct Footer: Codable {
    let sha256: String
  }

  /// What is to be said of the file of a shard.
  package enum Check: Sendable, Equatable {
    /// It is whole, and of this plan.
    case whole
    /// It is cut short or changed, so the shard is to be run again.
    case damaged
    /// It is whole and belongs to another plan, or is another shard.
    case foreign
  }

  private let plan: SweepPlan
  /// Its number, from 0.
  package let index: Int

  /// A shard of a plan.
  ///
  /// - Throws: ``PlanError`` where the plan has no such shard.
  package init(_ plan: SweepPlan, index: Int) throws {
    guard plan.shards.indices.contains(index) else {
      throw PlanError(
        "the plan has no shard \(index), allowed: 0 to \(plan.shards.count - 1)")
    }
    self.plan = plan
    self.index = index
  }

  private var header: Header {
    Header(
      plimsollSweepShard: 1, plan: plan.hash, index: index, first: plan.shards[index].first,
      count: plan.shards[index].count)
  }

  // MARK: Running

  /// Simulates the shard.
  ///
  /// - Parameters:
  ///   - disk: reads the files that are too large for the plan.
  ///   - progress: called with how many replications are done and how many there are.
  ///   - write: takes the bytes of its file, in order.
  package func run(
    jobs: Int, disk: FileReader, progress: @Sendable (Int, Int) -> Void,
    write: ([UInt8]) throws -> Void
  ) async throws {
    let sweep = plan.sweep(disk: disk)
    let pairs = Array(sweep.pairs[plan.shards[index].range])
    var hash = SHA256()
    func put(_ value: some Encodable) throws {
      let line = try Self.line(value)
      hash.update(line)
      try write(line)
    }
    try put(header)
    var done = 0
    progress(0, pairs.count)
    try await sweep.simulate(pairs, jobs: jobs, inOrder: true) { pair, _, outcome in
      switch outcome {
      case .record(let record):
        try put(
          Line(
            point: pair.point, replication: pair.replication, digest: ResultDigest.of(record),
            record: RecordDocument(record), failure: nil))
      case .failed(let reason):
        try put(
          Line(
            point: pair.point, replication: pair.replication, digest: nil, record: nil,
            failure: reason))
      }
      done += 1
      progress(done, pairs.count)
    }
    try write(Self.line(Footer(sha256: hash.digest.hexadecimal)))
  }

  static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  // MARK: Reading

  /// Checks the bytes of a file by their hash.
  package func check(_ bytes: [UInt8]) -> Check {
    guard bytes.last == UInt8(ascii: "\n"),
      let end = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")),
      let footer = try? JSONDecoder().decode(Footer.self, from: Data(bytes[(end + 1)...])),
      ResultDigest.of(Array(bytes[...end])) == footer.sha256,
      let first = bytes.firstIndex(of: UInt8(ascii: "\n")),
      let found = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<first]))
    else { return .damaged }
    return found == header ? .whole : .foreign
  }

  /// What the replications came to, in order.
  ///
  /// - Throws: ``UnreadableReplication`` where what is read is not what was written.
  func outcomes(_ bytes: [UInt8]) throws -> [(pair: SweepPair, outcome: PairOutcome)] {
    try Self.lines(bytes).map(Self.outcome)
  }

  /// The lines of a shard that hold replications.
  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "\n")).dropFirst().dropLast()
  }

  /// What a line of a shard says.
  ///
  /// - Throws: ``UnreadableReplication`` where what is read is not what was written.
  static func outcome(
    _ text: ArraySlice<UInt8>
  ) throws -> (pair: SweepPair, outcome: PairOutcome) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
      throw UnreadableReplication("a line of a shard is none of a replication")
    }
    let pair = SweepPair(point: line.point, replication: line.replication)
    if let failure = line.failure { return (pair, .failed(failure)) }
    guard let record = try line.record?.record(), record.replication == line.replication,
      ResultDigest.of(record) == line.digest
    else {
      throw UnreadableReplication(
        "replication \(line.replication) of point \(line.point) cannot be put together")
    }
    return (pair, .record(record))
  }
}
