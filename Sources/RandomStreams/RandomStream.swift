// SPDX-License-Identifier: Apache-2.0

/// One named sequence of random draws; the n-th draw is a function of the name and n alone.
///
/// The name is (seed, replication, purpose, entity). Adding a machine, a policy or a rejection step
/// elsewhere moves no draw of this stream: that is what makes two scenarios comparable request by
/// request (common random numbers), and a replication independent of the thread that runs it.
///
/// The counter holds draw index, entity and replication in words of their own and the key is a
/// bijection of the purpose for each seed, so no two streams of a seed share a block.
@frozen
public struct RandomStream: Sendable {
  @usableFromInline let key: UInt64
  @usableFromInline let entity: UInt32
  @usableFromInline let replication: UInt32
  @usableFromInline var position: UInt64

  /// The index of the next draw; also how many have been made by a stream that started at 0.
  @inlinable public var nextIndex: UInt64 { position }

  /// The stream of that name, at its first draw.
  @inlinable
  public init(seed: UInt64, replication: UInt32, purpose: StreamPurpose, entity: UInt32) {
    key = mixed(seed &+ UInt64(purpose.rawValue) &* 0x9E37_79B9_7F4A_7C15)
    self.entity = entity
    self.replication = replication
    position = 0
  }

  /// The 128 random bits with that index; does not move the stream.
  @inlinable
  @inline(__always)
  public func block(at index: UInt64) -> Philox.Block {
    let counter = Philox.Block(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), entity,
      replication)
    return Philox.block(counter, key: key)
  }

  /// The same stream set to `item`'s own draws: 65,536 of them for each item.
  ///
  /// For samplers that reject: what one item uses up moves no draw of the next.
  ///
  /// - Precondition: `item` is below 2^48.
  public func draws(of item: UInt64) -> RandomStream {
    precondition(item < 1 << 48, "items beyond 2^48 would share draws")
    var stream = self
    stream.position = item << 16
    return stream
  }

  /// The next draw, 64 random bits.
  public mutating func next() -> UInt64 {
    let block = block(at: position)
    position += 1
    return block.low
  }

  /// The next draw as a number in [0, 1), a multiple of 2^-53.
  public mutating func nextUniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// The next draw as a number in (0, 1]: never zero, so that its logarithm is finite.
  public mutating func nextPositiveUniform() -> Double {
    positiveUniform(next())
  }
}

/// The uniform number in (0, 1] of 64 random bits: the middle of one of 2^53 equal cells.
@inlinable
public func positiveUniform(_ bits: UInt64) -> Double {
  (Double(Int64(truncatingIfNeeded: bits >> 11)) + 0.5) * 0x1p-53
}

/// A bijection of 64-bit words that spreads every bit.
///
/// Source: Stafford's variant 13 of MurmurHash3's finaliser, as used in Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014, DOI 10.1145/2660193.2660195.
@inlinable
public func mixed(_ word: UInt64) -> UInt64 {
  var word = word
  word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word >> 31)
}
