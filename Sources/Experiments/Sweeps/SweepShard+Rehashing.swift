// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

// What somebody could do who changes a plan or a shard and makes its hashes anew; for tests of what is read then.

extension SweepPlan {
  /// The plan that JSON says, whatever its hash was; `nil` where it says none.
  package init?(rehashing json: [UInt8]) {
    guard let body = try? JSONDecoder().decode(Unhashed.self, from: Data(json)).plan else {
      return nil
    }
    self.init(unchecked: body)
  }

  private struct Unhashed: Decodable {
    let plan: Body
  }
}

extension SweepShard {
  /// The bytes of a shard with digests and hash that fit what its lines say.
  package static func rehashed(_ bytes: [UInt8]) -> [UInt8] {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    guard lines.count > 1 else { return bytes }
    var all: [UInt8] = []
    for text in lines.dropLast() { all += (redigested(text) ?? text) + [UInt8(ascii: "\n")] }
    let footer = #"{"sha256":""# + ResultDigest.of(all) + "\"}\n"
    return all + Array(footer.utf8)
  }

  private static func redigested(_ text: [UInt8]) -> [UInt8]? {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)),
      let document = line.record, let record = try? document.record()
    else { return nil }
    let new = Line(
      point: line.point, replication: line.replication, digest: ResultDigest.of(record),
      record: document, failure: line.failure)
    return (try? Self.line(new)).map { $0.dropLast() }
  }
}
