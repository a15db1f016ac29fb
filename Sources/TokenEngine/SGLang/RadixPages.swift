// SPDX-License-Identifier: Apache-2.0

/// The KV pages of SGLang's pool, and the radix tree of those that can be found again.
///
/// A page of the tree is known by the identity of its contents and of everything before it, so that the tree is a table:
/// a page is there only if the pages before it are. Requests that run lock the pages that they use. Of the others the
/// page that was looked at the longest ago goes first when room is needed; a look at a page looks at all before it later,
/// so that leaves go before what they hang on.
///
/// Source: the SGLang project, package `sglang` 0.5.23 (2026), `mem_cache/radix_cache.py:552` (eviction), `:373`
/// (`match_prefix`), `:705` (`_insert_helper`).
@usableFromInline
struct RadixPages {
  private struct Page {
    var identity: Int64 = 0
    var users: Int32 = 0
    /// The number of the last look at it.
    var look: Int64 = 0
    /// The neighbours among unlocked pages, in the order of their looks; -1 for none.
    var older: Int32 = -1
    var younger: Int32 = -1
  }

  /// Pages without contents.
  @usableFromInline private(set) var free: Int
  /// Pages of the tree that no request uses.
  @usableFromInline private(set) var evictable = 0

  private var pages: ContiguousArray<Page> = []
  private var blanks: ContiguousArray<Int32> = []
  private var oldest: Int32 = -1
  private var youngest: Int32 = -1
  private var looks: Int64 = 0
  private var found: IdentityTable

  /// A pool of so many pages.
  init(count: Int, cachesPrefixes: Bool) {
    precondition(count > 0, "an engine has a page")
    free = count
    found = IdentityTable(capacity: cachesPrefixes ? count : 1)
  }

  /// Pages that can be had.
  @inlinable var available: Int { free + evictable }

  /// Pages of the tree that requests use, and how often they do.
  var locked: (pages: Int, users: Int) {
    pages.reduce((0, 0)) { ($0.0 + ($1.users > 0 ? 1 : 0), $0.1 + Int($1.users)) }
  }

  // MARK: Pages of one request

  /// Takes pages, of the tree where no others are left.
  ///
  /// - Precondition: so many can be had.
  mutating func take(_ count: Int) {
    let hasRoom = makeRoom(count)
    precondition(hasRoom, "pages are taken that can be had")
    free -= count
  }

  /// Gives back pages that are not in the tree.
  mutating func giveBack(_ count: Int) { free += count }

  /// Evicts until so many pages are without contents.
  ///
  /// - Returns: whether they are.
  @discardableResult
  mutating func makeRoom(_ count: Int) -> Bool {
    while free < count, oldest >= 0 { evict() }
    return free >= count
  }

  private mutating func evict() {
    let page = oldest
    leaveUnlocked(page)
    found.unlink(pages[Int(page)].identity, earlier: -1, later: -1)
    blanks.append(page)
    evictable -= 1
    free += 1
  }

  // MARK: The tree

  /// How many of the first pages of a chain are in the tree, and how many of those are unlocked.
  ///
  /// - Complexity: O(pages found).
  func match(_ chain: BlockChain, upTo most: Int) -> (count: Int, unlocked: Int) {
    var (count, unlocked) = (0, 0)
    let most = min(most, chain.count)
    while count < most {
      let page = found.first(of: chain[count])
      guard page >= 0 else { break }
      if pages[Int(page)].users == 0 { unlocked += 1 }
      count += 1
    }
    return (count, unlocked)
  }

  /// Looks at the first pages of a chain, the last of them first.
  ///
  /// - Precondition: they are in the tree.
  mutating func look(_ chain: BlockChain, _ count: Int) {
    for index in stride(from: count - 1, through: 0, by: -1) {
      let page = found.first(of: chain[index])
      looks += 1
      pages[Int(page)].look = looks
      guard pages[Int(page)].users == 0 else { continue }
      leaveUnlocked(page)
      enterUnlocked(page)
    }
  }

  /// The page of an identity; -1 for none.
  func page(of identity: Int64) -> Int32 { found.first(of: identity) }

  /// Lets a request use a page of the tree.
  mutating func lock(_ page: Int32) {
    if pages[Int(page)].users == 0 {
      leaveUnlocked(page)
      evictable -= 1
    }
    pages[Int(page)].users += 1
  }

  /// Ends one use of a page of the tree.
  mutating func unlock(_ page: Int32) {
    pages[Int(page)].users -= 1
    guard pages[Int(page)].users == 0 else { return }
    evictable += 1
    enterUnlocked(page)
  }

  /// Puts a page of a request into the tree, locked by it.
  ///
  /// - Precondition: the tree has no page of that identity, and has those before it.
  mutating func insert(_ identity: Int64) -> Int32 {
    looks += 1
    let row = Page(identity: identity, users: 1, look: looks)
    let page: Int32
    if let blank = blanks.popLast() {
      page = blank
      pages[Int(page)] = row
    } else {
      page = Int32(pages.count)
      pages.append(row)
    }
    _ = found.append(page, to: identity)
    return page
  }

  // MARK: Unlocked pages

  /// Puts a page where its last look belongs; mostly behind all others.
  private mutating func enterUnlocked(_ page: Int32) {
    let look = pages[Int(page)].look
    var older = youngest
    while older >= 0, pages[Int(older)].look > look { older = pages[Int(older)].older }
    let younger = older >= 0 ? pages[Int(older)].younger : oldest
    pages[Int(page)].older = older
    pages[Int(page)].younger = younger
    if older >= 0 { pages[Int(older)].younger = page } else { oldest = page }
    if younger >= 0 { pages[Int(younger)].older = page } else { youngest = page }
  }

  private mutating func leaveUnlocked(_ page: Int32) {
    let row = pages[Int(page)]
    if row.older >= 0 { pages[Int(row.older)].younger = row.younger } else { oldest = row.younger }
    if row.younger >= 0 {
      pages[Int(row.younger)].older = row.older
    } else {
      youngest = row.older
    }
  }
}
