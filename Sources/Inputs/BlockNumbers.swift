// SPDX-License-Identifier: GPL-3.0-or-later

import TokenEngine

extension BlockChain {
  /// The identities that a text tells: whole numbers, alone or as ranges `a-b`, with blanks between; `nil` where it
  /// tells anything else.
  package init?(written text: ArraySlice<UInt8>) {
    self.init()
    for part in text.split(separator: UInt8(ascii: " ")) {
      let ends = part.split(
        separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends.first.flatMap(Self.number),
        let last = ends.last.flatMap(Self.number), last >= first, last - first < 1 << 40
      else { return nil }
      append(first, count: Int(last - first) + 1)
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      return nil
    }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }
}
