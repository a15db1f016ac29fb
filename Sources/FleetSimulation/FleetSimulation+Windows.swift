// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Recording
import Scenario

extension FleetSimulation {
  /// Schedules the windows that are known beforehand; those of interruptions follow as these come.
  mutating func scheduleWindows() {
    switch scenario.requests {
    case .once(let window):
      schedule(.warmUp, from: window.from - window.warmUp, until: window.from)
      schedule(.calm, from: window.from, until: window.end)
    case .sampled(let sample):
      for start in windowStarts {
        schedule(.warmUp, from: max(now, start - sample.warmUp), until: start)
        schedule(.calm, from: start, until: min(start + sample.length, horizonEnd))
      }
    }
  }

  private mutating func schedule(_ part: WindowPart, from: Instant, until: Instant) {
    guard from < until else { return }
    events.schedule(.window(part, opens: true), at: from, .window)
    events.schedule(.window(part, opens: false), at: until, .window)
  }

  /// Sees to it that requests run and are measured round the loss of a machine.
  mutating func scheduleWindow(round machine: Int, from: Instant, until end: Instant) {
    guard hasRequests, case .sampled(let sample) = scenario.requests,
      let after = sample.afterInterruption
    else { return }
    // A window begins on a whole minute that is still to come.
    let first = max(.start, from.startOfMinute, (now - TimeSpan(nanoseconds: 1)).endOfMinute)
    let last = min(horizonEnd, (end + after).endOfMinute)
    guard first < last else { return }
    events.schedule(
      .interruptionAhead(machine: machine, from: first, until: last),
      at: max(now, first - sample.warmUp), .window)
  }

  /// Opens a window of an interruption with its warm-up, which begins now.
  mutating func open(_ part: WindowPart, from: Instant, until: Instant) {
    if now < from {
      change(.warmUp, opens: true)
      events.schedule(.window(.warmUp, opens: false), at: from, .window)
    }
    schedule(part, from: from, until: until)
  }

  /// Opens or closes a window; requests begin to arrive with the first that opens.
  mutating func change(_ part: WindowPart, opens: Bool) {
    noteLaneUse()
    windows.change(part, opens: opens, at: now)
    if windows.isOpen && !acceptsArrivals {
      source.restart(at: now)
      primeCache()
      // The column may be entered in its middle.
      if desk.usesCache { prepareDrawn() }
      acceptsArrivals = true
    }
    enterMinute()
  }

  /// Notes where requests of this minute are counted.
  mutating func enterMinute() {
    let minute = (now - minuteOrigin).nanoseconds / TimeSpan.minutes(1).nanoseconds
    // Of windows that end with the horizon, the first that closes finds others open, and no minute follows.
    guard windows.isMeasuring, minute < minuteCount else {
      place = .none
      minuteEnd = .never
      return
    }
    if sections.begins(at: Int(minute)) { sections.cut(&recorder, before: Int(minute)) }
    let inSystem = (0..<bank.count).reduce(0) { $0 + Int(board[$1].outstanding) }
    place = recorder.enter(
      minute: Int(minute), isEventful: windows.isEventful, backlog: inSystem)
    minuteEnd = minuteOrigin + .minutes(minute + 1)
  }
}

extension Scenario {
  /// How many minutes may be measured.
  var minutesToMeasure: Int {
    let length: TimeSpan
    switch requests {
    case .once(let window): length = window.length
    case .sampled: length = horizon
    }
    let minute = Int128(TimeSpan.minutes(1).nanoseconds)
    return Int(Int128(length.nanoseconds).dividedRoundingUp(by: minute))
  }

  /// Where the windows of a sample begin; none where nothing is sampled.
  func windowStarts(_ stream: RandomStream) -> [Instant] {
    guard case .sampled(let sample) = requests else { return [] }
    return sample.starts(horizon: horizon, stream: stream)
  }
}

extension Instant {
  /// The beginning of its minute.
  fileprivate var startOfMinute: Instant {
    let minute = TimeSpan.minutes(1).nanoseconds
    let inside = ((nanoseconds % minute) + minute) % minute
    return Instant(nanoseconds: nanoseconds - inside)
  }

  /// The end of its minute.
  fileprivate var endOfMinute: Instant { startOfMinute + .minutes(1) }
}
