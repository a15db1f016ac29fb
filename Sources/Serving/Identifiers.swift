// SPDX-License-Identifier: Apache-2.0

/// The number of a pool: its place in the scenario's `fleet`, from 0.
@frozen
public struct PoolID: Hashable, Codable, Sendable {
  /// Its place in columns by pool.
  public let index: Int

  /// The pool with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}

/// The number of a rented machine, from 0 in the order of renting; never used again.
@frozen
public struct MachineID: Hashable, Codable, Sendable {
  /// Its place in columns by machine.
  public let index: Int

  /// The machine with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}

/// The number of a request to launch a machine, given by the policy that asks; never used again.
@frozen
public struct LaunchID: Hashable, Codable, Sendable {
  /// Its place in columns by launch.
  public let index: Int

  /// The launch with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}

/// The number of a replica's place in the fleet, from 0; dense, so that it indexes columns.
@frozen
public struct ReplicaID: Hashable, Codable, Sendable {
  /// Its place in columns by replica.
  public let index: Int

  /// The replica with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}

/// The number of a model: its place in the scenario's `models`, from 0.
@frozen
public struct ModelID: Hashable, BitwiseCopyable, Codable, Sendable {
  /// Its place in columns by model.
  public let index: Int

  /// The model with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}

/// The number of a tenant: whoever's requests and answers no other tenant may see.
@frozen
public struct TenantID: Hashable, BitwiseCopyable, Codable, Sendable {
  /// Its place in columns by tenant.
  public let index: Int

  /// The tenant with that number.
  @inlinable
  public init(_ index: Int) {
    self.index = index
  }
}
