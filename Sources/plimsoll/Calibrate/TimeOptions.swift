// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Inputs
import Quantities

/// How a file that is fitted writes its times.
struct TimeOptions: ParsableArguments {
  @Option(
    help: """
      The unit of times that are numbers: \(TimeUnit.allCases.map(\.rawValue)). Without it they are seconds, or \
      since 1970 in the unit that their size shows.
      """)
  var unit: TimeUnit?
  @Option(
    name: .customLong("time-zone"),
    help: "The zone of times that name none: UTC, or for example +01:00.")
  var timeZone: String?

  func validate() throws {
    if let timeZone, WrittenTime.readZone(timeZone) == nil {
      throw ValidationError(
        "--time-zone is '\(timeZone)'; allowed: UTC, or how far ahead of it, such as +01:00")
    }
  }

  /// How far times without a zone are ahead of UTC; `nil` where they are errors.
  var zone: TimeSpan? { timeZone.flatMap { WrittenTime.readZone($0) } }

  /// A clock that reads such times.
  var clock: InputClock {
    InputClock(zone: zone, unit: unit?.nanoseconds, zoneKey: "--time-zone UTC")
  }
}
