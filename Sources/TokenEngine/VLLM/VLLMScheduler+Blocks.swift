// SPDX-License-Identifier: Apache-2.0

extension VLLMScheduler {
  /// What a look-up in the prefix cache found.
  struct Hits {
    /// Blocks from the first on.
    var count = 0
    /// Those of them that nobody uses now: they are taken out of what is free.
    var unused = 0

    /// Blocks that are no longer free when so many are held.
    func blocksNeeded(_ blocks: Int) -> Int { max(0, blocks - count) + unused }
  }

  /// The blocks that so many tokens fill or begin.
  func blocksFor(_ tokens: Int) -> Int {
    (tokens + settings.blockSize - 1) / settings.blockSize
  }

  /// How many of the first blocks of a request are in the prefix cache; its last known token is always computed.
  ///
  /// - Complexity: O(blocks found).
  func hits(of slot: Int) -> Hits {
    let row = rows[slot]
    let most = min((row.known - 1) / settings.blockSize, chains[slot].count)
    var hits = Hits()
    while hits.count < most {
      let block = pool.find(chains[slot][hits.count])
      guard block >= 0 else { break }
      if pool.isUnused(block) { hits.unused += 1 }
      hits.count += 1
    }
    return hits
  }

  /// Lets a request use the first blocks of the prefix cache that hold what it needs.
  mutating func share(_ count: Int, _ slot: Int) {
    for index in 0..<count {
      let block = pool.find(chains[slot][index])
      pool.share(block)
      heldBlocks[slot].append(block)
    }
    rows[slot].held = count
    rows[slot].identified = count
  }

  /// Gives a request blocks, and their identities to those that are full once so many tokens are computed.
  @inline(__always)
  mutating func hold(_ count: Int, _ slot: Int, through tokens: Int) {
    rows[slot].held += count
    if settings.cachesPrefixes { holdKnown(count, slot, through: tokens) } else { pool.take(count) }
  }

  private mutating func holdKnown(_ count: Int, _ slot: Int, through tokens: Int) {
    for _ in 0..<count { heldBlocks[slot].append(pool.take()) }
    identify(slot, through: min(tokens, rows[slot].prompt + rows[slot].produced))
  }

  /// Gives the blocks that so many tokens fill their identities.
  mutating func identify(_ slot: Int, through tokens: Int) {
    let full = min(tokens / settings.blockSize, chains[slot].count)
    while rows[slot].identified < full {
      let index = rows[slot].identified
      pool.identify(heldBlocks[slot][index], as: chains[slot][index])
      rows[slot].identified += 1
    }
  }

  /// Gives back all blocks of a request, the last first.
  mutating func letGo(_ slot: Int) {
    if settings.cachesPrefixes {
      while let block = heldBlocks[slot].popLast() { pool.release(block) }
    } else {
      pool.giveBack(rows[slot].held)
    }
    rows[slot].held = 0
    rows[slot].identified = 0
  }
}
