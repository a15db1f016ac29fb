// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// A spot price that wanders round its mean and jumps now and then.
///
/// The logarithm of the price is an Ornstein–Uhlenbeck process and a shot noise that decays at the same
/// rate, seen at equal steps; the price of a step holds until the next. It is scaled so that its mean over
/// time is the stated one. Source: Cartea and Figueroa, "Pricing in electricity markets: a mean reverting
/// jump diffusion model with seasonality", Applied Mathematical Finance 12 (2005) 313–335,
/// DOI 10.1080/13504860500117503; the mean of shot noise by Campbell's theorem (Kingman, Poisson
/// Processes, Oxford 1993, ISBN 978-0-19-853693-2, section 3.2).
package struct PriceLaw: Sendable, Equatable {
  /// Sudden rises.
  package struct Jumps: Sendable, Equatable {
    /// The mean time between two of them.
    package let every: TimeSpan
    /// By what each multiplies the price.
    package let factor: Double

    /// Jumps of those values.
    package init(every: TimeSpan, factor: Double) {
      self.every = every
      self.factor = factor
    }
  }

  /// The mean price, before ``highest`` or ``mostOfMean`` cuts it.
  package let mean: HourlyPrice
  /// The standard deviation of the logarithm, without jumps.
  package let deviation: Double
  /// In what time a deviation shrinks to 1/e of it.
  package let reversion: TimeSpan
  /// Sudden rises; `nil` for none.
  package let jumps: Jumps?
  /// How long a price holds.
  package let step: TimeSpan
  /// The highest price; `nil` for none.
  package let highest: HourlyPrice?

  /// No drawn price is more than so many times the mean.
  package static let mostOfMean: Int64 = 100

  /// A price of those values.
  ///
  /// - Precondition: times are above zero, the deviation is not negative, jumps go up.
  package init(
    mean: HourlyPrice, deviation: Double, reversion: TimeSpan, jumps: Jumps?, step: TimeSpan,
    highest: HourlyPrice?
  ) {
    precondition(reversion > .zero && step > .zero && deviation >= 0, "times are above zero")
    precondition(jumps.map { $0.every > .zero && $0.factor >= 1 } ?? true, "jumps go up")
    self.mean = mean
    self.deviation = deviation
    self.reversion = reversion
    self.jumps = jumps
    self.step = step
    self.highest = highest
  }

  /// One course of the price over a scenario, begun in its stationary law.
  ///
  /// - Parameters:
  ///   - wander: draws of the process, one for each step.
  ///   - shots: draws of the jumps, one for each.
  /// - Complexity: O(steps + jumps).
  package func series(
    over horizon: TimeSpan, wander: RandomStream, shots: RandomStream
  ) -> PriceSeries {
    let steps = Int128(horizon.nanoseconds).dividedRoundingUp(by: Int128(step.nanoseconds))
    let decay = Self.decay(for: step.inSeconds / reversion.inSeconds)
    let most = min(highest?.nanodollarsPerHour ?? .max, mean.nanodollarsPerHour * Self.mostOfMean)
    let noise = deviation * (1 - decay * decay).squareRoot()
    let level = Elementary.log(Double(max(1, mean.nanodollarsPerHour))) - logMeanOfFactors
    var shotNoise = ShotNoise(self, draws: shots)
    var first = wander.draws(of: 0)
    var wandered = deviation * first.nextNormal()
    var changes: [PriceSeries.Change] = []
    for number in 0..<Int64(max(1, steps)) {
      if number > 0 {
        var draws = wander.draws(of: UInt64(number))
        wandered = wandered * decay + noise * draws.nextNormal()
      }
      let time = step * number
      let logarithm = level + wandered + shotNoise.value(at: time.inSeconds)
      let price = Elementary.exp(min(max(logarithm, -Self.far), Self.far))
      let whole = min(Int64(min(price, 9e18).rounded(.toNearestOrEven)), most)
      changes.append(
        PriceSeries.Change(at: .start + time, price: HourlyPrice(nanodollarsPerHour: whole)))
    }
    return PriceSeries(changes: changes)
  }

  /// Beyond this e to the power of it is nothing, or more than any price.
  private static let far = 690.0

  /// What is left of a deviation after so many times of reversion.
  fileprivate static func decay(for times: Double) -> Double {
    times < far ? Elementary.exp(-times) : 0
  }

  /// How far the logarithm of the usual price, the median without deviation and with the mean of jumps, lies below that
  /// of the mean price.
  ///
  /// Where it is large, the mean rests on prices that no run is long enough to draw.
  package var meanAboveUsual: Double {
    guard let jumps else { return logMeanOfFactors }
    let each = Elementary.log(jumps.factor)
    return logMeanOfFactors - reversion.inSeconds / jumps.every.inSeconds * each
  }

  /// The logarithm of the mean of what the price is multiplied by.
  private var logMeanOfFactors: Double {
    var sum = deviation * deviation / 2
    if let jumps {
      // λτ ∫₀^Y (e^u - 1)/u du for jumps of height Y, as a series.
      let height = Elementary.log(jumps.factor)
      var (term, integral) = (1.0, 0.0)
      for order in 1...200 {
        term *= height / Double(order)
        integral += term / Double(order)
        if term < 1e-18 { break }
      }
      sum += reversion.inSeconds / jumps.every.inSeconds * integral
    }
    return sum
  }
}

/// What is left of jumps at a time that only goes forward, in seconds since the start.
private struct ShotNoise {
  private let height: Double
  private let meanGap: Double
  private let reversion: Double
  private let stream: RandomStream
  private var number: UInt64 = 0
  private var next: Double
  private var sum = 0.0
  private var at: Double

  init(_ law: PriceLaw, draws: RandomStream) {
    height = Elementary.log(law.jumps?.factor ?? 1)
    meanGap = law.jumps?.every.inSeconds ?? .infinity
    reversion = law.reversion.inSeconds
    stream = draws
    // What jumped earlier has shrunk to e^-30 of it.
    at = -30 * reversion
    next = at
    if law.jumps == nil { next = .infinity } else { advance() }
  }

  private mutating func advance() {
    var draws = stream.draws(of: number)
    number += 1
    next += meanGap * draws.nextExponential()
  }

  mutating func value(at time: Double) -> Double {
    while next <= time {
      sum = sum * PriceLaw.decay(for: (next - at) / reversion) + height
      at = next
      advance()
    }
    sum *= PriceLaw.decay(for: (time - at) / reversion)
    at = time
    return sum
  }
}
