// SPDX-License-Identifier: GPL-3.0-or-later

private import CGSL

/// A linear combination of known columns that comes nearest to measured values.
package struct LinearFit: Sendable, Equatable {
  /// The factor of each column.
  package let coefficients: [Double]
  /// The standard error of each.
  package let standardErrors: [Double]
  /// The sum of squared differences from the values.
  package let residualSumOfSquares: Double

  /// The fit of least squares.
  ///
  /// Source: Golub and Reinsch, "Singular value decomposition and least squares solutions", Numerische
  /// Mathematik 14 (1970) 403–420, DOI 10.1007/BF02163027, in GSL's version (gsl_multifit_linear).
  ///
  /// - Parameters:
  ///   - rows: the columns' numbers for each value.
  /// - Returns: nil where there are no more values than columns, or no columns.
  /// - Complexity: O(rows × columns²).
  package init?(rows: [[Double]], values: [Double]) {
    guard let width = rows.first?.count, width > 0, rows.count > width,
      rows.count == values.count, rows.allSatisfy({ $0.count == width })
    else { return nil }
    GSL.prepare()
    guard let matrix = unsafe gsl_matrix_alloc(rows.count, width),
      let measured = unsafe gsl_vector_alloc(rows.count),
      let factors = unsafe gsl_vector_alloc(width),
      let covariance = unsafe gsl_matrix_alloc(width, width),
      let work = unsafe gsl_multifit_linear_alloc(rows.count, width)
    else { preconditionFailure("memory for a fit was to be had") }
    defer {
      unsafe gsl_multifit_linear_free(work)
      unsafe gsl_matrix_free(covariance)
      unsafe gsl_vector_free(factors)
      unsafe gsl_vector_free(measured)
      unsafe gsl_matrix_free(matrix)
    }
    for (row, numbers) in rows.enumerated() {
      for (column, number) in numbers.enumerated() {
        unsafe gsl_matrix_set(matrix, row, column, number)
      }
      unsafe gsl_vector_set(measured, row, values[row])
    }
    var squares = 0.0
    guard unsafe gsl_multifit_linear(matrix, measured, factors, covariance, &squares, work) == 0
    else { return nil }
    coefficients = (0..<width).map { unsafe gsl_vector_get(factors, $0) }
    standardErrors = (0..<width).map {
      unsafe gsl_matrix_get(covariance, $0, $0).squareRoot()
    }
    residualSumOfSquares = squares
  }
}
