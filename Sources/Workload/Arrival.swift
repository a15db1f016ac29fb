// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// A request as it arrives: all that the workload decides about it.
@frozen
@usableFromInline
package struct Arrival: BitwiseCopyable, Sendable {
  /// When it arrives.
  @usableFromInline package var time: Instant
  /// Its number, from 0 in the order of arrival.
  @usableFromInline package var number: UInt64
  /// What it asks for: equal for requests with the same answer.
  @usableFromInline package var contentID: UInt64
  /// Tokens of its prompt.
  @usableFromInline package var promptTokens: UInt32
  /// Tokens of its answer.
  @usableFromInline package var outputTokens: UInt32
  /// The text that it borrows, of its class and relative length; 0 where there are no texts.
  @usableFromInline package var textIndex: UInt16
  /// Its class.
  @usableFromInline package var classIndex: UInt8
  /// Whose request it is.
  @usableFromInline package var tenantIndex: UInt16
  /// Whether it has temperature 0.
  @usableFromInline package var isDeterministic: Bool

  /// A digest of those that arrived before and of this one: equal streams have equal digests.
  @inlinable
  @inline(__always)
  package func digest(after digest: UInt64) -> UInt64 {
    let lengths = UInt64(outputTokens) << 32 | UInt64(promptTokens)
    let word = UInt64(bitPattern: time.nanoseconds) ^ lengths ^ contentID
    let kind =
      UInt64(tenantIndex) << 32 | UInt64(textIndex) << 16 | UInt64(classIndex) << 1
      | (isDeterministic ? 1 : 0)
    return mixed(digest ^ word) &+ kind
  }

  /// The bit that tells contents of one request apart from those of the catalogue.
  @inline(__always)
  static var uniqueMark: UInt64 { 1 << 63 }

  /// Whether nobody else asks for this content.
  @inlinable package var isUnique: Bool { Int64(bitPattern: contentID) < 0 }

  /// What stands where nothing arrives any more.
  static var none: Arrival {
    Arrival(
      time: .never, number: 0, contentID: 0, promptTokens: 0, outputTokens: 0, textIndex: 0,
      classIndex: 0, tenantIndex: 0, isDeterministic: false)
  }
}
