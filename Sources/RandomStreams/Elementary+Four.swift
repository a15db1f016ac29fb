// SPDX-License-Identifier: Apache-2.0

extension Elementary {
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

  /// e to the power of four numbers between -700 and 700: the same bits as the scalar function.
  ///
  /// - Precondition: all lie in [-700, 700]; not checked.
  public static func exp(_ x: SIMD4<Double>) -> SIMD4<Double> {
    // 2^52 and half of it leave no room for a fraction: adding them rounds as the processor does.
    let magic = SIMD4(repeating: 0x1.8p52)
    let k = (x * 1.4426950408889634 + magic) - magic
    let r = (x - k * ln2High) - k * ln2Low
    var sum = SIMD4(repeating: 1.0 / 6_227_020_800)
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    let power = r * r * sum + r + 1
    // The lowest bits of 2^52 + n are those of n, which the exponent of 2^k needs.
    let biased = SIMD4<UInt64>(bitPattern: k + (0x1p52 + 1023))
    return power * SIMD4<Double>(bitPattern: biased &<< 52)
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
