// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// How a replica serves by dynamic batching: what it waits for and how long a batch takes.
///
/// A lane that is free starts a batch when `maximumBatch` requests wait, or when the oldest has waited
/// `maximumDelay`. With a batch of 1, no delay, c lanes and exponential noise this is an M/M/c queue
/// under Poisson arrivals. It ignores prompt and answer lengths.
package struct BatchModel: Sendable, Equatable {
  /// The most requests in a batch.
  package let maximumBatch: Int
  /// The most that it could form: the largest measured, where that is more.
  package let largestBatch: Int
  /// How long the oldest request waits for others at a free lane.
  package let maximumDelay: TimeSpan
  /// How many batches run side by side without slowing each other.
  package let lanes: Int
  /// How long a batch takes by its size.
  package let latency: BatchLatency
  /// By what factor it takes longer or shorter than that.
  package let noise: ServiceTimeNoise

  /// A model of those values.
  ///
  /// - Precondition: `maximumBatch` and `lanes` are positive, `maximumDelay` is not negative.
  package init(
    maximumBatch: Int, maximumDelay: TimeSpan, lanes: Int, latency: [BatchLatency.Point],
    noise: ServiceTimeNoise
  ) {
    precondition(maximumBatch > 0 && lanes > 0, "a replica has a lane and a place in its batch")
    precondition(maximumDelay >= .zero, "nobody waits a negative time")
    self.maximumBatch = maximumBatch
    self.maximumDelay = maximumDelay
    self.lanes = lanes
    largestBatch = max(maximumBatch, latency.last?.batchSize ?? 0)
    self.latency = BatchLatency(points: latency, maximumBatch: largestBatch)
    self.noise = noise
  }

  /// Requests a second when every lane runs full batches: what load is measured against.
  package var maximumThroughput: Double {
    Double(lanes * maximumBatch) / latency.times[maximumBatch].inSeconds
  }

  /// The replica's time for one request at its highest throughput.
  package var timePerRequest: TimeSpan {
    let time = latency.times[maximumBatch].nanoseconds
    return TimeSpan(nanoseconds: max(1, time / Int64(lanes * maximumBatch)))
  }
}
