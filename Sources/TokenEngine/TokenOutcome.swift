// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a request at a replica.
@frozen
public struct TokenOutcome: Equatable, Sendable {
  /// What it is.
  @frozen
  public enum Kind: Equatable, Sendable {
    /// It began to run for the first time.
    case started
    /// Its first token is there.
    case firstToken
    /// Its last token is there; its number may be given to another.
    case completed
    /// It lost its blocks and computes again later.
    case preempted
    /// It runs again after it was preempted.
    case resumed
  }

  /// Which request: the number that it got when it was added.
  public let slot: Int
  /// What it is.
  public let kind: Kind
  /// When, in nanoseconds.
  public let time: Int64
  /// Tokens that were found in the prefix cache, where it began or runs again.
  public let cachedTokens: Int

  @inlinable
  init(slot: Int, kind: Kind, time: Int64, cachedTokens: Int = 0) {
    self.slot = slot
    self.kind = kind
    self.time = time
    self.cachedTokens = cachedTokens
  }
}
