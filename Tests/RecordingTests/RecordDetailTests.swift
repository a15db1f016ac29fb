// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import Serving
import Testing

@Suite("What a record keeps of events and series")
struct RecordDetailTests {
  /// A record of so many minutes of two series, and of so many interruptions beside one launch.
  private static func record(minutes: Int, interruptions: Int) -> ReplicationRecord {
    var record = ReplicationRecord(replication: 0, edges: [])
    for minute in 0..<minutes {
      let time = Instant.start + .minutes(Int64(minute))
      for (name, value) in [("backlog", Double(minute % 7)), ("offered", Double(minute))] {
        record.series.append(SeriesPoint(time: time, name: name, pool: "", value: value))
      }
    }
    record.fleetEvents = [FleetEvent(time: .start, kind: .launched, pool: 0, machine: 0)]
    record.fleetEvents += (0..<interruptions).map {
      FleetEvent(time: .start + .minutes(Int64($0)), kind: .interrupted, pool: 0, machine: $0)
    }
    return record
  }

  @Test("is everything up to the limits, and nothing is asked of its digest")
  func small() {
    let record = Self.record(
      minutes: ReplicationRecord.mostPoints, interruptions: ReplicationRecord.mostEvents)
    var thinned = record
    thinned.thin { _ in
      Issue.record("nothing is left out")
      return ""
    }
    #expect(thinned == record)
  }

  @Test(
    "is beyond them a mean for each part of the time and every n-th event, with the counts of all")
  func thinned() {
    let whole = Self.record(minutes: 2_500, interruptions: 1_200)
    var record = whole
    record.thin { _ in "whole" }
    #expect(record.wholeDigest == "whole")
    // Parts of three minutes, and every third of 1,200.
    let offered = record.series.filter { $0.name == "offered" }
    #expect(offered.count == 834)
    #expect(offered[1].time == .start + .minutes(3) && offered[1].value == 4)
    #expect(offered[833].value == 2_499)
    #expect(record.fleetEvents.count == 401 && record.fleetEvents[2].machine == 3)
    #expect(record.count(of: .interrupted) == 1_200 && record.count(of: .launched) == 1)
    #expect(record.tally(.seriesPoints, "offered") == 2_500)
    #expect(record.points("backlog") == whole.points("backlog"))
    var again = record
    again.thin { _ in "another" }
    #expect(again == record)
  }

  @Test("is no event and no point once they are stored, and their counts stay")
  func dropped() {
    let whole = Self.record(minutes: 90, interruptions: 12)
    var record = whole
    record.dropDetail(digest: "whole")
    #expect(record.series.isEmpty && record.fleetEvents.isEmpty)
    #expect(record.count(of: .interrupted) == 12 && record.count(of: .refused) == 0)
    #expect(record.points("backlog") == whole.points("backlog"))
    #expect(record.hasAsManyEvents(as: whole))
  }

  @Test("is every event of a fleet that no draw reaches, which replications are compared by")
  func undrawn() {
    var record = Self.record(minutes: 0, interruptions: 3)
    record.tallies.append(Draws().tally)
    record.dropDetail(digest: "whole")
    #expect(record.fleetEvents.count == 4)
  }
}
