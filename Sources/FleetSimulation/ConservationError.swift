// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A law of conservation that a replication broke: a bug of ours, never of the scenario.
package struct ConservationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The law.
  package let law: String
  /// What was found on its two sides.
  package let found: String

  /// The law with what was found.
  package var description: String { "\(law): \(found)" }
}

/// An engine that cannot go on with the requests that it holds: its settings do not go with them.
package struct StuckEngine: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where its settings stand: the file and the key.
  let place: String
  /// The pool of its machine.
  let pool: String
  /// When it stopped.
  let time: Instant
  /// The replication.
  let replication: Int

  /// What happened, and what may be done.
  package var description: String {
    "\(place): an engine of pool \(pool) stopped \(time) after the start of replication \(replication): nothing can be "
      + "scheduled although requests wait, or they take each other's blocks without end; give it more KV blocks or "
      + "tokens a step, or let it admit only requests all of whose tokens fit (scheduler_reserve_full_isl)"
  }
}
