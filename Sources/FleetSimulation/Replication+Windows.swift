// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Recording
import Scenario
import Serving

extension Replication where Engine: ~Copyable {
  /// Schedules the windows that are known beforehand; those of interruptions follow as these come.
  mutating func scheduleWindows() {
    switch scenario.run.requests {
    case .once(let window):
      schedule(.warmUp, from: window.from - window.warmUp, until: window.from)
      schedule(.measured, from: window.from, until: window.end)
    case .sampled(let sample):
      for stretch in meter.plan?.stretches ?? [] {
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
    let rate = scenario.workload.rate(at: time).rate.perSecond * fluid.engineShare
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
    guard fluid.known != nil, case .sampled(let sample) = scenario.run.requests,
      let after = sample.afterInterruption
    else { return }
    fluid.known?.noteInterruption(from: from, until: end + after)
  }

  /// Opens or closes a window; requests begin to arrive with the first that opens.
  mutating func change(_ part: WindowPart, opens: Bool) {
    noteReplicaUse()
    if opens && !requests.areArriving { advanceFluid() }
    meter.windows.change(part, opens: opens)
    if meter.windows.isOpen && !requests.areArriving { letArrivalsBegin() }
    enterMinute()
  }

  private mutating func letArrivalsBegin() {
    primeCache()
    carryBacklog()
    requests.source.restart(at: now)
    // The column may be entered in its middle.
    beginColumn()
    requests.areArriving = true
    scaling.scrape.reset()
    scaling.scrapeBegan = now
  }

  /// Notes where requests of this minute are counted.
  mutating func enterMinute() {
    let minute = (now - meter.minuteOrigin).nanoseconds / TimeSpan.minutes(1).nanoseconds
    // When several windows close at the horizon, the first still sees the others open; there is no next minute.
    guard meter.windows.isMeasuring, minute < meter.minuteCount else {
      meter.place = .none
      meter.minuteEnd = .never
      return
    }
    let stratum = enterWindow(ofMinute: minute)
    if meter.sections.begins(at: Int(minute)) {
      meter.sections.cut(&meter.recorder, before: Int(minute))
    }
    let inSystem = (0..<engine.count).reduce(0) { $0 + Int(path[ReplicaID($1)].outstanding) }
    meter.place = meter.recorder.enter(minute: Int(minute), stratum: stratum, backlog: inSystem)
    meter.minuteEnd = meter.minuteOrigin + .minutes(minute + 1)
  }

  /// The stratum of a minute; the window that was open before ends where the minute belongs to another.
  private mutating func enterWindow(ofMinute minute: Int64) -> Int {
    guard let number = meter.plan?.window(ofMinute: minute),
      let stratum = meter.plan?.windows[number].stratum
    else { return 0 }
    guard meter.openWindow?.number != number else { return stratum }
    noteReplicaUse()
    endWindow()
    engineTime.stratum = stratum
    meter.openWindow = (number, meter.recorder.totals(of: stratum))
    return stratum
  }

  /// Notes what ended in the window that was measured last.
  mutating func endWindow() {
    guard let (number, before) = meter.openWindow, let stratum = meter.plan?.windows[number].stratum
    else {
      return
    }
    meter.openWindow = nil
    // Who is still on his way counts in the next window of the stratum: it is for the spread only.
    meter.plan?.note(meter.recorder.totals(of: stratum).since(before), of: number)
  }
}

extension Scenario {
  /// How many minutes may be measured.
  var minutesToMeasure: Int {
    let length: TimeSpan
    switch run.requests {
    case .once(let window): length = window.length
    case .sampled: length = run.horizon
    }
    let minute = Int128(TimeSpan.minutes(1).nanoseconds)
    return Int(Int128(length.nanoseconds).dividedRoundingUp(by: minute))
  }
}
