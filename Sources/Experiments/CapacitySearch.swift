// SPDX-License-Identifier: GPL-3.0-or-later

/// Looks for the largest value of an input at which a fleet holds its targets, or for the smallest.
///
/// All values meet the same random numbers. A verdict has three values, so that the answer is an interval: between the
/// last value that holds and the first that fails nothing is decided. Assumed: what holds at a value holds at every
/// easier one.
package struct CapacitySearch: Sendable {
  /// How a value was judged.
  package enum Standing: Sendable, Equatable {
    case holds
    case undecided
    case fails
  }

  /// One value that was tried.
  package struct Trial: Sendable, Equatable {
    /// The value.
    package let value: Double
    /// How it was judged.
    package let standing: Standing
    /// The targets that do not hold.
    package let open: [String]

    /// A value with what became of it.
    package init(value: Double, standing: Standing, open: [String]) {
      self.value = value
      self.standing = standing
      self.open = open
    }
  }

  /// What was found.
  package struct Answer: Sendable, Equatable {
    /// The hardest value that holds; `nil` where none did.
    package let holds: Trial?
    /// The easiest value that fails; `nil` where none did.
    package let fails: Trial?
    /// All values that were tried, from the easiest on.
    package let trials: [Trial]
  }

  /// The values from the easiest to the hardest: steps of a whole number, or of a share of the value.
  package enum Scale: Sendable, Equatable {
    /// Loads from the first to the last; neighbours differ by this share.
    case load(from: Double, to: Double, step: Double)
    /// Numbers of machines, the most first: fewer are harder.
    case machines(from: Int, to: Int)

    /// How many values there are.
    var count: Int {
      switch self {
      case .load(let from, let to, let step):
        var (value, count) = (from, 1)
        while value < to { (value, count) = (value * (1 + step), count + 1) }
        return count
      case .machines(let from, let to): return to - from + 1
      }
    }

    /// The value of a number.
    func value(_ number: Int) -> Double {
      switch self {
      case .load(let from, _, let step):
        var value = from
        for _ in 0..<number { value *= 1 + step }
        // To three digits: as it is written is as it is tried.
        var unit = 1.0
        while unit * 1_000 <= value { unit *= 10 }
        while unit * 100 > value { unit /= 10 }
        return (value / unit).rounded() * unit
      case .machines(_, let to): return Double(to - number)
      }
    }
  }

  /// Tries values until both ends are next to each other.
  ///
  /// - Complexity: two bisections, 2·log₂(values) trials at most.
  package static func run(
    _ scale: Scale, _ trial: (Double) async throws -> Trial
  ) async throws -> Answer {
    var known: [(number: Int, trial: Trial)] = []
    func tried(_ number: Int) async throws -> Trial {
      if let old = known.first(where: { $0.number == number }) { return old.trial }
      let new = try await trial(scale.value(number))
      known.append((number, new))
      return new
    }
    // The first number that does not pass; `count` where all do.
    func boundary(_ passes: (Standing) -> Bool) async throws -> Int {
      var (low, high) = (0, scale.count)
      for old in known {
        if passes(old.trial.standing) {
          low = max(low, old.number + 1)
        } else {
          high = min(high, old.number)
        }
      }
      while low < high {
        let middle = (low + high) / 2
        if passes(try await tried(middle).standing) { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let firstOpen = try await boundary { $0 == .holds }
    let firstFailing = try await boundary { $0 != .fails }
    let holds = firstOpen > 0 ? try await tried(firstOpen - 1) : nil
    let fails = firstFailing < scale.count ? try await tried(firstFailing) : nil
    return Answer(
      holds: holds, fails: fails,
      trials: known.sorted { $0.number < $1.number }.map(\.trial))
  }
}
