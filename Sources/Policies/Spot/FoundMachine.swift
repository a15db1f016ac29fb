// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

/// A machine that the cloud has and the spot manager does not know, as it stands.
public struct FoundMachine: Equatable, Sendable {
  /// Where a machine stands in its life.
  public enum Standing: Equatable, Sendable {
    /// It is billed and takes no requests yet.
    case starting
    /// It takes requests.
    case ready
    /// It takes requests, and the cloud recommends to leave it.
    case atRisk
    /// The cloud will take it back at that time.
    case noticed(deadline: Instant)
    /// It is being given back.
    case draining
  }

  /// The pool that it was rented in.
  public var pool: PoolID
  /// Where it stands.
  public var standing: Standing
  /// Whether it was rented on demand in place of a spot machine.
  public var isFallback: Bool
  /// When it was launched.
  public var since: Instant

  /// A machine of those values.
  public init(pool: PoolID, standing: Standing, isFallback: Bool = false, since: Instant) {
    self.pool = pool
    self.standing = standing
    self.isFallback = isFallback
    self.since = since
  }
}
