// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// A table of a law, made when it is first needed.
///
/// To check a scenario takes no table, and all replications share one.
final class TableOnDemand<Law: Equatable & Sendable, Table: Sendable>: Sendable, Equatable {
  let law: Law
  private let make: @Sendable (Law) -> Table
  private let made = Mutex<Table?>(nil)

  init(_ law: Law, _ make: @escaping @Sendable (Law) -> Table) {
    self.law = law
    self.make = make
  }

  /// The table.
  ///
  /// - Complexity: that of making it the first time.
  var table: Table {
    made.withLock { made in
      if let made { return made }
      let table = make(law)
      made = table
      return table
    }
  }

  static func == (left: TableOnDemand, right: TableOnDemand) -> Bool { left.law == right.law }
}
