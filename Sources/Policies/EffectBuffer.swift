// SPDX-License-Identifier: Apache-2.0

/// The effects that a policy asks for in one step, in order; emptied and used again by its driver.
public struct EffectBuffer<Effect: Sendable>: Sendable {
  /// What was asked for, first things first.
  public private(set) var effects: [Effect] = []

  /// An empty buffer.
  public init() {}

  /// Asks for one more effect.
  public mutating func append(_ effect: Effect) {
    effects.append(effect)
  }

  /// Forgets all effects and keeps the storage.
  public mutating func removeAll() {
    // Empty most times, and an array looks at itself even then.
    if !effects.isEmpty { effects.removeAll(keepingCapacity: true) }
  }
}
