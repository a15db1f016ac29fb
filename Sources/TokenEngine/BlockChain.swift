// SPDX-License-Identifier: Apache-2.0

/// The identities of a request's full KV blocks, from the first on.
///
/// Two blocks have equal identities exactly where they hold the same tokens behind the same tokens: what engines tell
/// by chained hashes. Identities mostly count up, so that a chain is kept as ranges of them.
public struct BlockChain: Equatable, Sendable {
  /// Consecutive identities, and how many blocks end with them.
  @usableFromInline
  struct Run: Equatable, Sendable {
    @usableFromInline let first: Int64
    /// The number of blocks of the chain up to the end of this run.
    @usableFromInline let end: Int
  }

  @usableFromInline private(set) var runs: ContiguousArray<Run> = []

  /// A chain without blocks.
  public init() {}

  /// How many blocks the chain has.
  @inlinable public var count: Int { runs.last?.end ?? 0 }

  /// Adds identities that count up from `first`.
  ///
  /// - Precondition: `count` is positive, and the last identity fits.
  public mutating func append(_ first: Int64, count added: Int) {
    precondition(added > 0, "a run of blocks holds a block")
    if let last = runs.last {
      let start = runs.count > 1 ? runs[runs.count - 2].end : 0
      if last.first + Int64(last.end - start) == first {
        runs[runs.count - 1] = Run(first: last.first, end: last.end + added)
        return
      }
    }
    runs.append(Run(first: first, end: count + added))
  }

  /// The identity of a block.
  ///
  /// - Precondition: the chain has that block.
  /// - Complexity: O(log ranges).
  @inlinable
  public subscript(block: Int) -> Int64 {
    precondition(block >= 0 && block < count, "a chain is asked for a block that it has")
    var (low, high) = (0, runs.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end > block { high = middle } else { low = middle + 1 }
    }
    let start = low > 0 ? runs[low - 1].end : 0
    return runs[low].first + Int64(block - start)
  }
}
