// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// The machines that are not gone, by number, and the numbers of those that are.
  ///
  /// Its memory follows the fleet and not its age: of a machine that is gone only its number is kept, in a range with
  /// those of its neighbours.
  struct MachineTable: Sendable {
    /// The machines that are not gone, the lowest number first.
    private(set) var known: [Machine] = []
    /// The numbers of machines that are gone.
    private(set) var gone = NumberRanges()

    /// How many gaps between numbers of machines are remembered that no known machine explains.
    private static let mostGaps = 1_024

    /// A table of no machines.
    init() {}

    /// A table of those machines and numbers.
    init(known: [Machine], gone: NumberRanges) {
      self.known = known.sorted { $0.id.index < $1.id.index }
      self.gone = gone
    }

    /// What is known of a machine; nil for one that is gone or was never there.
    ///
    /// - Complexity: O(log n) for n machines.
    subscript(id: MachineID) -> Machine? {
      let place = place(of: id)
      return place < known.count && known[place].id == id ? known[place] : nil
    }

    /// Whether a machine is known or gone.
    func hasSeen(_ id: MachineID) -> Bool { self[id] != nil || gone.contains(id.index) }

    /// Adds a machine that has not been seen.
    ///
    /// - Complexity: O(1) for the highest number, else O(n).
    mutating func insert(_ machine: Machine) {
      known.insert(machine, at: place(of: machine.id))
    }

    /// Changes what is known of a machine; one that is not known stays so.
    mutating func update(_ id: MachineID, _ change: (inout Machine) -> Void) {
      let place = place(of: id)
      guard place < known.count, known[place].id == id else { return }
      change(&known[place])
    }

    /// Forgets a machine but for its number.
    ///
    /// - Complexity: O(n).
    mutating func remove(_ id: MachineID) {
      let place = place(of: id)
      guard place < known.count, known[place].id == id else { return }
      known.remove(at: place)
      gone.insert(id.index, mostRuns: known.count + Self.mostGaps)
    }

    private func place(of id: MachineID) -> Int {
      // Most are asked for while they are the youngest.
      guard let youngest = known.last, youngest.id.index >= id.index else { return known.count }
      var (low, high) = (0, known.count)
      while low < high {
        let middle = (low + high) / 2
        if known[middle].id.index < id.index { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}
