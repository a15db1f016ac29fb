// SPDX-License-Identifier: Apache-2.0

import RandomStreams
import Serving

/// What the response cache and the de-duplication know a request by: 16 bytes.
///
/// The words are compared whole, so two requests share an answer only where all 128 bits agree.
@frozen
public struct CacheKey: Hashable, BitwiseCopyable, Sendable {
  /// The first eight bytes.
  public let high: UInt64
  /// The last eight bytes.
  public let low: UInt64

  /// The key of those two words, such as the first 16 bytes of a SHA-256.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The key of a request by who asks, the artefact that is to answer, and what it is.
  ///
  /// Tenant and artefact fill one word and each word goes through a bijection, so that different
  /// triples have different keys: tenants never share, nor do a model and its stand-in. `content`
  /// stands for every field of the request that may change the answer.
  ///
  /// - Precondition: both numbers are below 2^32 - 1.
  @inlinable
  public init(tenant: TenantID, artefact: ModelID, content: UInt64) {
    precondition(
      UInt(bitPattern: tenant.index) < UInt(UInt32.max)
        && UInt(bitPattern: artefact.index) < UInt(UInt32.max),
      "a cache key holds tenants and models numbered from 0 to 2^32 - 2")
    self.init(scope: UInt64(tenant.index) << 32 | UInt64(artefact.index), content: content)
  }

  /// The key of the reference design: without the tenant, so that tenants share answers.
  ///
  /// Source: the reference design's `ResponseCache.generate_cache_key`. There it also leaves out
  /// most fields of the request; for that, `content` has to leave them out.
  ///
  /// - Precondition: the model's number is below 2^32 - 1.
  @inlinable
  public static func reference(model: ModelID, content: UInt64) -> CacheKey {
    precondition(
      UInt(bitPattern: model.index) < UInt(UInt32.max),
      "a cache key holds models numbered from 0 to 2^32 - 2")
    // No tenant has this number.
    return CacheKey(scope: UInt64(UInt32.max) << 32 | UInt64(model.index), content: content)
  }

  @inlinable
  init(scope: UInt64, content: UInt64) {
    let high = mixed(scope)
    self.init(high: high, low: mixed(content ^ high))
  }

  /// The key of another content, for the same tenant and artefact.
  ///
  /// - Precondition: this one was made of a tenant and an artefact, or by ``reference(model:content:)``; not of two
  ///   words.
  @inlinable
  @inline(__always)
  public func of(content: UInt64) -> CacheKey {
    CacheKey(high: high, low: mixed(content ^ high))
  }

  /// Whether all 128 bits agree.
  @inlinable
  public static func == (left: CacheKey, right: CacheKey) -> Bool {
    (left.high ^ right.high) | (left.low ^ right.low) == 0
  }

  /// 32 bits that depend on both words, for a place in a table.
  @inlinable var tag: UInt32 {
    // Multiplication by 2^64 over the golden ratio spreads keys that are not hashes themselves.
    UInt32(truncatingIfNeeded: ((low ^ high) &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
