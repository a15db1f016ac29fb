// SPDX-License-Identifier: Apache-2.0

import Policies

/// A question of the request path: what answers a request, and does the store hold it?
///
/// The driver makes the key, asks the store if there is one, and reports what it holds.
@frozen
public struct Question: Equatable, Sendable {
  /// Whether the request has temperature 0; answers to others are never kept.
  public let isDeterministic: Bool
  /// What is put aside for the request; `nil` where no budget binds.
  public let reservation: ReservationID?

  /// A question of those values.
  @inlinable
  public init(isDeterministic: Bool, reservation: ReservationID? = nil) {
    self.isDeterministic = isDeterministic
    self.reservation = reservation
  }
}

/// A question with the key of the answer.
@frozen
public struct LookUp: Equatable, Sendable {
  /// What the path asks.
  public let question: Question
  /// By what store and de-duplication know the request, for the model that its ticket names.
  public let key: CacheKey
  /// The driver's own note, which comes back with the answer; -1 for none.
  public let mark: Int

  /// A question about that key.
  @inlinable
  public init(_ question: Question, key: CacheKey, mark: Int = -1) {
    self.question = question
    self.key = key
    self.mark = mark
  }
}

/// An answer that came from a replica, for the store.
@frozen
public struct Offer: Equatable, Sendable {
  /// The key under which the answer was looked up.
  public let key: CacheKey
  /// Whether the store may keep the answer, and if not, why.
  public let admission: ResponseCache.Admission
  /// The note of the ``LookUp``.
  public let mark: Int

  /// An offer of those values.
  @inlinable
  public init(key: CacheKey, admission: ResponseCache.Admission, mark: Int) {
    self.key = key
    self.admission = admission
    self.mark = mark
  }
}
