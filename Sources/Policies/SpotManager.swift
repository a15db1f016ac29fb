// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// Keeps the fleet at its wanted number of machines while spot machines come and go.
///
/// A lost or announced-to-be-lost spot machine is replaced at once, in its own pool; what is missing
/// for longer than a hold is rented on demand, and given back once spot has been whole again for a
/// while. A pool that could not sell is left alone for a back-off that doubles.
///
/// It is a value that steps: what happened goes in, what to do comes out, and nothing else is known.
/// The same code decides in the simulator and in the gateway.
public struct SpotManager: Sendable {
  /// Something that happened.
  public enum Event: Equatable, Sendable {
    /// A machine that was not launched here is ready: it was there before the manager.
    case adopted(MachineID, pool: PoolID)
    /// All machines that were there have been adopted; from now on the fleet is kept.
    case started
    /// A launch was granted; the machine exists and is billed.
    case launched(LaunchID, MachineID)
    /// A launch was refused.
    case launchFailed(LaunchID, LaunchFailure)
    /// A machine accepts requests.
    case ready(MachineID)
    /// The cloud will take a machine back at that time.
    case noticed(MachineID, deadline: Instant)
    /// A machine is gone, whatever the reason.
    case gone(MachineID)
    /// So many machines are wanted in all; those on demand are kept, the rest is spot.
    case target(machines: Int)
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
    /// Send the machine no more requests and give it back when it has none.
    case release(MachineID)
    /// Send a ``Event/wake`` at that time.
    case wake(at: Instant)
  }

  /// Where a machine stands in its life.
  enum MachineState: Sendable {
    case starting, ready, leaving, gone
  }

  struct Machine: Sendable {
    var pool: PoolID
    var state: MachineState
    var isFallback: Bool
  }

  enum LaunchState: Sendable {
    case open, cancelled, ended
  }

  struct Launch: Sendable {
    var pool: PoolID
    var isFallback: Bool
    var state: LaunchState
  }

  struct PoolState: Sendable {
    var starting = 0
    var ready = 0
    var requested = 0
    var fallbackRequested = 0
    var backOff: TimeSpan = .zero
    var unavailableUntil = Instant(nanoseconds: .min)
  }

  let configuration: Configuration
  var pools: [PoolState]
  var machines: [Machine?] = []
  var launches: [Launch] = []
  var fallbackMachines: [MachineID] = []
  /// How many machines each pool should have now.
  var wanted: [Int]
  /// The next spot pool of the reference design's round.
  var nextInRound = 0
  var isStarted = false
  var missingSince: Instant?
  var wholeSince: Instant?
  var wakeAt: Instant?

  /// A manager that knows of no machine yet.
  public init(_ configuration: Configuration) {
    self.configuration = configuration
    pools = configuration.pools.map { _ in PoolState() }
    wanted = configuration.pools.map(\.wanted)
  }

  /// Takes in one event and appends what is to be done about it.
  ///
  /// - Complexity: O(pools + fallback machines).
  public mutating func step(
    _ event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    if configuration.rule == .reference {
      stepAsReference(event, into: &effects)
      return
    }
    switch event {
    case .adopted(let id, let pool):
      record(Machine(pool: pool, state: .ready, isFallback: false), as: id)
      pools[pool.index].ready += 1
    case .started:
      isStarted = true
    case .launched(let launch, let id):
      launched(launch, as: id, into: &effects)
    case .launchFailed(let launch, _):
      failed(launch, at: now)
    case .ready(let id):
      move(id, to: .ready)
    case .noticed(let id, _):
      guard state(of: id) != .leaving, state(of: id) != .gone else { return }
      interrupted(id, at: now)
      move(id, to: .leaving)
      effects.append(.cordon(id))
    case .gone(let id):
      interrupted(id, at: now)
      move(id, to: .gone)
    case .target(let machines):
      aim(at: machines)
      shrink(into: &effects)
    case .wake:
      break
    }
    guard isStarted else { return }
    if let due = wakeAt, due <= now { wakeAt = nil }
    replace(at: now, into: &effects)
    if configuration.fallsBackToOnDemand { fallBack(at: now, into: &effects) }
  }
}
