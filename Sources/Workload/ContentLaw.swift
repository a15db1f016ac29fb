// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Synchronization

/// How often each content is asked for, as a table that is made when it is first needed.
///
/// To check a scenario takes no table, and all replications share one.
final class ContentLaw: Sendable, Equatable {
  let content: RequestMix.Content
  private let made = Mutex<AliasTable?>(nil)

  init(_ content: RequestMix.Content) {
    self.content = content
  }

  /// Item 0 stands for all unique contents, and item i for the i-th most popular one.
  ///
  /// - Complexity: O(contents) the first time.
  var table: AliasTable {
    made.withLock { made in
      if let made { return made }
      let table = makeTable()
      made = table
      return table
    }
  }

  private func makeTable() -> AliasTable {
    let weights = zipfWeights(count: content.catalogue, exponent: content.zipfExponent)
    let sum = weights.reduce(0, +)
    let repeating = 1 - content.unique.fraction
    do {
      return try AliasTable(
        weights: [content.unique.fraction] + weights.map { $0 / sum * repeating })
    } catch {
      preconditionFailure("a content's shares make a law: \(error.allowed)")
    }
  }

  static func == (left: ContentLaw, right: ContentLaw) -> Bool { left.content == right.content }
}
