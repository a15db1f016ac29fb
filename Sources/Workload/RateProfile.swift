// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// The rate of arrivals over time, constant in steps.
package struct RateProfile: Sendable, Equatable {
  /// A stretch of constant rate.
  package struct Step: Sendable, Equatable {
    /// When it begins.
    package let start: Instant
    /// The rate from then until the next step.
    package let rate: Rate

    /// A step of those values.
    package init(start: Instant, rate: Rate) {
      self.start = start
      self.rate = rate
    }
  }

  /// The shape of a day and a week.
  package struct Shape: Sendable, Equatable {
    /// The rate at the peak of a weekday.
    package let peak: Rate
    /// The time of day of the peak, UTC.
    package let peakTime: TimeSpan
    /// The amplitude round the mean of the day, as a share of that mean.
    package let swing: Share
    /// What Saturday and Sunday have of a weekday's rate; above the whole where they are busier.
    package let weekend: Share

    /// A shape of those values.
    package init(peak: Rate, peakTime: TimeSpan, swing: Share, weekend: Share) {
      self.peak = peak
      self.peakTime = peakTime
      self.swing = swing
      self.weekend = weekend
    }
  }

  /// What holds at times of which recorded steps say nothing.
  package struct Outside: Sendable, Equatable {
    /// Whether the first rate holds before the first step.
    package var holdsBefore = false
    /// Whether the last rate holds after the last step.
    package var holdsAfter = false
    /// How much of the steps' beginning and end is repeated before and after them; goes before the others.
    package var repeats: TimeSpan?

    /// Nothing arrives outside the steps.
    package init() {}
  }

  /// The steps of one period, or of all time when there is no period.
  private let steps: [Step]
  /// After which the steps repeat; `nil` when they don't.
  private let period: TimeSpan?
  /// How far into a period the scenario starts.
  private let phase: TimeSpan
  /// When the last step ends, where nothing repeats.
  private let end: Instant
  /// What holds before the first step and after the last, where nothing repeats.
  private var outside = Outside()

  /// The same rate for ever.
  package static func constant(_ rate: Rate) -> RateProfile {
    RateProfile(
      steps: [Step(start: .start, rate: rate)], period: nil, phase: .zero, end: .never)
  }

  /// Steps as they were recorded; before the first and after the last nothing arrives.
  ///
  /// The last step lasts as long as the one before it.
  ///
  /// - Precondition: there are two steps at least, their times rise, and as long after the last
  /// one as it comes after
  ///   the one before is before the end of time.
  package static func recorded(_ steps: [Step]) -> RateProfile {
    precondition(steps.count >= 2, "a recorded rate has two steps at least")
    let last = steps[steps.count - 1].start
    return recorded(steps, end: last + (last - steps[steps.count - 2].start))
  }

  /// Steps as they were recorded until `end`, and what holds outside them.
  ///
  /// - Precondition: their times rise up to `end`, and what is repeated is not longer than all of them.
  package static func recorded(
    _ steps: [Step], end: Instant, outside: Outside = Outside()
  ) -> RateProfile {
    for (step, next) in zip(steps, steps.dropFirst()) {
      precondition(step.start < next.start, "the steps of a rate follow each other")
    }
    precondition(
      steps.last.map { $0.start < end } ?? false, "a recorded rate ends after its last step")
    precondition(
      outside.repeats.map { $0 > .zero && $0 <= end - steps[0].start } ?? true,
      "what is repeated was recorded")
    var profile = RateProfile(steps: steps, period: nil, phase: .zero, end: end)
    profile.outside = outside
    return profile
  }

  /// A week in steps of a minute: rate(t) = peak · (1 + swing·cos(2π(t - peakTime)/24h)) / (1 +
  /// swing),
  /// times the weekend's share on Saturdays and Sundays.
  ///
  /// Each minute has the rate of its middle, which errs by less than a millionth of the peak.
  package static func weekly(_ shape: Shape, start: UTCDate) -> RateProfile {
    let swing = shape.swing.fraction
    let steps = (0..<7 * 24 * 60).map { minute in
      let hours = (Double(minute % 1_440) + 0.5) / 60 - shape.peakTime.inSeconds / 3_600
      let daily = (1 + swing * Elementary.cosine(turns: hours / 24)) / (1 + swing)
      let share = minute >= 5 * 1_440 ? shape.weekend.fraction : 1
      return Step(
        start: .start + .minutes(Int64(minute)),
        rate: Rate(roundingPerSecond: shape.peak.perSecond * daily * share))
    }
    return RateProfile(steps: steps, period: .hours(168), phase: start.timeOfWeek, end: .never)
  }

  /// The hours of a week.
  package static var hoursOfWeek: Int { 7 * 24 }

  /// A week in steps of an hour, UTC: each hour, from Monday's first on, has its share of a rate.
  ///
  /// - Precondition: there is a share for each of the ``hoursOfWeek``.
  package static func hourly(_ rate: Rate, shares: [Share], start: UTCDate) -> RateProfile {
    precondition(shares.count == hoursOfWeek, "a week has 168 hours")
    let steps = shares.enumerated().map { hour, share in
      Step(
        start: .start + .hours(Int64(hour)),
        rate: Rate(roundingPerSecond: rate.perSecond * share.fraction))
    }
    return RateProfile(
      steps: steps, period: .hours(Int64(hoursOfWeek)), phase: start.timeOfWeek, end: .never)
  }

  /// The rate that holds at an instant, and until when it does.
  package func rate(at instant: Instant) -> (rate: Rate, until: Instant) {
    guard let period else {
      guard end == .never || (steps[0].start <= instant && instant < end) else {
        return outsideRate(at: instant)
      }
      let after = firstStep(after: instant)
      guard after > 0 else { return (.zero, steps[0].start) }
      return (steps[after - 1].rate, after < steps.count ? steps[after].start : end)
    }
    let position = (instant + phase).nanoseconds
    let cycle = Int64(
      (Double(position) / Double(period.nanoseconds)).rounded(.down))
    let inside = Instant(nanoseconds: position - cycle * period.nanoseconds)
    let after = firstStep(after: inside)
    let next = after < steps.count ? steps[after].start : .start + period
    return (steps[max(0, after - 1)].rate, instant + (next - inside))
  }

  /// The rate at an instant before the first step or after the last.
  private func outsideRate(at instant: Instant) -> (rate: Rate, until: Instant) {
    let first = steps[0].start
    let isBefore = instant < first
    guard let length = outside.repeats else {
      let holds = isBefore ? outside.holdsBefore : outside.holdsAfter
      let rate = isBefore ? steps[0].rate : steps[steps.count - 1].rate
      return (holds ? rate : .zero, isBefore ? first : .never)
    }
    // As far into the first length, or into the last one, as it lies in its own.
    let origin = isBefore ? first : end - length
    let distance = (instant - origin).nanoseconds
    let into = ((distance % length.nanoseconds) + length.nanoseconds) % length.nanoseconds
    let inside = origin + TimeSpan(nanoseconds: into)
    let (rate, until) = rate(at: inside)
    let edge = min(until, origin + length)
    return (rate, instant + (edge - inside))
  }

  /// The number of the first step that starts after an instant, by bisection.
  private func firstStep(after instant: Instant) -> Int {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].start <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the rate is the same at all times.
  package var isConstant: Bool {
    end == .never && steps.dropFirst().allSatisfy { $0.rate == steps[0].rate }
  }

  /// The same with every rate multiplied.
  package func scaled(by factor: Double) -> RateProfile {
    let steps = steps.map {
      Step(start: $0.start, rate: Rate(roundingPerSecond: $0.rate.perSecond * factor))
    }
    var profile = RateProfile(steps: steps, period: period, phase: phase, end: end)
    profile.outside = outside
    return profile
  }

  /// The highest rate of all steps.
  package var highestRate: Rate { steps.map(\.rate).max() ?? .zero }

  /// The rates at the middle of each of `count` equal parts of a stretch of time.
  package func rates(from start: Instant, for length: TimeSpan, count: Int) -> [Rate] {
    (0..<count).map { part in
      let offset = Int128(length.nanoseconds) * Int128(2 * part + 1) / Int128(2 * count)
      return rate(at: start + TimeSpan(nanoseconds: Int64(offset))).rate
    }
  }
}
