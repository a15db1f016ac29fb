// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// A smooth curve through measured points that rises and falls only where they do.
///
/// Between two points it never leaves the range of their values, so a table of latencies gains no
/// minimum that was not measured. Source: Steffen, "A simple method for monotonic interpolation in
/// one dimension", Astronomy and Astrophysics 239 (1990) 443–450, in GSL's version, which gives the
/// two ends the slope of their segment. Two points are joined by a straight line, and one point is
/// a constant.
@safe
package struct MonotoneSpline: ~Copyable, @unchecked Sendable {
  /// Points that define no curve.
  package struct InvalidPoints: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the points must be.
    package let allowed: String

    /// One line for a message: what is allowed.
    package var description: String { "allowed are \(allowed)" }
  }

  /// From the first point to the last; outside, the caller decides and says so.
  package let range: ClosedRange<Double>

  private let first: Double
  // Only written by `init`: evaluation without an accelerator reads, so threads may share it.
  private let spline: UnsafeMutablePointer<gsl_spline>?

  /// The curve through the points (x[i], y[i]).
  ///
  /// - Throws: `InvalidPoints` unless there is at least one point, the two arrays are equally long,
  ///   all numbers are finite and `x` rises strictly.
  package init(x: [Double], y: [Double]) throws(InvalidPoints) {
    guard let first = x.first, let last = x.last, let value = y.first, x.count == y.count else {
      throw InvalidPoints(allowed: "as many values as places, and at least one")
    }
    guard x.allSatisfy(\.isFinite), y.allSatisfy(\.isFinite) else {
      throw InvalidPoints(allowed: "finite numbers only")
    }
    guard zip(x, x.dropFirst()).allSatisfy(<) else {
      throw InvalidPoints(allowed: "places that rise strictly")
    }
    range = first...last
    self.first = value
    guard x.count > 1 else {
      unsafe spline = nil
      return
    }
    GSL.prepare()
    let type = unsafe x.count == 2 ? plimsoll_interp_linear() : plimsoll_interp_steffen()
    let allocated = unsafe gsl_spline_alloc(type, x.count)
    guard let allocated = unsafe allocated else {
      preconditionFailure("memory for \(x.count) points was to be had")
    }
    let status = unsafe gsl_spline_init(allocated, x, y, x.count)
    precondition(status == 0, "GSL takes points that rise strictly")
    unsafe spline = allocated
  }

  deinit {
    if let spline = unsafe spline { unsafe gsl_spline_free(spline) }
  }

  /// The value of the curve at `x`.
  ///
  /// - Precondition: `x` lies in `range`.
  /// - Complexity: logarithmic in the number of points.
  package func callAsFunction(_ x: Double) -> Double {
    precondition(range.contains(x), "a curve is asked for a place inside its range")
    guard let spline = unsafe spline else { return first }
    return unsafe gsl_spline_eval(spline, x, nil)
  }
}
