// SPDX-License-Identifier: GPL-3.0-or-later

import Columns
import RandomStreams

/// What each content that repeats is like, drawn once for a replication.
///
/// Two requests for the same content are the same request: class, lengths, sampling and text are those
/// of the content. Whose request it is and when it comes are drawn for each request.
struct Catalogue: ~Copyable {
  /// One content of the catalogue.
  struct Entry: BitwiseCopyable {
    let promptTokens: UInt32
    let outputTokens: UInt32
    let text: UInt16
    let classIndex: UInt8
    let isDeterministic: Bool

    static var none: Entry {
      Entry(promptTokens: 0, outputTokens: 0, text: 0, classIndex: 0, isDeterministic: false)
    }
  }

  /// The entries by number; that of number 0 is unused.
  let entries: Column<Entry>

  /// The catalogue of a replication.
  ///
  /// - Complexity: O(contents).
  init(_ mix: RequestMix, seed: UInt64, replication: UInt32) {
    let stream = RandomStream(
      seed: seed, replication: replication, purpose: .catalogue, entity: 0)
    let lengths = mix.lengthTables
    var entries = Column(repeating: Entry.none, count: mix.catalogueCount + 1)
    for item in 1..<max(1, entries.count) {
      let block = stream.block(at: UInt64(item))
      entries[item] = mix.entry(lengthBits: block.low, kindBits: block.high, lengths)
    }
    self.entries = entries
  }
}
