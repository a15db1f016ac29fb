// SPDX-License-Identifier: GPL-3.0-or-later

/// Which points of a space a sweep visits.
package enum SweepSampling: Sendable, Equatable {
  /// Every combination of values.
  case grid
  /// So many points of a Latin hypercube.
  case latinHypercube(Int)
  /// So many points of a Sobol' sequence, a power of two.
  case sobol(Int)

  private static var limit: Int { 65_536 }

  /// Reads `lhs:200`, `sobol:256` or `grid`.
  package init(parsing text: String) throws(SweepGrammarError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let count = parts.count == 2 ? Int(parts[1].filter { $0 != "_" }) : nil
    switch (parts.first, count) {
    case ("grid", nil) where parts.count == 1: self = .grid
    case ("lhs", let count?) where (1...Self.limit).contains(count): self = .latinHypercube(count)
    case ("sobol", let count?) where (1...Self.limit).contains(count) && count.nonzeroBitCount == 1:
      // Other numbers of points lose the balance that the sequence is for.
      self = .sobol(count)
    default:
      throw SweepGrammarError(
        "--sample \(text)",
        "allowed: lhs:N with N from 1 to \(Self.limit), sobol:N with N a power of two up to that, or grid"
      )
    }
  }
}
