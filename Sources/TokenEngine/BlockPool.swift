// SPDX-License-Identifier: Apache-2.0

/// The KV blocks of an engine, and which contents can still be found in them.
///
/// Without a prefix cache blocks are only counted. With one, a full block has the identity of its contents, and keeps it
/// after its last user has gone until it is taken for something else. Blank blocks are taken first, then the block that
/// nobody uses for the longest time. Equal contents in several blocks are not merged; a look-up finds the block that
/// got the identity first.
///
/// Source: the vLLM project, package `vllm` 0.33.0 (2026), `v1/core/block_pool.py`, `v1/core/kv_cache_utils.py`.
@usableFromInline
struct BlockPool {
  /// One block; places in lists are numbers of blocks, -1 for none.
  struct Block {
    var users: Int32 = 0
    var hasIdentity = false
    var identity: Int64 = 0
    /// The neighbours in the list of those that nobody uses, oldest first.
    var older: Int32 = -1
    var younger: Int32 = -1
    /// The neighbours among blocks of equal contents, in the order in which they got their identity.
    var earlierCopy: Int32 = -1
    var laterCopy: Int32 = -1
  }

  /// How many blocks can be had.
  @usableFromInline private(set) var free: Int

  private var blocks: ContiguousArray<Block> = []
  private var blanks: ContiguousArray<Int32> = []
  private var oldest: Int32 = -1
  private var youngest: Int32 = -1
  private var found: IdentityTable

  /// A pool of so many blocks.
  init(count: Int, cachesPrefixes: Bool) {
    precondition(count > 0, "an engine has a block")
    free = count
    found = IdentityTable(capacity: cachesPrefixes ? count : 1)
    guard cachesPrefixes else { return }
    blocks = ContiguousArray(repeating: Block(), count: count)
    blanks = ContiguousArray((0..<Int32(count)).reversed())
  }

  /// Blocks that are told apart and used, and how often they are.
  var used: (blocks: Int, users: Int) {
    blocks.reduce((0, 0)) { ($0.0 + ($1.users > 0 ? 1 : 0), $0.1 + Int($1.users)) }
  }

  // MARK: Counted

  /// Takes blocks that are only counted.
  mutating func take(_ count: Int) {
    precondition(count <= free, "blocks are taken that are free")
    free -= count
  }

  /// Gives back blocks that are only counted.
  mutating func giveBack(_ count: Int) { free += count }

  // MARK: With identities

  /// The block that got an identity first, of those that still have it; -1 for none.
  func find(_ identity: Int64) -> Int32 { found.first(of: identity) }

  /// Whether nobody uses a block.
  func isUnused(_ block: Int32) -> Bool { blocks[Int(block)].users == 0 }

  /// Takes part in the use of a block that was found.
  mutating func share(_ block: Int32) {
    if blocks[Int(block)].users == 0 {
      leaveUnused(block)
      free -= 1
    }
    blocks[Int(block)].users += 1
  }

  /// Takes a block for new contents: a blank one, else the one that nobody uses for the longest time.
  mutating func take() -> Int32 {
    precondition(free > 0, "a block is taken that is free")
    free -= 1
    let block: Int32
    if let blank = blanks.popLast() {
      block = blank
    } else {
      block = oldest
      leaveUnused(block)
      forget(block)
    }
    blocks[Int(block)].users = 1
    return block
  }

  /// Ends one use of a block.
  mutating func release(_ block: Int32) {
    let index = Int(block)
    blocks[index].users -= 1
    guard blocks[index].users == 0 else { return }
    free += 1
    guard blocks[index].hasIdentity else {
      blanks.append(block)
      return
    }
    blocks[index].older = youngest
    blocks[index].younger = -1
    if youngest >= 0 { blocks[Int(youngest)].younger = block } else { oldest = block }
    youngest = block
  }

  /// Says what a full block holds.
  mutating func identify(_ block: Int32, as identity: Int64) {
    let index = Int(block)
    guard !blocks[index].hasIdentity else { return }
    blocks[index].hasIdentity = true
    blocks[index].identity = identity
    blocks[index].laterCopy = -1
    let last = found.append(block, to: identity)
    blocks[index].earlierCopy = last
    if last >= 0 { blocks[Int(last)].laterCopy = block }
  }

  private mutating func forget(_ block: Int32) {
    let row = blocks[Int(block)]
    blocks[Int(block)].hasIdentity = false
    if row.earlierCopy >= 0 { blocks[Int(row.earlierCopy)].laterCopy = row.laterCopy }
    if row.laterCopy >= 0 { blocks[Int(row.laterCopy)].earlierCopy = row.earlierCopy }
    if row.earlierCopy < 0 || row.laterCopy < 0 {
      found.unlink(row.identity, earlier: row.earlierCopy, later: row.laterCopy)
    }
  }

  private mutating func leaveUnused(_ block: Int32) {
    let row = blocks[Int(block)]
    if row.older >= 0 { blocks[Int(row.older)].younger = row.younger } else { oldest = row.younger }
    if row.younger >= 0 {
      blocks[Int(row.younger)].older = row.older
    } else {
      youngest = row.older
    }
  }
}

/// Which blocks hold an identity: the first and the last of the list of its copies.
///
/// Open addressing with linear probing in a table of twice as many places as there can be identities; entries behind
/// a removed one move up. Source: Knuth, The Art of Computer Programming 3, 2nd ed. (1998), section 6.4, algorithms L and R.
struct IdentityTable {
  private struct Entry {
    var identity: Int64 = 0
    var first: Int32 = -1
    var last: Int32 = -1
  }

  private var entries: ContiguousArray<Entry>
  private let mask: Int

  /// A table for at most so many identities at a time.
  init(capacity: Int) {
    var places = 4
    while places < 2 * capacity { places *= 2 }
    entries = ContiguousArray(repeating: Entry(), count: places)
    mask = places - 1
  }

  /// The first block of an identity; -1 for none.
  func first(of identity: Int64) -> Int32 {
    var place = home(identity)
    while entries[place].first >= 0 {
      if entries[place].identity == identity { return entries[place].first }
      place = (place + 1) & mask
    }
    return -1
  }

  /// Puts a block behind those of its identity.
  ///
  /// - Returns: the block that was the last before; -1 for none.
  mutating func append(_ block: Int32, to identity: Int64) -> Int32 {
    var place = home(identity)
    while entries[place].first >= 0 {
      if entries[place].identity == identity {
        let last = entries[place].last
        entries[place].last = block
        return last
      }
      place = (place + 1) & mask
    }
    entries[place] = Entry(identity: identity, first: block, last: block)
    return -1
  }

  /// Takes the first or the last block of an identity out, given its neighbours.
  mutating func unlink(_ identity: Int64, earlier: Int32, later: Int32) {
    var place = home(identity)
    while entries[place].identity != identity || entries[place].first < 0 {
      precondition(entries[place].first >= 0, "a block with an identity is in the table")
      place = (place + 1) & mask
    }
    if earlier < 0 && later < 0 {
      remove(place)
    } else if earlier < 0 {
      entries[place].first = later
    } else {
      entries[place].last = earlier
    }
  }

  private mutating func remove(_ removed: Int) {
    var hole = removed
    var place = (removed + 1) & mask
    while entries[place].first >= 0 {
      let wanted = home(entries[place].identity)
      // An entry may move up where its home is not behind the hole.
      if (place - wanted) & mask >= (place - hole) & mask {
        entries[hole] = entries[place]
        hole = place
      }
      place = (place + 1) & mask
    }
    entries[hole] = Entry()
  }

  private func home(_ identity: Int64) -> Int {
    // Fibonacci hashing: Knuth 3, section 6.4; the constant is 2^64 divided by the golden ratio.
    let product = UInt64(bitPattern: identity) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> 32) & mask
  }
}
