// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

extension ZipfFit {
  /// The share of the log's requests that repeat an earlier content, if they are as fitted.
  package var repeatShare: Double {
    groups.reduce(0) { $0 + $1.contents * ($1.mean - Self.growth($1.mean)) } / Double(requests)
  }

  /// The share of requests that a cache answers whose entries live for a fixed time.
  ///
  /// Independent requests for a content at rate λ hit with probability λT/(1 + λT): Berger, Gland,
  /// Singla and Ciucu, "Exact analysis of TTL cache networks", Performance Evaluation 79 (2014),
  /// DOI 10.1016/j.peva.2014.07.001.
  ///
  /// - Parameters:
  ///   - timeToLive: how long an entry lives.
  ///   - duration: how long the log is, in the same unit.
  package func hitRatio(timeToLive: Double, duration: Double) -> Double {
    let hits = groups.reduce(0.0) { sum, group in
      let x = group.mean * timeToLive / duration
      return sum + group.contents * group.mean * x / (1 + x)
    }
    return hits / Double(requests)
  }

  /// The share of requests that a full cache of `capacity` entries answers, of which the one that was
  /// asked for longest ago makes room.
  ///
  /// Entries stay for a characteristic time without a request; unique contents take room for that
  /// time too. Che, Tung and Wang, "Hierarchical Web caching systems: modeling, design and experimental
  /// results", IEEE Journal on Selected Areas in Communications 20 (2002), DOI 10.1109/JSAC.2002.801752.
  ///
  /// - Precondition: the capacity is positive.
  /// - Complexity: some hundred times hundreds of contents.
  package func hitRatio(capacity: Int) -> Double {
    precondition(capacity > 0, "a cache holds something")
    let total = Double(requests)
    // Times are counted in requests.
    func held(_ time: Double) -> Double {
      groups.reduce(unique.estimate * time) { $0 + $1.contents * Self.growth($1.mean / total * time) }
    }
    var (low, high) = (0.0, Double(capacity))
    while held(high) < Double(capacity) && high < 1e15 { high *= 2 }
    for _ in 0..<100 where high < 1e15 {
      let middle = (low + high) / 2
      if held(middle) < Double(capacity) { low = middle } else { high = middle }
    }
    return groups.reduce(0.0) {
      $0 + $1.contents * $1.mean / total * Self.growth($1.mean / total * high)
    }
  }

  /// 1 - e^-x.
  private static func growth(_ x: Double) -> Double {
    // Below that the series is exact to 1e-16 of it.
    x < 1e-5 ? x * (1 - x / 2 * (1 - x / 3)) : 1 - Elementary.exp(-min(x, 700))
  }
}
