// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// The launches that nobody has answered, and the latest of those that were.
  ///
  /// An answered launch is remembered for a second machine that may come for it, and forgotten after a thousand more.
  struct LaunchTable: Sendable {
    private var open = NumberedRows<Launch>()
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
      open = NumberedRows(unanswered) { $0.id.index }
      self.answered = answered
      self.next = next
    }

    /// The launches without an answer, the lowest number first.
    ///
    /// - Complexity: O(n).
    var unanswered: [Launch] { open.all }

    /// Up to so many launches without an answer that satisfy a condition, the youngest first.
    ///
    /// - Complexity: O(launches that are looked at).
    func youngest(_ limit: Int, where condition: (Launch) -> Bool) -> [Launch] {
      open.youngest(limit, where: condition)
    }

    /// What is remembered of a launch; nil for one that was not asked for, or long ago.
    ///
    /// - Complexity: O(log n) for n launches without an answer, else O(answered launches that are remembered).
    subscript(id: LaunchID) -> Launch? {
      open[id.index] ?? answered.last { $0.id == id }
    }

    /// Adds a launch and gives it the next number.
    mutating func ask(
      in pool: PoolID, isFallback: Bool, isReplacement: Bool, at now: Instant
    ) -> Launch {
      let launch = Launch(
        id: LaunchID(next), pool: pool, isFallback: isFallback, isReplacement: isReplacement,
        askedAt: now)
      next += 1
      open.insert(launch, at: launch.id.index)
      return launch
    }

    /// Notes that a launch without an answer is withdrawn, or that it counts as its pool's own.
    mutating func update(_ id: LaunchID, _ change: (inout Launch) -> Void) {
      open.update(id.index, change)
    }

    /// Notes that a launch was answered.
    ///
    /// - Complexity: O(log n) for n launches without an answer, where the many are taken together.
    mutating func end(_ id: LaunchID) {
      guard var launch = open.remove(id.index) else { return }
      launch.state = .ended
      answered.append(launch)
      if answered.count >= Self.mostAnswered { answered.removeFirst(Self.mostAnswered / 2) }
    }
  }
}
