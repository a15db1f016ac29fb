// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// The least value of a function of several numbers, found without derivatives.
package struct Minimum: Sendable, Equatable {
  /// Where the function is least.
  package let place: [Double]
  /// Its value there.
  package let value: Double
  /// Whether the simplex shrank to the tolerance.
  package let hasConverged: Bool

  /// The least value that a simplex finds from a start.
  ///
  /// Source: Nelder and Mead, "A simplex method for function minimization", Computer Journal 7 (1965)
  /// 308–313, DOI 10.1093/comjnl/7.4.308, in GSL's version (nmsimplex2). It finds a local minimum; a
  /// function may answer infinity where it is not defined.
  ///
  /// - Parameters:
  ///   - start: a place where the function is finite.
  ///   - step: the size of the first simplex along each axis.
  ///   - tolerance: the size at which it stops.
  /// - Precondition: there is an axis.
  /// - Complexity: one or two evaluations for each of at most `limit` steps.
  package static func of(
    _ function: ([Double]) -> Double, from start: [Double], step: Double = 0.3,
    tolerance: Double = 1e-6, limit: Int = 2_000
  ) -> Minimum {
    precondition(!start.isEmpty, "a function of no numbers has one value")
    GSL.prepare()
    return withoutActuallyEscaping(function) { function in
      var call = Call(function: function, place: start)
      return unsafe withUnsafeMutablePointer(to: &call) { pointer in
        unsafe Simplex.minimum(
          of: UnsafeMutableRawPointer(pointer), from: start, step: step, tolerance: tolerance,
          limit: limit)
      }
    }
  }
}

/// A function on its way through C.
private struct Call {
  let function: ([Double]) -> Double
  var place: [Double]

  mutating func value(at vector: UnsafePointer<gsl_vector>) -> Double {
    for index in place.indices { unsafe place[index] = gsl_vector_get(vector, index) }
    let value = function(place)
    return value.isNaN ? .infinity : value
  }
}

private enum Simplex {
  /// The minimum of the function of a ``Call`` that a pointer leads to.
  static func minimum(
    of call: UnsafeMutableRawPointer, from start: [Double], step: Double, tolerance: Double,
    limit: Int
  ) -> Minimum {
    let count = start.count
    guard let first = unsafe gsl_vector_alloc(count), let steps = unsafe gsl_vector_alloc(count),
      let simplex = unsafe gsl_multimin_fminimizer_alloc(plimsoll_multimin_nmsimplex2(), count)
    else { preconditionFailure("memory for a simplex was to be had") }
    defer {
      unsafe gsl_multimin_fminimizer_free(simplex)
      unsafe gsl_vector_free(steps)
      unsafe gsl_vector_free(first)
    }
    for index in start.indices { unsafe gsl_vector_set(first, index, start[index]) }
    unsafe gsl_vector_set_all(steps, step)
    var function = unsafe gsl_multimin_function(
      f: { vector, context in
        guard let vector = unsafe vector, let context = unsafe context else { return .infinity }
        return unsafe context.assumingMemoryBound(to: Call.self).pointee.value(at: vector)
      }, n: count, params: call)
    return unsafe withUnsafeMutablePointer(to: &function) { pointer in
      unsafe gsl_multimin_fminimizer_set(simplex, pointer, first, steps)
      var hasConverged = false
      for _ in 0..<limit {
        guard unsafe gsl_multimin_fminimizer_iterate(simplex) == 0 else { break }
        if unsafe gsl_multimin_fminimizer_size(simplex) < tolerance {
          hasConverged = true
          break
        }
      }
      let best = start.indices.map { unsafe gsl_vector_get(simplex.pointee.x, $0) }
      return unsafe Minimum(place: best, value: simplex.pointee.fval, hasConverged: hasConverged)
    }
  }
}
