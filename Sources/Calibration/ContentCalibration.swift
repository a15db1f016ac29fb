// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

/// How often requests ask what was asked before, and what a cache would make of that.
package struct ContentCalibration: Sendable {
  /// What each request asks, by numbers from 0 in the order in which they were first asked.
  package let contents: [Int]
  /// When each came, in seconds; empty where nobody says.
  package let times: [Double]
  /// How often each content was asked, the most frequent first.
  package let counts: [Int]

  /// From what requests ask, in order of time.
  ///
  /// - Precondition: there is a request, and times are as many or none.
  /// - Complexity: O(n log n).
  package init(contents: [Int], times: [Double]) {
    precondition(!contents.isEmpty && (times.isEmpty || times.count == contents.count), "requests")
    self.contents = contents
    self.times = times
    var counts = [Int](repeating: 0, count: (contents.max() ?? 0) + 1)
    for content in contents { counts[content] += 1 }
    self.counts = counts.sorted(by: >)
  }

  /// Contents from keys, by their first appearance.
  package init(keys: [String], times: [Double]) {
    var numbers: [String: Int] = [:]
    let contents = keys.map { key -> Int in
      if let number = numbers[key] { return number }
      numbers[key] = numbers.count
      return numbers.count - 1
    }
    self.init(contents: contents, times: times)
  }

  /// Requests a second; 1 where no times are known.
  package var rate: Double {
    guard let first = times.first, let last = times.last, last > first else { return 1 }
    return Double(times.count - 1) / (last - first)
  }

  /// The share of requests that ask what was asked before.
  package var repeatShare: Double {
    Double(contents.count - counts.count) / Double(contents.count)
  }

  /// The share of requests whose content is asked once in all.
  package var uniqueShare: Double {
    Double(counts.count { $0 == 1 }) / Double(contents.count)
  }

  /// How many contents are asked more than once.
  package var repeated: Int { counts.count { $0 > 1 } }

  /// The Zipf exponent of contents that repeat, with its interval; nil below two of them.
  ///
  /// The most likely exponent of weights k^-s over the ranks of contents that were asked more than once; its
  /// interval comes of the likelihood's curvature. Source: Clauset, Shalizi and Newman, "Power-law
  /// distributions in empirical data", SIAM Review 51 (2009) 661–703, DOI 10.1137/070710111, for the
  /// finite case. Ranks are taken from the same counts, which steepens the fit where counts are small.
  package var zipf: (exponent: Double, low: Double, high: Double)? {
    let counts = self.counts.filter { $0 > 1 }
    guard counts.count > 1 else { return nil }
    let logarithms = counts.indices.map { ElementaryFunctions.log(Double($0 + 1)) }
    let total = counts.reduce(0) { $0 + Double($1) }
    let sum = zip(counts, logarithms).reduce(0) { $0 + Double($1.0) * $1.1 }
    func cost(_ s: Double) -> Double {
      let weights = zipfWeights(count: counts.count, exponent: min(20, max(0, s)))
      return s * sum + total * ElementaryFunctions.log(weights.reduce(0, +))
    }
    let best = Minimum.of({ $0[0] < 0 || $0[0] > 20 ? .infinity : cost($0[0]) }, from: [0.8]).place[
      0]
    let step = 0.01
    let curvature = (cost(best + step) - 2 * cost(best) + cost(max(0, best - step))) / (step * step)
    let width = curvature > 0 ? 1.96 / curvature.squareRoot() : .infinity
    return (best, max(0, best - width), best + width)
  }

  /// How many contents there may be in all, with those that were not asked yet.
  ///
  /// Source: Chao, "Nonparametric estimation of the number of classes in a population", Scandinavian
  /// Journal of Statistics 11 (1984) 265–270: a lower bound.
  package var fewestContents: Double {
    let once = Double(counts.count { $0 == 1 })
    let twice = Double(counts.count { $0 == 2 })
    return Double(counts.count) + (twice > 0 ? once * once / (2 * twice) : once * (once - 1) / 2)
  }

  // MARK: Caches

  /// The share of requests that a cache would answer, whose entries live for a time after they are made.
  package func hitRatio(timeToLive: Double) -> Double {
    guard !times.isEmpty else { return .nan }
    var madeAt = [Double](repeating: -.infinity, count: counts.count)
    var hits = 0
    for (content, time) in zip(contents, times) {
      if time - madeAt[content] < timeToLive { hits += 1 } else { madeAt[content] = time }
    }
    return Double(hits) / Double(contents.count)
  }

  /// The share of requests that a cache of so many entries would answer which drops the least recently used.
  ///
  /// - Complexity: O(n) with a doubly linked list.
  package func hitRatio(capacity: Int) -> Double {
    let none = counts.count
    var next = [Int](repeating: none, count: none + 1)
    var previous = next
    var isThere = [Bool](repeating: false, count: none)
    var (size, hits) = (0, 0)
    for content in contents {
      if isThere[content] {
        hits += 1
        next[previous[content]] = next[content]
        previous[next[content]] = previous[content]
      } else {
        isThere[content] = true
        size += 1
        if size > capacity {
          let last = previous[none]
          next[previous[last]] = none
          previous[none] = previous[last]
          isThere[last] = false
          size -= 1
        }
      }
      // To the front, behind the sentinel.
      next[content] = next[none]
      previous[content] = none
      previous[next[none]] = content
      next[none] = content
    }
    return Double(hits) / Double(contents.count)
  }

  /// What the fitted law makes of a cache: requests for each content come as a Poisson stream.
  ///
  /// With a time to live T the ratio of a content asked at rate λ is λT/(1 + λT); with a capacity it is
  /// 1 - e^(-λt), where t is the time in which so many different contents are asked. Source: Che, Tung and
  /// Wang, "Hierarchical Web caching systems", IEEE Journal on Selected Areas in Communications 20 (2002)
  /// 1305–1314, DOI 10.1109/JSAC.2002.801752.
  package func modelHitRatio(timeToLive: Double?, capacity: Int?) -> Double {
    guard let zipf, repeated > 0 else { return 0 }
    let weights = zipfWeights(count: repeated, exponent: zipf.exponent)
    let sum = weights.reduce(0, +)
    let common = (1 - uniqueShare) * rate
    var time = timeToLive ?? .infinity
    if let capacity {
      func different(_ t: Double) -> Double {
        weights.reduce(uniqueShare * rate * t) {
          $0 + 1 - ElementaryFunctions.exp(max(-700, -common * $1 / sum * t))
        }
      }
      var (low, high) = (0.0, 1.0)
      while different(high) < Double(capacity), high < 1e15 { high *= 2 }
      for _ in 0..<80 {
        let middle = (low + high) / 2
        if different(middle) < Double(capacity) { low = middle } else { high = middle }
      }
      time = low
    }
    let isTimed = capacity == nil
    return (1 - uniqueShare)
      * weights.reduce(0.0) { total, weight in
        let x = common * weight / sum * time
        let ratio =
          isTimed
          ? (x.isFinite ? x / (1 + x) : 1) : 1 - ElementaryFunctions.exp(max(-700, -x))
        return total + weight / sum * ratio
      }
  }

  // MARK: Report

  /// The report, with what caches of a time to live and of a capacity would make of the requests.
  package func report(timeToLive: Double, capacity: Int) -> CalibrationReport {
    let zipf = zipf
    var table = CalibrationReport.Table(
      title: "What is asked", header: ["measure", "value>"],
      rows: [
        ["requests", "\(contents.count)"], ["different contents", "\(counts.count)"],
        ["requests that repeat an earlier one", FittedText.percent(repeatShare, places: 2)],
        ["requests whose content comes once", FittedText.percent(uniqueShare, places: 2)],
        ["contents that repeat", "\(repeated)"],
        ["contents in all, at least", FittedText.number(fewestContents, digits: 3)],
        [
          "share of the most frequent content",
          FittedText.percent(Double(counts[0]) / Double(contents.count), places: 2),
        ],
      ])
    if let zipf {
      table.rows.append([
        "Zipf exponent of those that repeat",
        FittedText.number(zipf.exponent) + " (" + FittedText.number(zipf.low) + " … "
          + FittedText.number(zipf.high) + ")",
      ])
    }
    var caches = CalibrationReport.Table(
      title: "What a cache of whole answers would hit, if every answer may be kept",
      header: ["cache", "these requests>", "the fitted law>"])
    if !times.isEmpty {
      caches.rows.append([
        "entries live \(FittedText.time(timeToLive, digits: 3))",
        FittedText.percent(hitRatio(timeToLive: timeToLive), places: 2),
        FittedText.percent(modelHitRatio(timeToLive: timeToLive, capacity: nil), places: 2),
      ])
    }
    caches.rows.append([
      "\(capacity) entries, least recently used goes",
      FittedText.percent(hitRatio(capacity: capacity), places: 2),
      FittedText.percent(modelHitRatio(timeToLive: nil, capacity: capacity), places: 2),
    ])
    return CalibrationReport(
      summary: "\(contents.count) requests, of which \(FittedText.percent(repeatShare, places: 2)) "
        + "repeat an earlier one.",
      tables: [table, caches], doubts: doubts(zipf?.exponent),
      fragment: [
        "content: { catalogue: \(max(1, repeated)), zipf: "
          + "\(formatted(zipf?.exponent ?? 0, places: 3)), unique: "
          + "\(formatted(uniqueShare * 100, places: 2))% }"
      ], place: "workload")
  }

  private func doubts(_ exponent: Double?) -> [String] {
    var doubts = [
      "How long was it watched? What comes once in \(contents.count) requests may come again later; a "
        + "longer record has a larger catalogue, fewer unique requests and other ratios.",
      "Do repeats come sooner than by chance? Where these requests hit more than the fitted law, they do: "
        + "the law has popularity and no memory.",
      "May every answer be kept? Only those that are deterministic; the ratios above are upper bounds.",
    ]
    if repeated < 100 {
      doubts.append(
        "Is the exponent worth anything? It rests on \(repeated) contents that repeat"
          + (exponent == nil ? ", too few for any." : "."))
    }
    return doubts
  }
}
