// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams

/// Whether contents come back sooner than in a random order of the same requests.
package struct Recency: Sendable, Equatable {
  /// Half of the repeats come within so many requests of the one before.
  package let medianGap: Int
  /// The share of repeats that would come within that, if every order of the requests were as likely.
  package let expectedShare: Double

  /// What the log shows; `nil` where nothing repeats.
  ///
  /// In a random order of n requests, two neighbouring ones of a content of k requests lie more than
  /// g apart with probability C(n-g, k)/C(n, k), since all k + 1 parts of the log between them are
  /// alike: David and Nagaraja, Order Statistics (3rd ed. 2003), DOI 10.1002/0471722162,
  /// section 6.4.
  ///
  /// - Complexity: that of sorting the repeats.
  package init?(_ log: ContentLog) {
    var lastPlaces = [Int](repeating: -1, count: log.counts.count)
    var gaps: [Int] = []
    for (place, content) in log.contents.enumerated() {
      if lastPlaces[content] >= 0 { gaps.append(place - lastPlaces[content]) }
      lastPlaces[content] = place
    }
    guard !gaps.isEmpty else { return nil }
    gaps.sort()
    let gap = gaps[(gaps.count - 1) / 2]
    medianGap = gap
    let n = Double(log.contents.count)
    let beyond = log.counts.reduce(0.0) { sum, count in
      let k = Double(count)
      guard count > 1, n - Double(gap) >= k else { return sum }
      let logRatio =
        logFactorial(n - Double(gap)) - logFactorial(n - Double(gap) - k)
        - logFactorial(n) + logFactorial(n - k)
      return sum + (k - 1) * Elementary.exp(max(-700, logRatio))
    }
    expectedShare = 1 - beyond / Double(gaps.count)
  }
}
