// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// Points that fill the open unit cube more evenly than random ones: the Sobol sequence.
///
/// Any 2^m points from its origin on have exactly one in each of the 2^m equal parts of each axis.
/// Source: Sobol', "On the distribution of points in a cube and the approximate evaluation of
/// integrals", USSR Computational Mathematics and Mathematical Physics 7 (4), 1967, DOI
/// 10.1016/0041-5553(67)90144-9, with the direction numbers of Bratley and Fox, "Algorithm 659:
/// implementing Sobol's quasirandom sequence generator", ACM Transactions on Mathematical Software
/// 14 (1988), DOI 10.1145/42288.214372, in GSL's version. A coordinate comes from whole numbers and
/// powers of two alone, so the points are the same on every processor.
@safe
package struct QuasiRandomSequence: ~Copyable, @unchecked Sendable {
  /// The most coordinates that a point may have: there are no more direction numbers.
  package static var maximumDimension: Int { 40 }

  /// How many coordinates a point has.
  package let dimension: Int

  // Each shift as a whole number of 2^-52; empty when the points are not shifted.
  private let shift: [UInt64]
  private var hasOriginAhead: Bool
  // Owned by this value alone and written by `next` only.
  private let generator: UnsafeMutablePointer<gsl_qrng>

  /// The sequence from its start, as it is or with a digital shift.
  ///
  /// As it is it begins with the point after the origin, (1/2, 1/2, …), because the origin is not
  /// inside the cube. A digital shift adds the digits of `shift` to those of every point, base 2
  /// and without carry. That keeps the evenness, and a shift drawn at random makes every point
  /// uniform, so that means over points have no bias; see L'Ecuyer and Lemieux, "Recent advances in
  /// randomized quasi-Monte Carlo methods", in Modeling Uncertainty (2002), DOI
  /// 10.1007/0-306-48102-2_20. A shifted sequence begins with the shifted origin, without which
  /// 2^m points lose their balance: Owen, "On dropping the first Sobol' point", in Monte Carlo and
  /// Quasi-Monte Carlo Methods 2020 (2022), DOI 10.1007/978-3-030-98319-2_4.
  ///
  /// - Parameters:
  ///   - dimension: how many coordinates a point has, 1...40.
  ///   - shift: a number in 0..<1 for each coordinate, of which 52 binary digits count; `nil` for
  ///     no shift.
  package init(dimension: Int, shift: [Double]? = nil) {
    precondition(
      (1...Self.maximumDimension).contains(dimension), "a Sobol point has 1 to 40 coordinates")
    if let shift {
      precondition(shift.count == dimension, "each coordinate has its shift")
      precondition(shift.allSatisfy { $0 >= 0 && $0 < 1 }, "a shift lies in 0..<1")
    }
    self.dimension = dimension
    self.shift = shift?.map { UInt64($0 * 0x1p52) } ?? []
    hasOriginAhead = shift != nil
    GSL.prepare()
    let allocated = unsafe gsl_qrng_alloc(plimsoll_qrng_sobol(), UInt32(dimension))
    guard let allocated = unsafe allocated else {
      preconditionFailure("memory for a Sobol sequence was to be had")
    }
    unsafe generator = allocated
  }

  deinit {
    unsafe gsl_qrng_free(generator)
  }

  /// The next point: `dimension` numbers, each above 0 and below 1.
  ///
  /// - Precondition: fewer than 2^30 - 1 points were taken.
  /// - Complexity: O(dimension).
  package mutating func next() -> [Double] {
    var point = [Double](repeating: 0, count: dimension)
    if hasOriginAhead {
      hasOriginAhead = false
    } else {
      let status = unsafe gsl_qrng_get(generator, &point)
      precondition(status == 0, "a Sobol sequence has 2^30 - 1 points")
    }
    for index in shift.indices {
      // The middle of one of 2^52 equal cells: neither 0 nor 1.
      let cell = UInt64(point[index] * 0x1p52) ^ shift[index]
      point[index] = (Double(cell) + 0.5) * 0x1p-52
    }
    return point
  }
}
