// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// Something that happened.
  public enum Event: Equatable, Sendable {
    /// A machine that was not launched here is ready: it was there before the manager.
    case adopted(MachineID, pool: PoolID)
    /// All machines that were there have been adopted; from now on the fleet is kept.
    case started
    /// From now on the fleet should have that many machines in all, on-demand ones included.
    case target(machines: Int)
    /// From now on a pool should have that many machines, and may have so many where a target or a fallback
    /// asks for more.
    case scheduled(pool: PoolID, minimum: Int, maximum: Int)
    /// A launch was granted; the machine exists and is billed.
    case launched(LaunchID, MachineID)
    /// A launch was refused.
    case launchFailed(LaunchID, LaunchFailure)
    /// A machine accepts requests.
    case ready(MachineID)
    /// The cloud recommends to move from a machine, and has not said that it will take it back.
    case rebalanceRecommended(MachineID)
    /// The cloud will take a machine back at that time.
    case noticed(MachineID, deadline: Instant)
    /// The cloud has a machine that the manager does not know: one from before, or from a launch that it did not ask
    /// for. The reference rule takes each for a ready machine that was adopted.
    case found(MachineID, FoundMachine)
    /// From now on a machine of a pool costs so much.
    case priced(pool: PoolID, HourlyPrice)
    /// A machine fails its health checks, and the cloud has not taken it back; the reference rule waits for its end.
    case unhealthy(MachineID)
    /// A machine is gone, whatever the reason.
    case gone(MachineID)
    /// A time that the manager asked to be woken at has come.
    case wake
  }

  /// Something to be done.
  public enum Effect: Equatable, Sendable {
    /// Launch a machine in that pool and report under that id.
    case launch(LaunchID, PoolID)
    /// Withdraw a launch that has not been answered; one that was granted meanwhile is reported.
    case cancel(LaunchID)
    /// Send the machine no more requests.
    case cordon(MachineID)
    /// The machine may go soon: send it nothing that takes long.
    case avoid(MachineID)
    /// Move what the machine still serves to others, the longest first: its end is near.
    case evacuate(MachineID)
    /// Send the machine no more requests and give it back when it has none.
    case release(MachineID)
    /// Send a ``Event/wake`` at that time.
    case wake(at: Instant)
  }
}
