// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import ReplicaModel

/// The autoscaler of a scenario, with what it is told where no requests run.
package struct Autoscaling: Sendable {
  /// What a fleet does with a rate of requests when chance is left out of it.
  package struct Fluid: Sendable {
    /// The time of a batch of the strongest model by its size.
    package let batchTimes: [TimeSpan]
    /// Lanes of the strongest model on one machine.
    package let lanes: Int
    /// What a request to each model takes of a replica, in requests to the strongest.
    package let costOfModel: [Double]
    /// What requests wait at most; longer ones are gone.
    package let longestWait: TimeSpan
    /// By size of batch, the most requests a second of a lane that runs batches up to that size.
    private let throughput: [Double]

    /// A fleet of those values.
    package init(
      batchTimes: [TimeSpan], lanes: Int, costOfModel: [Double], longestWait: TimeSpan
    ) {
      self.batchTimes = batchTimes
      self.lanes = lanes
      self.costOfModel = costOfModel
      self.longestWait = longestWait
      var most = 0.0
      throughput = batchTimes.enumerated().map { size, time in
        if size > 0 { most = max(most, Double(size) / time.inSeconds) }
        return most
      }
    }

    /// The wait and the latency of nearly all requests.
    ///
    /// A lane runs batches so large that it keeps up: the smallest b with b ÷ T(b) at or above its rate.
    /// A request waits for the batch that runs and then for its own; where no batch is large enough
    /// the queue is full.
    ///
    /// - Complexity: O(log n) for n batch sizes.
    package func times(rate: Double, machines: Int) -> (wait: TimeSpan, p99: TimeSpan?) {
      guard machines > 0 else { return (longestWait, nil) }
      let each = rate / Double(machines * lanes)
      // The first size that keeps up is the first up to which one does, and of these the rates only rise.
      var (low, high) = (1, batchTimes.count)
      while low < high {
        let middle = (low + high) / 2
        if throughput[middle] >= each { high = middle } else { low = middle + 1 }
      }
      if low < batchTimes.count {
        return (TimeSpan(nanoseconds: batchTimes[low].nanoseconds / 2), batchTimes[low] * 2)
      }
      return (longestWait, longestWait)
    }
  }

  /// The policy's settings.
  package let configuration: CostAwareAutoscaler.Configuration
  /// What it is told where no requests run.
  package let fluid: Fluid
  /// Machines that commitments cover, and what these cost an hour.
  package let committedMachines: Int
  /// What commitments cost an hour, used or not.
  package let commitmentRate: HourlyPrice

  /// What a machine of each pool does of what one of the common type does.
  package let effectiveness: [Double]

  /// An autoscaler of those values.
  package init(
    configuration: CostAwareAutoscaler.Configuration, fluid: Fluid, committedMachines: Int,
    commitmentRate: HourlyPrice, effectiveness: [Double]
  ) {
    self.effectiveness = effectiveness
    self.configuration = configuration
    self.fluid = fluid
    self.committedMachines = committedMachines
    self.commitmentRate = commitmentRate
  }
}
