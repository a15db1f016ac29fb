// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a scrape says of the fleet: true at `time`, and seen some seconds later.
public struct FleetObservation: Equatable, Sendable {
  /// When it was true.
  public var time: Instant
  /// Requests a second that reached replicas.
  public var engineRate: Rate
  /// How long requests waited for their batch; `nil` where the metric is missing.
  public var queueWait: TimeSpan?
  /// The 99th percentile of the latency of what was answered; `nil` where nothing was.
  public var p99: TimeSpan?
  /// Machines whose replicas accept requests.
  public var readyMachines: Int
  /// Machines that were asked for or are starting.
  public var startingMachines: Int
  /// What all machines and open launches cost an hour at the dearest market that they may end on, with
  /// the part of commitments that nothing uses.
  public var committedRate: HourlyPrice
  /// What the ready machines do, in machines of the common type; `nil` where all are of it.
  public var effectiveMachines: Double?

  /// An observation of those values.
  public init(
    time: Instant, engineRate: Rate, queueWait: TimeSpan?, p99: TimeSpan?, readyMachines: Int,
    startingMachines: Int, committedRate: HourlyPrice, effectiveMachines: Double? = nil
  ) {
    self.effectiveMachines = effectiveMachines
    self.time = time
    self.engineRate = engineRate
    self.queueWait = queueWait
    self.p99 = p99
    self.readyMachines = readyMachines
    self.startingMachines = startingMachines
    self.committedRate = committedRate
  }
}
