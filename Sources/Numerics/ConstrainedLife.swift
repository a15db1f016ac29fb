// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// A life that is short at first, then long, and ends at a limit at the latest: a bathtub-shaped hazard.
///
/// P(X ≤ t) = A (1 - e^(-t/early) + e^((t - onset)/late) - e^(-onset/late)) before the limit; whatever is
/// left then ends there. Source: Kadupitiya, Jadhao and Sharma, "Modeling The Temporally Constrained
/// Preemptions of Transient Cloud VMs", HPDC 2020, DOI 10.1145/3369583.3392671, of machines that their
/// provider takes back after 24 h at the latest; the last term, which they leave out as small, makes the
/// function begin at 0.
package struct ConstrainedLife: Hashable, Sendable {
  /// The factor A of both ends of the bathtub.
  package let share: Double
  /// The mean of early ends.
  package let early: Double
  /// The time in which late ends become e times as frequent.
  package let late: Double
  /// When late ends set in.
  package let onset: Double
  /// When the longest life ends.
  package let limit: Double

  /// A life of those values.
  package init(share: Double, early: Double, late: Double, onset: Double, limit: Double) {
    self.share = share
    self.early = early
    self.late = late
    self.onset = onset
    self.limit = limit
  }

  /// What must hold of the values; `nil` when it does.
  var fault: String? {
    let sizes = 1e-9...1e12
    guard [early, late, onset, limit].allSatisfy(sizes.contains) else {
      return "times above 0"
    }
    guard share > 0, share <= 1 else { return "a share above 0, at most 1" }
    guard onset / late <= 600, abs(limit - onset) / late <= 600 else {
      return "a late time of at least a 600th of onset and limit"
    }
    return endedBeforeLimit <= 1 ? nil : "parameters that end no more than all lives by the limit"
  }

  /// The probability of a life that ends before the limit, by whose time all have ended.
  package var endedBeforeLimit: Double { raw(limit) }

  private func raw(_ t: Double) -> Double {
    share
      * (1 - Elementary.exp(max(-700, -t / early)) + Elementary.exp((t - onset) / late)
        - Elementary.exp(-onset / late))
  }

  /// The probability of a life of at most `t`.
  func cumulative(_ t: Double) -> Double { t >= limit ? 1 : t <= 0 ? 0 : min(1, raw(t)) }

  /// The density at `t` before the limit.
  package func density(_ t: Double) -> Double {
    share
      * (Elementary.exp(max(-700, -t / early)) / early + Elementary.exp((t - onset) / late) / late)
  }

  /// The mean of the power `order`: order times the integral of t^(order - 1) P(X > t) up to the limit.
  func moment(_ order: Int) -> Double {
    // ∫₀ᴸ t^m e^(-t/a) dt and ∫₀ᴸ t^m e^((t-b)/a) dt, each by parts from m = 0 on.
    let (l, fall, rise) = (
      limit, Elementary.exp(max(-700, -limit / early)), Elementary.exp((limit - onset) / late)
    )
    var down = early * (1 - fall)
    var up = late * (rise - Elementary.exp(-onset / late))
    var power = 1.0
    for m in stride(from: 1, to: order, by: 1) {
      power *= l
      down = early * Double(m) * down - early * power * fall
      up = late * power * rise - late * Double(m) * up
    }
    let n = Double(order)
    let constant = 1 - share + share * Elementary.exp(-onset / late)
    return constant * power * l + n * share * (down - up)
  }

  /// The life that a share `p` of them does not outlive.
  ///
  /// - Complexity: some 60 evaluations.
  func quantile(_ p: Double) -> Double {
    if p >= raw(limit) { return limit }
    return bisected { raw($0) > p }
  }

  /// What is left of a life seen at a moment long after the start, for a uniform number.
  ///
  /// - Complexity: some 60 evaluations.
  func residualQuantile(_ u: Double) -> Double {
    let mean = moment(1)
    let constant = 1 - share + share * Elementary.exp(-onset / late)
    return bisected { t in
      // ∫₀ᵗ P(X > s) ds over the mean.
      let area =
        constant * t + share * early * (1 - Elementary.exp(max(-700, -t / early)))
        - share * late
        * (Elementary.exp((t - onset) / late) - Elementary.exp(-onset / late))
      return area > u * mean
    }
  }

  private func bisected(where isAbove: (Double) -> Bool) -> Double {
    var (low, high) = (0.0, limit)
    var middle = limit / 2
    while low < middle && middle < high {
      if isAbove(middle) { high = middle } else { low = middle }
      middle = low + (high - low) / 2
    }
    return high
  }
}
