// SPDX-License-Identifier: Apache-2.0

extension SGLangScheduler {
  /// Puts those that wait into the order in which they are tried (`calc_priority`, `schedule_policy.py:172–345`).
  ///
  /// - Complexity: O(requests that wait · log of them + pages looked at); O(1) for first come, first served.
  mutating func orderWaiting() {
    switch activePolicy {
    case .fcfs: refreshWaiting()
    case .lof:
      sortWaiting(by: waiting.map { -rows[$0].output })
      refreshWaiting()
    case .lpm:
      matchWaiting()
      sortWaiting(by: waiting.map { rows[$0].isLater ? .max : -rows[$0].matched })
    case .shortestPrefillFirst:
      matchWaiting()
      sortWaiting(by: waiting.map { (rows[$0].isLater ? 1 << 40 : 0) + uncached($0) })
    }
  }

  /// The order that counts: `lpm` is given up while many wait, and without a radix cache.
  private var activePolicy: SGLangSettings.Policy {
    guard settings.policy == .lpm else { return settings.policy }
    return settings.cachesPrefixes && waiting.count <= 128 ? .lpm : .fcfs
  }

  /// Tokens that a prompt has to compute.
  func uncached(_ slot: Int) -> Int { max(1, rows[slot].known - rows[slot].matched) }

  /// Sorts by keys; equal ones stay as they are, or by when they came under `shortest-prefill-first`.
  private mutating func sortWaiting(by keys: [Int]) {
    let byEntry = settings.policy == .shortestPrefillFirst
    var keyed = zip(keys, waiting).enumerated().map { place, row in
      (key: row.0, place: byEntry ? rows[row.1].entry : place, slot: row.1)
    }
    keyed.sort { ($0.key, $0.place) < ($1.key, $1.place) }
    waiting = ContiguousArray(keyed.map(\.slot))
  }

  /// Finds out how much of each waiting request is in the tree, and who should wait for another one that waits.
  ///
  /// That is so where the two begin alike and the tree has not got it: at most 32 tokens are in the tree, and at least 32
  /// are those of one ahead (`schedule_policy.py:362–381`).
  private mutating func matchWaiting() {
    var ahead = IdentityTable(
      capacity: waiting.reduce(0) { $0 + rows[$1].known / settings.pageSize })
    for slot in waiting {
      let chain = chains[slot]
      let known = min(rows[slot].known / settings.pageSize, chain.count)
      let count = pool.match(chain, upTo: known).count
      pool.look(chain, count)
      let found = count * settings.pageSize
      rows[slot].matched = min(found, rows[slot].known - 1)
      rows[slot].isLater = false
      guard found <= 32 else { continue }
      var shared = 0
      while shared < known, ahead.first(of: chain[shared]) >= 0 { shared += 1 }
      rows[slot].isLater = shared * settings.pageSize >= 32
      if rows[slot].isLater { continue }
      for block in shared..<known { _ = ahead.append(0, to: chain[block]) }
    }
  }

  /// Every 32nd time, looks at the pages that the first 128 requests will find, so that they are evicted late
  /// (`_touch_waiting_prefixes`, `schedule_policy.py:248`).
  private mutating func refreshWaiting() {
    guard settings.cachesPrefixes, !waiting.isEmpty else { return }
    orderings += 1
    guard orderings % 32 == 1 else { return }
    for slot in waiting.prefix(128).reversed() {
      let known = rows[slot].known / settings.pageSize
      pool.look(chains[slot], pool.match(chains[slot], upTo: known).count)
    }
  }
}
