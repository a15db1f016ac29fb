// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import Scenario

/// Which windows are open now, and for how long each stratum has been measured.
///
/// Windows may overlap: a request is measured once, and as eventful where any window of an interruption
/// is open. Edges lie on whole minutes, so that every minute belongs to one stratum.
struct RequestWindows: Sendable {
  /// How many windows of each part are open.
  private var warming = 0
  private var calm = 0
  private var eventful = 0
  private var changedAt: Instant
  private let horizon: Instant
  /// For how long calm time was measured, inside the horizon.
  private(set) var calmTime = TimeSpan.zero
  /// For how long eventful time was measured, inside the horizon.
  private(set) var eventfulTime = TimeSpan.zero

  /// No window is open.
  init(at now: Instant, horizon: Instant) {
    changedAt = now
    self.horizon = horizon
  }

  /// Whether requests should run: whether any window is open.
  private(set) var isOpen = false
  /// Whether requests that arrive now are measured.
  var isMeasuring: Bool { calm + eventful > 0 }
  /// Whether they are measured as arriving round an interruption.
  var isEventful: Bool { eventful > 0 }

  /// Adds the time since the last change to what was measured.
  mutating func settle(at now: Instant) {
    let (from, to) = (max(.start, changedAt), min(now, horizon))
    if to > from {
      if isEventful {
        eventfulTime += to - from
      } else if isMeasuring {
        calmTime += to - from
      }
    }
    changedAt = now
  }

  /// Opens or closes a window.
  mutating func change(_ part: WindowPart, opens: Bool, at now: Instant) {
    settle(at: now)
    let step = opens ? 1 : -1
    switch part {
    case .warmUp: warming += step
    case .calm: calm += step
    case .eventful: eventful += step
    }
    isOpen = warming + calm + eventful > 0
    precondition(warming >= 0 && calm >= 0 && eventful >= 0, "a window closes after it opened")
  }
}

extension Scenario.RequestSample {
  /// Where the windows begin, in order of time.
  ///
  /// The minutes of the horizon are put in the order of their place in the week, and of weeks where
  /// that is the same; in each of equal parts of that order one minute is drawn at random. So every
  /// hour of the week has its share of windows, and every minute is as likely as any other.
  ///
  /// - Complexity: O(n log n) for n windows.
  func starts(horizon: TimeSpan, stream: RandomStream) -> [Instant] {
    let minutes = horizon.nanoseconds / TimeSpan.minutes(1).nanoseconds
    return (0..<Int64(windows)).map { part in
      let (first, end) = (minutes * part / Int64(windows), minutes * (part + 1) / Int64(windows))
      let bits = stream.block(at: UInt64(part)).low >> 32
      let offset = Int64((bits * UInt64(max(1, end - first))) >> 32)
      return .start + .minutes(Self.minute(at: first + offset, of: minutes))
    }.sorted()
  }

  /// The minute at a place in the order by minutes of the week.
  private static func minute(at place: Int64, of minutes: Int64) -> Int64 {
    let week: Int64 = 10_080
    let (weeks, rest) = (minutes / week, minutes % week)
    // The first minutes of the week come once more than the others.
    let often = rest * (weeks + 1)
    guard place >= often else { return place % (weeks + 1) * week + place / (weeks + 1) }
    return (place - often) % weeks * week + rest + (place - often) / weeks
  }
}
