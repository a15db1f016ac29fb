// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// The machines that are not gone, by number, and the numbers of those that are.
  ///
  /// Its memory follows the fleet and not its age: of a machine that is gone only its number is kept, in a range with
  /// those of its neighbours.
  struct MachineTable: Sendable {
    private var rows = NumberedRows<Machine>()
    /// The numbers of machines that are gone.
    private(set) var gone = NumberRanges()

    /// The machines that are not gone, the lowest number first.
    ///
    /// - Complexity: O(n).
    var known: [Machine] { rows.all }

    /// How many gaps between numbers of machines are remembered that no known machine explains.
    private static let mostGaps = 1_024

    /// A table of no machines.
    init() {}

    /// A table of those machines and numbers.
    init(known: [Machine], gone: NumberRanges) {
      rows = NumberedRows(known) { $0.id.index }
      self.gone = gone
    }

    /// What is known of a machine; nil for one that is gone or was never there.
    ///
    /// - Complexity: O(log n) for n machines.
    subscript(id: MachineID) -> Machine? { rows[id.index] }

    /// Whether a machine is known or gone.
    func hasSeen(_ id: MachineID) -> Bool { self[id] != nil || gone.contains(id.index) }

    /// Adds a machine that has not been seen.
    ///
    /// - Complexity: O(1) for the highest number, else O(n).
    mutating func insert(_ machine: Machine) {
      rows.insert(machine, at: machine.id.index)
    }

    /// Changes what is known of a machine; one that is not known stays so.
    mutating func update(_ id: MachineID, _ change: (inout Machine) -> Void) {
      rows.update(id.index, change)
    }

    /// Forgets a machine but for its number.
    ///
    /// - Complexity: O(log n), where the many are taken together.
    mutating func remove(_ id: MachineID) {
      guard rows.remove(id.index) != nil else { return }
      gone.insert(id.index, mostRuns: rows.count + Self.mostGaps)
    }
  }
}
