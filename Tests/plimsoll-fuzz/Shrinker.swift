// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Makes a case that goes wrong small, by leaving out lines and then bytes while it still does.
struct Shrinker {
  /// Whether bytes still go wrong in the same way.
  let fails: ([UInt8]) -> Bool
  /// How many times that may be asked.
  var attempts: Int

  /// The smallest bytes found.
  mutating func shrunk(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    var size = max(1, lines.count / 2)
    while attempts > 0 {
      var place = 0
      var isSmaller = false
      while place < lines.count, attempts > 0 {
        var fewer = lines
        fewer.removeSubrange(place..<min(lines.count, place + size))
        attempts -= 1
        if !fewer.isEmpty, fails(Array(fewer.joined(separator: [10]))) {
          lines = fewer
          isSmaller = true
        } else {
          place += size
        }
      }
      if size == 1 && !isSmaller { break }
      size = max(1, size / 2)
    }
    return Array(lines.joined(separator: [10]))
  }
}
