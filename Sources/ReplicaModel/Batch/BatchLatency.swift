// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

/// How long a batch of each size takes, from measured points.
///
/// Between the points Steffen's monotone spline runs through all of them without overshoot. Outside
/// them nothing was measured: a smaller batch takes the time of the first point, a larger one grows
/// along the line through the last two; both are counted wherever they are used. Lengths of prompts
/// and answers play no part in this model.
package struct BatchLatency: Sendable, Equatable {
  /// One measurement.
  package struct Point: Sendable, Equatable {
    /// Requests in the batch.
    package let batchSize: Int
    /// From the start of the batch to its end.
    package let time: TimeSpan

    /// A measurement of those values.
    package init(batchSize: Int, time: TimeSpan) {
      self.batchSize = batchSize
      self.time = time
    }
  }

  /// The time of a batch by its size; the entry of size 0 is unused.
  package let times: [TimeSpan]
  /// The sizes between the smallest and the largest that were measured.
  package let measured: ClosedRange<Int>

  /// The table for batches of 1 to `maximumBatch` requests.
  ///
  /// - Precondition: there is a point, sizes are positive and rise, times are positive and don't fall,
  ///   `maximumBatch` is positive. Scenario files are held to it by their reader.
  package init(points: [Point], maximumBatch: Int) {
    precondition(maximumBatch > 0, "a batch holds at least one request")
    guard let first = points.first, let last = points.last else {
      preconditionFailure("a latency curve needs a measured point")
    }
    measured = first.batchSize...last.batchSize
    let slope = Self.slopeAtEnd(points)
    let inside = Self.splineTimes(points)
    times =
      [.zero]
      + (1...maximumBatch).map { size in
        if size <= first.batchSize { return first.time }
        if size <= last.batchSize { return inside[size - first.batchSize] }
        let beyond = Double(size - last.batchSize) * slope
        return TimeSpan(roundingToMicroseconds: last.time.inSeconds + beyond)
      }
  }

  /// The times of all sizes from the first point to the last.
  ///
  /// The curve is good to the microsecond; what lies below differs between processors.
  private static func splineTimes(_ points: [Point]) -> [TimeSpan] {
    do {
      let spline = try MonotoneSpline(
        x: points.map { Double($0.batchSize) }, y: points.map { $0.time.inSeconds })
      var times: [TimeSpan] = []
      for size in Int(spline.range.lowerBound)...Int(spline.range.upperBound) {
        times.append(TimeSpan(roundingToMicroseconds: spline(Double(size))))
      }
      return times
    } catch {
      preconditionFailure("a latency curve was built from points it cannot run through: \(error)")
    }
  }

  private static func slopeAtEnd(_ points: [Point]) -> Double {
    guard points.count >= 2 else { return 0 }
    let (before, last) = (points[points.count - 2], points[points.count - 1])
    return (last.time - before.time).inSeconds / Double(last.batchSize - before.batchSize)
  }
}
