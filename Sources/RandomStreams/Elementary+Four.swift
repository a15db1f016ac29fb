// SPDX-License-Identifier: Apache-2.0

extension Elementary {
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
