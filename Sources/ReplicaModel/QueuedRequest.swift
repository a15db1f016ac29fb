// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What a replica holds of a request while it waits and is served.
@frozen
@usableFromInline
package struct QueuedRequest: BitwiseCopyable, Sendable {
  /// When the client sent it.
  @usableFromInline package let arrival: Instant
  /// When it joined this replica's queue.
  @usableFromInline package var enqueued: Instant
  /// Its number in the workload.
  @usableFromInline package let number: UInt64
  /// Tokens of its prompt.
  @usableFromInline package let promptTokens: UInt32
  /// Tokens of its answer.
  @usableFromInline package let outputTokens: UInt32
  /// Where the recorder counts it; negative when it is not measured.
  @usableFromInline package let recordPlace: Int32
  /// Its row in the table of requests that policies know of; negative when they know of none.
  @usableFromInline package var policyRow: Int32
  /// Its class.
  @usableFromInline package let classIndex: UInt8
  /// The model that is to serve it.
  @usableFromInline package var model: UInt8
  /// How often it has been moved from a lost replica to another.
  @usableFromInline package var migrations: UInt8

  /// A request that joins its first queue on arrival.
  @inlinable
  package init(
    arrival: Instant, number: UInt64, promptTokens: UInt32, outputTokens: UInt32,
    recordPlace: Int32, policyRow: Int32 = -1, classIndex: UInt8, model: UInt8
  ) {
    self.arrival = arrival
    enqueued = arrival
    self.number = number
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    self.recordPlace = recordPlace
    self.policyRow = policyRow
    self.model = model
    self.classIndex = classIndex
    migrations = 0
  }

  /// What stands where there is no request.
  package static var none: QueuedRequest {
    QueuedRequest(
      arrival: .never, number: 0, promptTokens: 0, outputTokens: 0, recordPlace: -1, classIndex: 0,
      model: 0)
  }

  /// Whether its results count: it arrived inside the measured part of the run.
  @inlinable package var isMeasured: Bool { recordPlace >= 0 }
}
