// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// All points of a series about all, in a quarter of the room that they take as points.
package struct WholeSeries: Sendable, Equatable {
  /// The series.
  package let name: String
  /// When the first point was true.
  package let start: Instant
  /// How many minutes after that each was.
  package let minutes: [Int32]
  /// The values.
  package let values: [Double]

  /// The series that has these parts; `nil` where there is not one time a value, or times do not rise.
  package init?(name: String, start: Instant, minutes: [Int32], values: [Double]) {
    guard minutes.count == values.count, minutes.first.map({ $0 == 0 }) ?? true,
      zip(minutes, minutes.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.name = name
    self.start = start
    self.minutes = minutes
    self.values = values
  }

  /// The series of points that lie whole minutes apart.
  ///
  /// - Returns: `nil` where they do not.
  init?(_ points: [SeriesPoint]) {
    guard let first = points.first else { return nil }
    let minute = TimeSpan.minutes(1).nanoseconds
    let offsets = points.map { ($0.time - first.time).nanoseconds }
    guard offsets.allSatisfy({ $0 % minute == 0 && $0 / minute <= Int64(Int32.max) }) else {
      return nil
    }
    self.init(
      name: first.name, start: first.time, minutes: offsets.map { Int32($0 / minute) },
      values: points.map(\.value))
  }

  /// The points.
  package var points: [SeriesPoint] {
    zip(minutes, values).map {
      SeriesPoint(time: start + .minutes(Int64($0)), name: name, pool: "", value: $1)
    }
  }
}

extension ReplicationRecord {
  /// The points of a series that is about all, in order of time.
  package func points(_ name: String) -> [SeriesPoint] {
    wholeSeries.first { $0.name == name }?.points ?? series.filter { $0.name == name }
  }

  /// Keeps what drift and warm-up are judged by, before series are thinned or dropped.
  ///
  /// Where requests run in windows neither is judged.
  mutating func keepWholeSeries() {
    guard wholeSeries.isEmpty, sample == nil else { return }
    wholeSeries = ["backlog", "mean_latency"].compactMap { name in
      WholeSeries(series.filter { $0.name == name && $0.pool.isEmpty })
    }
  }
}
