// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Recording
import Scenario
import Serving

extension Replication where Engine: ~Copyable {
  /// Schedules the windows that are known beforehand; those of interruptions follow as these come.
  mutating func scheduleWindows() {
    switch scenario.requests {
    case .once(let window):
      schedule(.warmUp, from: window.from - window.warmUp, until: window.from)
      schedule(.measured, from: window.from, until: window.end)
    case .sampled(let sample):
      for stretch in plan?.stretches ?? [] {
        let warmUp = max(sample.warmUp, relaxation(at: stretch.from, load: stretch.load))
        schedule(.warmUp, from: max(now, stretch.from - warmUp), until: stretch.from)
        schedule(.measured, from: stretch.from, until: stretch.until)
      }
    }
  }

  /// How long a queue near saturation needs to forget how it began, twenty minutes at most: what the fluid
  /// limit knows nothing of.
  ///
  /// Three relaxation times of a queue, 1/(√μ - √λ)² each (Cohen, The Single Server Queue (1982), section
  /// II.2.1, ISBN 0-444-85452-5).
  private borrowing func relaxation(at time: Instant, load: Double) -> TimeSpan {
    let rate = scenario.workload.rate(at: time).rate.perSecond * engineShare
    guard rate > 0, load > 0.5, load < 2 else { return .zero }
    let gap = 1 - load.squareRoot()
    return TimeSpan(roundingToMicroseconds: min(1_200, 3 * load / (rate * max(1e-6, gap * gap))))
  }

  private mutating func schedule(_ part: WindowPart, from: Instant, until: Instant) {
    guard from < until else { return }
    events.schedule(.window(part, opens: true), at: from, .window)
    events.schedule(.window(part, opens: false), at: until, .window)
  }

  /// Notes in a rehearsal that a machine will be lost: requests are to run round that time.
  mutating func noteInterruption(from: Instant, until end: Instant) {
    guard known != nil, case .sampled(let sample) = scenario.requests,
      let after = sample.afterInterruption
    else { return }
    known?.noteInterruption(from: from, until: end + after)
  }

  /// Opens or closes a window; requests begin to arrive with the first that opens.
  mutating func change(_ part: WindowPart, opens: Bool) {
    noteLaneUse()
    if opens && !acceptsArrivals { advanceFluid() }
    windows.change(part, opens: opens)
    if windows.isOpen && !acceptsArrivals { letArrivalsBegin() }
    enterMinute()
  }

  private mutating func letArrivalsBegin() {
    primeCache()
    carryBacklog()
    source.restart(at: now)
    // The column may be entered in its middle.
    beginColumn()
    acceptsArrivals = true
    scrape.reset()
    scrapeBegan = now
  }

  /// Notes where requests of this minute are counted.
  mutating func enterMinute() {
    let minute = (now - minuteOrigin).nanoseconds / TimeSpan.minutes(1).nanoseconds
    // When several windows close at the horizon, the first still sees the others open; there is no next minute.
    guard windows.isMeasuring, minute < minuteCount else {
      place = .none
      minuteEnd = .never
      return
    }
    let stratum = enterWindow(ofMinute: minute)
    if sections.begins(at: Int(minute)) { sections.cut(&recorder, before: Int(minute)) }
    let inSystem = (0..<engine.count).reduce(0) { $0 + Int(path[ReplicaID($1)].outstanding) }
    place = recorder.enter(minute: Int(minute), stratum: stratum, backlog: inSystem)
    minuteEnd = minuteOrigin + .minutes(minute + 1)
  }

  /// The stratum of a minute; the window that was open before ends where the minute belongs to another.
  private mutating func enterWindow(ofMinute minute: Int64) -> Int {
    guard let number = plan?.window(ofMinute: minute), let stratum = plan?.windows[number].stratum
    else { return 0 }
    guard openWindow?.number != number else { return stratum }
    noteLaneUse()
    endWindow()
    laneStratum = stratum
    openWindow = (number, recorder.totals(of: stratum))
    return stratum
  }

  /// Notes what ended in the window that was measured last.
  mutating func endWindow() {
    guard let (number, before) = openWindow, let stratum = plan?.windows[number].stratum else {
      return
    }
    openWindow = nil
    // Who is still on his way counts in the next window of the stratum: it is for the spread only.
    plan?.note(recorder.totals(of: stratum).since(before), of: number)
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
}
