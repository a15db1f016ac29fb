// SPDX-License-Identifier: Apache-2.0

import Quantities

extension CostAwareAutoscaler {
  /// What an autoscaler knows between two events, to be written as JSON and taken up by ``init(_:restoring:)``.
  ///
  /// About 100 bytes for each look in the longest window that it looks back to.
  public struct Snapshot: Codable, Sendable {
    let content: PolicyState<State>

    init(_ state: State) {
      content = PolicyState(policy: "autoscaler", state)
    }

    /// Reads a snapshot.
    ///
    /// - Throws: ``SnapshotError`` for one of another policy or version, `DecodingError` for what is no snapshot.
    public init(from decoder: any Decoder) throws {
      content = try PolicyState(policy: "autoscaler", from: decoder)
    }

    /// Writes the snapshot.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
  }

  /// All that an autoscaler knows and its settings do not say.
  struct State: Codable, Sendable {
    var target: Int
    var floor: Int
    var floorDue: Instant
    var history: DemandHistory.State
    var panic: PanicWindow.State
    var lateLooks: Int
    var misses: Int
    var mayShrinkAt: Instant
    var step: DegradationStep
    var stepSince: Instant
    var pace: BudgetPace.State?
    var present: Int
    var seenAt: Instant?
  }

  /// What the autoscaler knows now.
  ///
  /// - Complexity: O(looks in the longest window).
  public func snapshot() -> Snapshot {
    Snapshot(
      State(
        target: target, floor: floor, floorDue: floorDue, history: history.state,
        panic: panic.state, lateLooks: lateLooks, misses: misses, mayShrinkAt: mayShrinkAt,
        step: step, stepSince: stepSince, pace: pace?.state, present: present, seenAt: seenAt))
  }

  /// An autoscaler that goes on where another was when a snapshot of it was taken: with the same settings, the same
  /// events have the same effects.
  ///
  /// A monthly budget that the settings have and the snapshot lacks begins with nothing spent.
  ///
  /// - Throws: ``SnapshotError`` where the settings look back less far than the snapshot does.
  public init(_ configuration: Configuration, restoring snapshot: Snapshot) throws(SnapshotError) {
    self.init(configuration)
    let state = snapshot.content.state
    try history.restore(state.history)
    target = state.target
    floor = state.floor
    floorDue = state.floorDue
    panic.restore(state.panic)
    lateLooks = state.lateLooks
    misses = state.misses
    mayShrinkAt = state.mayShrinkAt
    step = state.step
    stepSince = state.stepSince
    if let spent = state.pace { pace?.restore(spent) }
    present = state.present
    seenAt = state.seenAt
  }
}
