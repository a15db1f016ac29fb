// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Scenario

/// When and where the requests of a replication are measured.
struct Meter: ~Copyable {
  var recorder: RequestRecorder
  var sections: SectionCutter
  /// The limits of requests that targets count as good.
  let limits: [TimeLimits]
  /// After so many nanoseconds a client has given up.
  let timeout: Int64
  /// Where minutes are counted from.
  let minuteOrigin: Instant
  /// How many minutes may be measured.
  let minuteCount: Int
  /// The place in the record of requests that arrive in this minute, until the minute ends.
  var place = MeasuredPlace.none
  var minuteEnd = Instant.never
  /// Which windows are open.
  var windows = RequestWindows()
  /// Which windows requests run in; `nil` where they run in one stretch or not at all.
  var plan: WindowPlan?
  /// The window of the plan that is measured, and what had ended of its stratum when it began.
  var openWindow: (number: Int, before: WindowTotals)?

  /// A meter for the requests of a scenario, with a plan of windows if they run in some.
  init(_ scenario: Scenario, plan: WindowPlan?, knowsTokens: Bool) {
    self.plan = plan
    timeout = scenario.timeout?.nanoseconds ?? .max
    limits = scenario.timeLimits
    switch scenario.run.requests {
    case .once(let window): minuteOrigin = window.from
    case .sampled: minuteOrigin = .start
    }
    minuteCount = scenario.minutesToMeasure
    sections = SectionCutter(sections: scenario.run.sections, minutes: minuteCount)
    recorder = RequestRecorder(
      edges: scenario.latencyEdges, models: scenario.fleet.models.count,
      classes: scenario.workload.mix.classNames.count, strata: plan?.weights.count ?? 1,
      collects: scenario.collectsTimes, knowsTokens: knowsTokens, limits: limits.count)
  }
}
