// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

extension RequestPath {
  /// What becomes of a request that arrived.
  @frozen
  public enum Reception: Equatable, Sendable {
    /// Make its key for the model of its ticket, ask the store if there is one, and report what it holds by
    /// ``RequestPath/storeAnswered(_:_:_:at:)``, now or later.
    case ask(Question)
    /// It is decided without the store.
    case decided(Effect)
  }

  /// What the driver is to do with a request; it does so before it reports the next event.
  @frozen
  public enum Effect: Equatable, Sendable {
    /// Send it to this replica, and report so by ``RequestPath/replicaChanged(_:_:at:)``.
    case send(ReplicaID)
    /// Keep its client: it waits for the call of an identical request.
    case wait
    /// Report it by ``RequestPath/retryDue(_:at:)`` at that time.
    case retry(at: Instant)
    /// It ends so.
    case end(RequestOutcome)
    /// It ends as rejected, for this reason.
    case refuse(Refusal)
    /// Cancel its call: nobody waits for it.
    case cancel
    /// Take what becomes of it and of others by ``RequestPath/next()`` until that is `nil`.
    case several
    /// Nothing: its call goes on for others, or it ended before.
    case none
  }

  /// Why a request is refused.
  @frozen
  public enum Refusal: Equatable, Sendable {
    /// No budget holds its estimate.
    case budget(ReserveAnswer.Refusal)
    /// No replica of its model accepts requests.
    case noReplicaReady
    /// Every replica of its model that accepts requests is full.
    case queuesFull
    /// It would wait longer everywhere than it may while requests are refused.
    case tooLate
  }

  /// What becomes of a request that may share a call, and its row.
  ///
  /// The ticket itself is not handed to and fro: one that nobody changes in place costs nothing until it is sent.
  @usableFromInline
  struct Shared {
    @usableFromInline let effect: Effect
    @usableFromInline let row: Int32

    @inlinable
    @inline(__always)
    init(_ effect: Effect, row: Int32) {
      self.effect = effect
      self.row = row
    }
  }

  /// What becomes of one of several requests.
  @frozen
  public struct Step: Equatable, Sendable {
    /// The request.
    public let ticket: Ticket
    /// What is to be done: ``Effect/end(_:)``, ``Effect/send(_:)`` or ``Effect/cancel``.
    public let effect: Effect

    /// A step of those values.
    @inlinable
    public init(ticket: Ticket, effect: Effect) {
      self.ticket = ticket
      self.effect = effect
    }
  }

  /// What becomes of a request that a replica answered.
  @frozen
  public struct Completion: Equatable, Sendable {
    /// What becomes of it, and of those who wait with it.
    public let effect: Effect
    /// What the store is offered; `nil` where no store is asked about such requests.
    public let offer: Offer?

    /// A completion of those values.
    @inlinable
    public init(effect: Effect, offer: Offer? = nil) {
      self.effect = effect
      self.offer = offer
    }
  }

  /// How the call of a request failed.
  @frozen
  public enum Failure: String, CaseIterable, Sendable {
    /// Its replica was lost, or broke off.
    case lost
    /// Its client's patience ended while it waited at its replica.
    case timedOut = "timed_out"
    /// Its replica answered with an error that another call may not meet.
    case retryable
    /// Its replica answered with an error that every call would meet.
    case permanent
  }

  /// What happened to a replica.
  @frozen
  public enum ReplicaChange: Equatable, Sendable {
    /// A request was sent to it; whether its queue takes another.
    case sent(hasRoom: Bool)
    /// So many requests left it, answered or not; whether its queue takes another.
    case ended(Int32, hasRoom: Bool)
    /// It accepts new requests from now on, or does not.
    case accepts(Bool)
    /// Its queue takes another request, or does not.
    case room(Bool)
    /// It is lost, with all requests that it held.
    case lost
  }
}
