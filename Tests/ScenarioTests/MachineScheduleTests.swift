// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Scenario
import Testing

@Suite("A schedule of machines")
struct MachineScheduleTests {
  private static func hours(
    _ days: Range<Int>, _ from: Int64, _ to: Int64, _ machines: Int, zone: String = "Europe/Berlin"
  ) throws -> MachineSchedule.Hours {
    MachineSchedule.Hours(
      days: (0..<7).map { days.contains($0) }, from: .hours(from), to: .hours(to),
      zone: try LocalZone(parsing: zone), machines: machines)
  }

  private static func machines(_ schedule: MachineSchedule, at hour: Int64) -> Int {
    schedule.machines(at: .start + .hours(hour))
  }

  @Test("follows business hours of the local clock over a change of the clock")
  func businessHours() throws {
    // Friday 2024-03-29; the clock goes forward on Sunday, so eight o'clock is seven in UTC, then six. Hours from 72 on
    // are Monday's.
    let schedule = MachineSchedule(
      usual: 2, [try Self.hours(0..<5, 8, 18, 6)], start: try UTCDate(parsing: "2024-03-29"),
      horizon: .hours(120))
    let hours: [Int64] = [6, 7, 16, 17, 36, 77, 78, 87, 88]
    let numbers = hours.map { Self.machines(schedule, at: $0) }
    #expect(numbers == [2, 6, 6, 2, 2, 2, 6, 6, 2])
    #expect((schedule.fewest, schedule.most) == (2, 6))
    // Of five days two have ten hours with four machines more: Friday and Monday; Tuesday's begin later.
    #expect(abs(schedule.mean(over: .hours(96)) - (2 + 4.0 * 20 / 96)) < 1e-9)
  }

  @Test("goes over midnight, and the last of hours that overlap count")
  func overlap() throws {
    let schedule = MachineSchedule(
      usual: 1,
      [try Self.hours(0..<7, 22, 6, 3, zone: "UTC"), try Self.hours(5..<6, 0, 24, 0, zone: "UTC")],
      start: try UTCDate(parsing: "2024-12-09"), horizon: .hours(168))
    // Monday 05:00, 06:00, 21:00, 22:00; Friday 23:00; Saturday 01:00, 23:00; Sunday 01:00.
    let hours: [Int64] = [5, 6, 21, 22, 119, 121, 143, 145]
    let numbers = hours.map { Self.machines(schedule, at: $0) }
    #expect(numbers == [3, 1, 1, 3, 3, 0, 0, 3])
  }

  @Test("says when it changes next")
  func nextChange() throws {
    let schedule = MachineSchedule(
      usual: 1, [try Self.hours(0..<1, 8, 18, 2, zone: "UTC")],
      start: try UTCDate(parsing: "2024-12-09"), horizon: .hours(24))
    #expect(schedule.nextChange(after: .start)?.at == .start + .hours(8))
    #expect(schedule.nextChange(after: .start + .hours(8))?.at == .start + .hours(18))
    #expect(schedule.nextChange(after: .start + .hours(18)) == nil)
  }
}
