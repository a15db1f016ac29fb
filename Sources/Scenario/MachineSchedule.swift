// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// How many machines a pool should have over time, as local clocks say: business hours, nights, weekends.
package struct MachineSchedule: Sendable, Equatable {
  /// A number of machines for some hours of some days.
  package struct Hours: Sendable, Equatable {
    /// The days on which the hours begin, Monday first.
    package let days: [Bool]
    /// When they begin, by the local clock.
    package let from: TimeSpan
    /// When they end; the next day's time where it is not after `from`.
    package let to: TimeSpan
    /// Whose clock it is.
    package let zone: LocalZone
    /// How many machines there should be meanwhile.
    package let machines: Int

    /// Hours of those values.
    ///
    /// - Precondition: there are seven days.
    package init(days: [Bool], from: TimeSpan, to: TimeSpan, zone: LocalZone, machines: Int) {
      precondition(days.count == 7, "a week has seven days")
      self.days = days
      self.from = from
      self.to = to
      self.zone = zone
      self.machines = machines
    }

    /// Whether a moment lies in them.
    func contains(_ date: UTCDate) -> Bool {
      let week = (date + zone.offset(at: date)).timeOfWeek.nanoseconds
      let (day, rest) = week.quotientAndRemainder(dividingBy: TimeSpan.hours(24).nanoseconds)
      let time = TimeSpan(nanoseconds: rest)
      guard to <= from else { return days[Int(day)] && from <= time && time < to }
      return (days[Int(day)] && from <= time) || (days[Int(day + 6) % 7] && time < to)
    }
  }

  /// A number of machines from a time on.
  package struct Change: Sendable, Equatable {
    /// From when on, in the time of the scenario.
    package let at: Instant
    /// How many there should be.
    package let machines: Int
  }

  /// The numbers in order of time; the first holds before its time too, and neighbours differ.
  package let changes: [Change]

  /// The numbers of hours from some days before a scenario's start to its end.
  ///
  /// Of hours that overlap the last in the list count. Where the clock is changed, hours begin and end when the
  /// local clock shows their times; a time that it skips counts as passed.
  ///
  /// - Parameters:
  ///   - usual: how many machines there should be at all other times.
  /// - Complexity: O(days × hours²).
  package init(usual: Int, _ hours: [Hours], start: UTCDate, horizon: TimeSpan) {
    let (first, last) = (start + (.zero - .hours(24 * 8)), start + horizon)
    var moments = [first]
    for entry in hours {
      moments += entry.zone.clockChanges(in: first.year - 1...last.year + 1)
      // Every day on which either time may fall, by any of the zone's offsets.
      var day = first + (.zero - first.timeOfDay) + (.zero - .hours(48))
      while day < last + .hours(48) {
        for offset in entry.zone.offsets {
          moments += [day + (entry.from - offset), day + (entry.to - offset)]
        }
        day = day + .hours(24)
      }
    }
    var changes: [Change] = []
    for moment in moments.sorted() where first <= moment && moment < last {
      let machines = hours.last { $0.contains(moment) }?.machines ?? usual
      if machines != changes.last?.machines {
        changes.append(Change(at: .start + (moment - start), machines: machines))
      }
    }
    self.changes = changes
  }

  /// How many machines there should be at a time.
  ///
  /// - Complexity: O(log changes).
  package func machines(at time: Instant) -> Int { changes[position(at: time)].machines }

  /// The first change after a time; `nil` for none.
  ///
  /// - Complexity: O(log changes).
  package func nextChange(after time: Instant) -> Change? {
    guard let first = changes.first, first.at <= time else { return changes.first }
    let next = position(at: time) + 1
    return next < changes.count ? changes[next] : nil
  }

  /// The fewest machines that it ever asks for.
  package var fewest: Int { changes.lazy.map(\.machines).min() ?? 0 }

  /// The most machines that it ever asks for.
  package var most: Int { changes.lazy.map(\.machines).max() ?? 0 }

  /// The time mean of the machines from the start up to a horizon.
  package func mean(over horizon: TimeSpan) -> Double {
    var sum = 0.0
    for (number, change) in changes.enumerated() {
      let end = number + 1 < changes.count ? changes[number + 1].at : .start + horizon
      let inside = min(end, .start + horizon) - max(.start, change.at)
      sum += max(.zero, inside).inSeconds * Double(change.machines)
    }
    return sum / horizon.inSeconds
  }

  /// The place of the change that holds at a time.
  private func position(at time: Instant) -> Int {
    var (low, high) = (0, changes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if changes[middle].at <= time { low = middle } else { high = middle }
    }
    return low
  }
}
