// SPDX-License-Identifier: Apache-2.0

/// Four blocks side by side: the low and the high 64 bits of each.
@frozen
public struct FourBlocks: Sendable {
  /// The first two words of each block.
  public var low: SIMD4<UInt64>
  /// The last two words of each block.
  public var high: SIMD4<UInt64>

  /// Four blocks of those words.
  @inlinable
  public init(low: SIMD4<UInt64>, high: SIMD4<UInt64>) {
    self.low = low
    self.high = high
  }
}

extension RandomStream {
  /// The blocks with the indices `index` to `index + 3`: the same bits as ``block(at:)`` gives.
  ///
  /// - Precondition: `index` is at most 2^64 - 4; not checked.
  @inlinable
  @inline(__always)
  public func fourBlocks(at index: UInt64) -> FourBlocks {
    let (lowHalf, highHalf) = (twoBlocks(at: index), twoBlocks(at: index &+ 2))
    return FourBlocks(
      low: SIMD4(lowHalf: lowHalf.low, highHalf: highHalf.low),
      high: SIMD4(lowHalf: lowHalf.high, highHalf: highHalf.high))
  }

  /// Rounds of two generators with one key, which moves on with each.
  @usableFromInline
  @frozen
  struct Rounds {
    @usableFromInline var key0: SIMD2<UInt64>
    @usableFromInline var key1: SIMD2<UInt64>

    @inlinable
    @inline(__always)
    init(key: UInt64) {
      key0 = SIMD2(repeating: key & 0xFFFF_FFFF)
      key1 = SIMD2(repeating: key &>> 32)
    }

    @inlinable
    @inline(__always)
    mutating func take(
      _ first: inout SIMD2<UInt64>, _ second: inout SIMD2<UInt64>, _ third: inout SIMD2<UInt64>,
      _ fourth: inout SIMD2<UInt64>
    ) {
      let mask = SIMD2<UInt64>(repeating: 0xFFFF_FFFF)
      let product0 = (first & mask) &* SIMD2<UInt64>(repeating: 0xD251_1F53)
      let product1 = (third & mask) &* SIMD2<UInt64>(repeating: 0xCD9E_8D57)
      first = (product1 &>> 32) ^ second ^ key0
      second = product1
      third = (product0 &>> 32) ^ fourth ^ key1
      fourth = product0
      key0 = key0 &+ SIMD2<UInt64>(repeating: 0x9E37_79B9)
      key1 = key1 &+ SIMD2<UInt64>(repeating: 0xBB67_AE85)
    }
  }

  /// Two blocks whose rounds run side by side in vector registers of 128 bits.
  ///
  /// 32-bit words lie in 64-bit lanes, so that a multiplication gives the whole product; what stands in
  /// the upper halves between rounds is masked only where it matters.
  @inlinable
  @inline(__always)
  func twoBlocks(at index: UInt64) -> (low: SIMD2<UInt64>, high: SIMD2<UInt64>) {
    let mask = SIMD2<UInt64>(repeating: 0xFFFF_FFFF)
    let indices = SIMD2<UInt64>(index, index &+ 1)
    var first = indices
    var second = indices &>> 32
    var third = SIMD2<UInt64>(repeating: UInt64(entity))
    var fourth = SIMD2<UInt64>(repeating: UInt64(replication))
    // Written out: in a loop half of the instructions move words from one name to the next.
    var rounds = Rounds(key: key)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    rounds.take(&first, &second, &third, &fourth)
    return ((second &<< 32) | (first & mask), (fourth &<< 32) | (third & mask))
  }
}

extension Elementary {
  /// -ln of the uniform numbers in (0, 1] that four times 64 random bits make: unit exponentials.
  ///
  /// The same operations in the same order as `0 - log(positiveUniform(bits))`, so the same bits.
  @inlinable
  @inline(__always)
  public static func unitExponentials(_ bits: SIMD4<UInt64>) -> SIMD4<Double> {
    // A 53-bit whole number as 2^52 · high bit + the rest: both parts convert exactly by exponent.
    let whole = bits &>> 11
    let one = SIMD4<UInt64>(repeating: 0x4330_0000_0000_0000)
    let low = SIMD4<Double>(bitPattern: (whole & SIMD4<UInt64>(repeating: 0xFFFF_FFFF)) | one)
    let high = SIMD4<Double>(bitPattern: (whole &>> 32) | one)
    let magic = SIMD4<Double>(repeating: 0x1p52)
    let number = (high - magic) * SIMD4<Double>(repeating: 0x1p32) + (low - magic)
    let uniform = (number + SIMD4<Double>(repeating: 0.5)) * SIMD4<Double>(repeating: 0x1p-53)
    return SIMD4<Double>.zero - log(uniform)
  }

  /// The natural logarithms of four positive normal numbers: the same bits as the scalar function.
  ///
  /// - Precondition: all are positive, normal and finite; not checked.
  @inlinable
  @inline(__always)
  public static func log(_ x: SIMD4<Double>) -> SIMD4<Double> {
    let rootHalf = SIMD4<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD)
    let distance: UInt64 = 0x3FF0_0000_0000_0000 &- 0x3FE6_A09E_667F_3BCD
    let shifted = SIMD4<UInt64>(bitPattern: x) &+ SIMD4<UInt64>(repeating: distance)
    let biased = SIMD4<Double>(
      bitPattern: (shifted &>> 52) | SIMD4<UInt64>(repeating: 0x4330_0000_0000_0000))
    let k = biased - SIMD4<Double>(repeating: 0x1p52 + 1023)
    let mantissa = SIMD4<Double>(
      bitPattern: (shifted & SIMD4<UInt64>(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ rootHalf)
    let unit = SIMD4<Double>(repeating: 1)
    let s = (mantissa - unit) / (mantissa + unit)
    let z = s * s
    var sum = SIMD4<Double>(repeating: 1.0 / 21)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 19)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 17)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 15)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 13)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 11)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 9)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 7)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 5)
    sum = sum * z + SIMD4<Double>(repeating: 1.0 / 3)
    let twice = s + s
    let tail = twice * (z * sum) + k * SIMD4<Double>(repeating: ln2Low)
    return k * SIMD4<Double>(repeating: ln2High) + (twice + tail)
  }
}

extension SIMD4<UInt64> {
  /// The bits of four numbers.
  @inlinable
  @inline(__always)
  init(bitPattern values: SIMD4<Double>) {
    self = unsafe unsafeBitCast(values, to: SIMD4<UInt64>.self)
  }
}

extension SIMD4<Double> {
  /// The numbers with those bits.
  @inlinable
  @inline(__always)
  init(bitPattern bits: SIMD4<UInt64>) {
    self = unsafe unsafeBitCast(bits, to: SIMD4<Double>.self)
  }
}
