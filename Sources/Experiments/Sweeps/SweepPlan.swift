// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// A sweep cut into shards: with the number of a shard, all that any machine needs to run it.
///
/// Files of up to a quarter of a mebibyte are in the plan itself. Larger ones are named with their hash, and a shard
/// checks it when it reads them.
package struct SweepPlan: Sendable, Equatable {
  /// A file that the scenarios are made of.
  struct File: Codable, Sendable, Equatable {
    let path: String
    let bytes: Int
    let sha256: String
    /// Its text; `nil` where it is too large, or no text.
    let text: String?
  }

  /// Pairs of point and replication in a row.
  package struct Shard: Codable, Sendable, Equatable {
    /// The number of its first pair among those of all points that can run, in order.
    package let first: Int
    /// How many pairs it has.
    package let count: Int

    var range: Range<Int> { first..<first + count }
  }

  struct Point: Codable, Sendable, Equatable {
    let overrides: [String]
    let values: [String]
    let replications: Int
    let scenarioHash: String
    let refusal: String
    /// In the round of a study, what of the point is simulated.
    let part: PreparedSweep.Part?
  }

  struct Body: Codable, Sendable, Equatable {
    let plimsollSweepPlan: Int
    let identity: String
    let request: SweepRequest
    let keys: [String]
    let seed: UInt64
    let confidence: Double
    let files: [File]
    let points: [Point]
    let shards: [Shard]

    /// Why nobody made such a plan; `nil` where it can be run.
    var flaw: String? {
      guard confidence > 0, confidence < 1 else { return "its confidence is \(confidence)" }
      guard points.allSatisfy({ (0...10_000).contains($0.replications) }) else {
        return "a point has fewer than 0 or more than 10000 replications"
      }
      let parts = points.map(\.part)
      guard parts.allSatisfy({ $0 == nil }) || parts.allSatisfy({ $0 != nil }) else {
        return "it is neither a sweep nor the round of a study"
      }
      let allowed = 0...10_000
      guard
        parts.compactMap(\.self).allSatisfy({
          allowed.contains($0.first) && allowed.contains($0.reference ?? 0)
        })
      else {
        return "a point begins at a replication, or is compared with a scenario, that nobody has"
      }
      guard points.allSatisfy({ $0.values.count == keys.count }) else {
        return "a point has not as many values as there are keys"
      }
      guard points.count <= SweepDesign.pointLimit, shards.count <= SweepPlan.shardLimit else {
        return "it has more points or shards than a plan may have"
      }
      var next = 0
      for shard in shards {
        guard shard.first == next, shard.count >= 0, shard.count <= Int(Int32.max) else {
          return "its shards do not follow each other"
        }
        next += shard.count
      }
      let pairs = points.reduce(0) { $0 + $1.replications }
      return next == pairs ? nil : "its shards are not those of its points"
    }
  }

  private struct Document: Codable {
    let hash: String
    let plan: Body
  }

  let body: Body
  /// SHA-256 of everything that the plan says.
  package let hash: String

  /// The most shards of a plan: the longest array that AWS Batch runs.
  ///
  /// Source: AWS Batch User Guide, "Array jobs": an array has 2 to 10,000 jobs.
  package static var shardLimit: Int { 10_000 }

  /// The largest file that a plan holds itself.
  private static var embeddedBytes: Int { 1 << 18 }

  /// Cuts a sweep into shards of nearly equal numbers of replications.
  ///
  /// - Parameters:
  ///   - paths: the files that were read to prepare it, in any order.
  ///   - shards: how many at most.
  package init(
    _ sweep: PreparedSweep, paths: [String], files: FileReader, shards: Int
  ) throws {
    let pairs = sweep.pairs.count
    let count = max(1, min(shards, pairs, Self.shardLimit))
    let ends = (0...count).map { $0 * pairs / count }
    body = Body(
      plimsollSweepPlan: 1, identity: sweep.identity, request: sweep.request, keys: sweep.keys,
      seed: sweep.seed, confidence: sweep.confidence,
      files: try Self.distinct(paths).compactMap { try Self.file($0, files) },
      points: sweep.points.map {
        Point(
          overrides: $0.point.overrides, values: $0.point.values, replications: $0.replications,
          scenarioHash: $0.scenarioHash, refusal: $0.refusal, part: $0.part)
      },
      shards: zip(ends, ends.dropFirst()).map { Shard(first: $0, count: $1 - $0) })
    hash = try Self.hash(of: body)
  }

  /// Reads a plan.
  ///
  /// - Throws: ``PlanError`` where it is none, or its hash is not that of what it says.
  package init(json: [UInt8], path: String) throws {
    let document: Document
    do { document = try JSONDecoder().decode(Document.self, from: Data(json)) } catch {
      throw PlanError("\(path) is no plan of a sweep")
    }
    body = document.plan
    hash = document.hash
    guard try Self.hash(of: body) == hash else {
      throw PlanError("\(path) was changed after it was made: its hash is not that of its text")
    }
    guard body.plimsollSweepPlan == 1 else {
      throw PlanError("\(path) is a plan of version \(body.plimsollSweepPlan), allowed: 1")
    }
    if let flaw = body.flaw { throw PlanError("\(path) is no plan that was made: \(flaw)") }
  }

  /// A plan that says that, with the hash of it.
  init?(unchecked body: Body) {
    guard let hash = try? Self.hash(of: body) else { return nil }
    self.body = body
    self.hash = hash
  }

  /// The plan as JSON.
  package func json() throws -> String {
    String(
      decoding: try Self.encoder.encode(Document(hash: hash, plan: body)), as: UTF8.self) + "\n"
  }

  /// The shards.
  package var shards: [Shard] { body.shards }
  /// How many points there are, with those that are refused.
  package var pointCount: Int { body.points.count }
  /// How many points are refused.
  package var refusedCount: Int { body.points.count { $0.replications == 0 } }
  /// The version of Plimsoll that made it and must run it.
  package var version: String { body.request.version }
  /// The path of the scenario.
  package var scenario: String { body.request.scenario }

  /// How many replications there are to simulate.
  package var pairCount: Int { body.points.reduce(0) { $0 + $1.replications } }

  /// The sweep, with the files of the plan.
  ///
  /// - Parameters:
  ///   - disk: reads the files that are too large for the plan.
  func sweep(disk: FileReader) -> PreparedSweep {
    PreparedSweep(
      body.request, keys: body.keys, seed: body.seed, confidence: body.confidence,
      points: body.points.enumerated().map { number, point in
        PreparedSweep.Point(
          point: SweepPoint(number: number, values: point.values, overrides: point.overrides),
          replications: point.replications, scenarioHash: point.scenarioHash,
          refusal: point.refusal, part: point.part)
      }, files: reader(disk: disk))
  }

  /// Whether it is the round of a study, and no sweep.
  package var isRound: Bool { body.points.first?.part != nil }

  /// All its replications, in order.
  var pairs: [SweepPair] {
    sweep(disk: FileReader { (_: String) throws(FileReadFailure) -> [UInt8] in throw .missing })
      .pairs
  }

  /// Reads files as they were when the plan was made, and others from the disk.
  package func files(before disk: FileReader) -> FileReader {
    let reader = reader(disk: disk)
    let paths = Set(body.files.map(\.path))
    return FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      try (paths.contains(path) ? reader : disk).read(path)
    }
  }

  // MARK: Files

  private func reader(disk: FileReader) -> FileReader {
    let files = body.files
    return FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      guard let file = files.first(where: { $0.path == path }) else { throw .missing }
      if let text = file.text { return Array(text.utf8) }
      let bytes = try disk.read(path)
      guard ResultDigest.of(bytes) == file.sha256 else {
        throw .unreadable("it is not the file that the plan was made with: its hash is another")
      }
      return bytes
    }
  }

  private static func file(_ path: String, _ files: FileReader) throws -> File? {
    let bytes: [UInt8]
    do throws(FileReadFailure) { bytes = try files.read(path) } catch {
      // A scenario that names it is refused, and so it is by the plan.
      return nil
    }
    let text = bytes.count <= embeddedBytes ? String(validating: bytes, as: UTF8.self) : nil
    return File(path: path, bytes: bytes.count, sha256: ResultDigest.of(bytes), text: text)
  }

  private static func distinct(_ paths: [String]) -> [String] { Set(paths).sorted() }

  // MARK: Hash

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private static func hash(of body: Body) throws -> String {
    ResultDigest.of([UInt8](try encoder.encode(body)))
  }
}

/// Why a plan or a shard cannot be used, for good: trying again does not help.
package struct PlanError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  package let description: String

  /// An error with that description.
  package init(_ description: String) {
    self.description = description
  }
}
