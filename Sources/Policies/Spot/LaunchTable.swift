// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// The launches that nobody has answered, and the latest of those that were.
  ///
  /// An answered launch is remembered for a second machine that may come for it, and forgotten after a thousand more.
  struct LaunchTable: Sendable {
    /// The launches without an answer, the lowest number first.
    private(set) var unanswered: [Launch] = []
    /// The latest launches that were answered, in the order of their answers.
    private(set) var answered: [Launch] = []
    /// The number of the next launch; no number is given twice.
    private(set) var next = 0

    /// With so many answered launches the older half of them is forgotten.
    private static let mostAnswered = 2_048

    /// A table of no launches.
    init() {}

    /// A table of those launches.
    init(unanswered: [Launch], answered: [Launch], next: Int) {
      self.unanswered = unanswered.sorted { $0.id.index < $1.id.index }
      self.answered = answered
      self.next = next
    }

    /// What is remembered of a launch; nil for one that was not asked for, or long ago.
    ///
    /// - Complexity: O(log n) for n launches without an answer, else O(answered launches that are remembered).
    subscript(id: LaunchID) -> Launch? {
      if let place = place(of: id) { return unanswered[place] }
      return answered.last { $0.id == id }
    }

    /// Adds a launch and gives it the next number.
    mutating func ask(
      in pool: PoolID, isFallback: Bool, isReplacement: Bool, at now: Instant
    ) -> Launch {
      let launch = Launch(
        id: LaunchID(next), pool: pool, isFallback: isFallback, isReplacement: isReplacement,
        askedAt: now)
      next += 1
      unanswered.append(launch)
      return launch
    }

    /// Notes that a launch without an answer is withdrawn, or that it counts as its pool's own.
    mutating func update(_ id: LaunchID, _ change: (inout Launch) -> Void) {
      if let place = place(of: id) { change(&unanswered[place]) }
    }

    /// Notes that a launch was answered.
    ///
    /// - Complexity: O(n) for n launches without an answer.
    mutating func end(_ id: LaunchID) {
      guard let place = place(of: id) else { return }
      var launch = unanswered.remove(at: place)
      launch.state = .ended
      answered.append(launch)
      if answered.count >= Self.mostAnswered { answered.removeFirst(Self.mostAnswered / 2) }
    }

    private func place(of id: LaunchID) -> Int? {
      var (low, high) = (0, unanswered.count)
      while low < high {
        let middle = (low + high) / 2
        if unanswered[middle].id.index < id.index { low = middle + 1 } else { high = middle }
      }
      return low < unanswered.count && unanswered[low].id == id ? low : nil
    }
  }
}
