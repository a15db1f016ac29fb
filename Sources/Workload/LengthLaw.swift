// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Synchronization

/// How many tokens a prompt or an answer has, as a table that is made when it is first needed.
///
/// To check a scenario takes no table, and all replications share one.
final class LengthLaw: Sendable, Equatable {
  private let law: Distribution
  private let made = Mutex<QuantileTable?>(nil)

  init(_ law: Distribution) {
    self.law = law
  }

  /// The table to draw from.
  var table: QuantileTable {
    made.withLock { made in
      if let made { return made }
      let table = QuantileTable(law)
      made = table
      return table
    }
  }

  static func == (left: LengthLaw, right: LengthLaw) -> Bool { left.law == right.law }
}

/// The tables of both lengths; `nil` where a trace brings them.
struct LengthTables {
  let prompt: QuantileTable?
  let output: QuantileTable?
}
