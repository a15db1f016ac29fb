// SPDX-License-Identifier: Apache-2.0

/// Elementary functions that give the same bits on every processor.
///
/// The C library picks variants with fused multiply-add by processor, and their last bits differ. These
/// use only additions, multiplications and divisions that IEEE 754 defines exactly, and Swift never
/// fuses those. Errors against the exact value stay below 2 units in the last place; the tests measure
/// them.
public enum Elementary {
  /// The natural logarithm of a positive normal number.
  ///
  /// With x = 2^k m and m in [√½, √2), ln x = k ln 2 + 2 artanh((m-1)/(m+1)), by the Taylor series of
  /// artanh up to the 21st power, which leaves less than 2^-54.
  ///
  /// - Precondition: `x` is positive, normal and finite; not checked, since every request calls it.
  @inlinable
  @inline(__always)
  public static func log(_ x: Double) -> Double {
    let bits = x.bitPattern
    // Adding the distance from √½ to 1 carries into the exponent where m would be √2 or more.
    let shifted = bits &+ (0x3FF0_0000_0000_0000 &- 0x3FE6_A09E_667F_3BCD)
    let exponent = Int64(truncatingIfNeeded: shifted >> 52) &- 1023
    let mantissa = Double(
      bitPattern: (shifted & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD)
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var sum = 1.0 / 21
    sum = sum * z + 1.0 / 19
    sum = sum * z + 1.0 / 17
    sum = sum * z + 1.0 / 15
    sum = sum * z + 1.0 / 13
    sum = sum * z + 1.0 / 11
    sum = sum * z + 1.0 / 9
    sum = sum * z + 1.0 / 7
    sum = sum * z + 1.0 / 5
    sum = sum * z + 1.0 / 3
    let k = Double(exponent)
    let tail = 2 * s * (z * sum) + k * ln2Low
    return k * ln2High + (2 * s + tail)
  }

  /// e to the power of a number between -700 and 700.
  ///
  /// With x = k ln 2 + r and |r| ≤ ½ ln 2, e^x = 2^k e^r, by the Taylor series up to the 13th power.
  ///
  /// - Precondition: `x` lies in [-700, 700].
  @inlinable
  public static func exp(_ x: Double) -> Double {
    precondition(x.magnitude <= 700, "exp is defined here for [-700, 700]")
    let k = (x * 1.4426950408889634).rounded(.toNearestOrEven)
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0 / 6_227_020_800
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
    let scale = Double(bitPattern: UInt64(Int64(k) + 1023) << 52)
    return power * scale
  }

  /// The cosine of so many whole turns: 0 gives 1, a quarter gives 0, a half gives -1.
  ///
  /// - Precondition: `turns` is finite and below 2^52.
  public static func cosine(turns: Double) -> Double {
    let fraction = turns - turns.rounded(.down)
    let half = fraction > 0.5 ? 1 - fraction : fraction
    // Here half lies in [0, ½]; the cosine falls from 1 to -1 over it and is odd about ¼.
    if half <= 0.125 { return evenSeries(half * twoPi) }
    if half >= 0.375 { return -evenSeries((0.5 - half) * twoPi) }
    return oddSeries((0.25 - half) * twoPi)
  }

  /// ln 2 in two parts, of which the first has 21 zero bits at its end, so that k times it is exact.
  @usableFromInline static var ln2High: Double { 0x1.62e42fee00000p-1 }
  @usableFromInline static var ln2Low: Double { 0x1.a39ef35793c76p-33 }
  private static var twoPi: Double { 6.283185307179586 }

  /// cos x for |x| ≤ π/4, by its Taylor series up to the 16th power.
  private static func evenSeries(_ x: Double) -> Double {
    let z = x * x
    var sum = 1.0 / 20_922_789_888_000
    sum = sum * z - 1.0 / 87_178_291_200
    sum = sum * z + 1.0 / 479_001_600
    sum = sum * z - 1.0 / 3_628_800
    sum = sum * z + 1.0 / 40_320
    sum = sum * z - 1.0 / 720
    sum = sum * z + 1.0 / 24
    sum = sum * z - 0.5
    return sum * z + 1
  }

  /// sin x for |x| ≤ π/4, by its Taylor series up to the 17th power.
  private static func oddSeries(_ x: Double) -> Double {
    let z = x * x
    var sum = 1.0 / 355_687_428_096_000
    sum = sum * z - 1.0 / 1_307_674_368_000
    sum = sum * z + 1.0 / 6_227_020_800
    sum = sum * z - 1.0 / 39_916_800
    sum = sum * z + 1.0 / 362_880
    sum = sum * z - 1.0 / 5_040
    sum = sum * z + 1.0 / 120
    sum = sum * z - 1.0 / 6
    return sum * z * x + x
  }
}
