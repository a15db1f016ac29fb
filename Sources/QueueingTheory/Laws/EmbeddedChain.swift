// SPDX-License-Identifier: GPL-3.0-or-later

/// The steady state of a Markov chain over 0, 1, 2, … that is looked at in steps.
///
/// States are eliminated from the last one down without a subtraction, so that also the smallest
/// probabilities keep their digits. Source: Grassmann, Taksar and Heyman, "Regenerative analysis and
/// steady state distributions for Markov chains", Operations Research 33 (1985),
/// DOI 10.1287/opre.33.5.1107.
enum EmbeddedChain {
  /// Where a state leads in one step: the probabilities of `first`, `first + 1` and so on.
  struct Row {
    var first: Int
    var probabilities: [Double]

    /// The row that adds a Poisson number to `kept`.
    init(kept: Int, arrivals: PoissonTerms) {
      first = kept + arrivals.first
      probabilities = arrivals.probabilities
    }

    /// The row with all states from `count` on taken for the last before it.
    fileprivate func cut(to count: Int) -> Row {
      guard first + probabilities.count > count else { return self }
      var row = self
      row.first = min(first, count - 1)
      let kept = max(0, count - 1 - first)
      row.probabilities =
        Array(probabilities[..<kept]) + [probabilities[kept...].reversed().reduce(0, +)]
      return row
    }
  }

  /// The share of steps that end in 0, 1, …, up to a state of probability below 1e-17.
  ///
  /// - Precondition: the chain settles; neither the first nor the last state of a row lies below
  ///   that of the row before.
  /// - Complexity: the number of states times the square of a row's length.
  static func stationary(startingWith count: Int, row: (Int) -> Row) -> [Double] {
    var count = max(2, count)
    var law = eliminate((0..<count).map { row($0).cut(to: count) })
    while law[count - 1] > 1e-17 {
      precondition(count < 1 << 20, "the queue is too close to its limit for its law to be found")
      count *= 2
      law = eliminate((0..<count).map { row($0).cut(to: count) })
    }
    return law
  }

  private static func eliminate(_ chain: [Row]) -> [Double] {
    var rows = chain
    // No row leads below the first, so what lies there has no probability.
    let least = min(rows[0].first, rows.count - 1)
    for state in stride(from: rows.count - 1, to: least, by: -1) {
      let low = rows[state].first
      let leaving = rows[state].probabilities.prefix(max(0, state - low))
      let sum = leaving.reduce(0, +)
      for origin in stride(from: state - 1, through: least, by: -1) {
        let offset = rows[origin].first
        if state >= offset + rows[origin].probabilities.count { break }
        // A row that starts beyond the state does not lead to it.
        if state < offset { continue }
        let factor = rows[origin].probabilities[state - offset] / sum
        rows[origin].probabilities[state - offset] = factor
        for (column, probability) in zip(low..., leaving) {
          rows[origin].probabilities[column - offset] += factor * probability
        }
      }
    }
    var law = [Double](repeating: 0, count: least) + [1]
    for state in least + 1..<rows.count {
      var mass = 0.0
      for origin in stride(from: state - 1, through: least, by: -1) {
        let offset = rows[origin].first
        if state >= offset + rows[origin].probabilities.count { break }
        if state >= offset { mass += law[origin] * rows[origin].probabilities[state - offset] }
      }
      law.append(mass)
      // Far above an unlikely start the numbers would overflow.
      if mass > 1e200 { law = law.map { $0 * 1e-200 } }
    }
    let sum = law.reversed().reduce(0, +)
    return law.map { $0 / sum }
  }
}
