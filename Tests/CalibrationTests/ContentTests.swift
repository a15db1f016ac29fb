// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import Numerics
import RandomStreams
import Testing

@Suite("What requests ask")
struct ContentTests {
  /// Requests of a Zipf law, one a second on average.
  private static func requests(
    _ catalogue: Int, _ exponent: Double, count: Int, unique: Double = 0, trial: Int
  ) -> ContentCalibration {
    let weights = zipfWeights(count: catalogue, exponent: exponent)
    var sums: [Double] = []
    for weight in weights { sums.append((sums.last ?? 0) + weight) }
    let stream = RandomStream(
      seed: 13, replication: UInt32(trial), purpose: .testing, entity: 3)
    var now = 0.0
    var times: [Double] = []
    let keys = (0..<count).map { index -> String in
      var draws = stream.draws(of: UInt64(index))
      now += draws.nextExponential()
      times.append(now)
      if draws.nextUniform() < unique { return "once \(index)" }
      let mark = draws.nextUniform() * sums[catalogue - 1]
      return "\(sums.firstIndex { $0 > mark } ?? 0)"
    }
    return ContentCalibration(keys: keys, times: times)
  }

  @Test("has its Zipf exponent inside the interval as often as the interval says")
  func exponent() throws {
    var held = 0
    for trial in 0..<200 {
      let zipf = try #require(Self.requests(12, 0.9, count: 3_000, trial: trial).zipf)
      if zipf.low <= 0.9 && 0.9 <= zipf.high { held += 1 }
    }
    // 95 % of 200 within three standard deviations; so many requests leave no rank in doubt.
    #expect((181...200).contains(held), "\(held)")
  }

  /// A key asked at rate 1 and kept for T seconds after each miss hits λT/(1 + λT) of the time: Poisson
  /// renewal theory, as in QueueingTheory.TTLCache.
  @Test("of one key hits a cache as often as λT/(1 + λT)", arguments: [0.5, 1.0, 6.0])
  func timeToLive(life: Double) {
    let requests = Self.requests(1, 0, count: 100_000, trial: 1)
    let truth = life / (1 + life)
    #expect(abs(requests.hitRatio(timeToLive: life) - truth) < 0.01)
  }

  @Test("of a known law hits as the fitted law says, by time and by capacity")
  func model() {
    let requests = Self.requests(400, 0.8, count: 60_000, unique: 0.3, trial: 2)
    #expect(abs(requests.uniqueShare - 0.3) < 0.01)
    for life in [20.0, 300] {
      let (real, fitted) = (
        requests.hitRatio(timeToLive: life),
        requests.modelHitRatio(timeToLive: life, capacity: nil)
      )
      #expect(abs(real - fitted) < 0.01, "\(real) \(fitted)")
    }
    for capacity in [30, 120] {
      let (real, fitted) = (
        requests.hitRatio(capacity: capacity),
        requests.modelHitRatio(timeToLive: nil, capacity: capacity)
      )
      #expect(abs(real - fitted) < 0.012, "\(real) \(fitted)")
    }
  }

  @Test("by hand: the least recently used goes")
  func leastRecentlyUsed() {
    // a b a c b a with room for two: a hits once; c drives out b, b drives out a, a drives out c.
    let requests = ContentCalibration(contents: [0, 1, 0, 2, 1, 0], times: [])
    #expect(requests.hitRatio(capacity: 2) == 1.0 / 6)
    #expect(requests.hitRatio(capacity: 3) == 0.5)
    #expect(requests.repeatShare == 0.5 && requests.uniqueShare == 1.0 / 6)
    #expect(requests.counts == [3, 2, 1])
    // Three seen, one of them once and one twice: 3 + 1/(2·1).
    #expect(requests.fewestContents == 3.5)
  }
}
