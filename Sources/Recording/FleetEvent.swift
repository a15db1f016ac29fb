// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Something that happened to a machine.
package struct FleetEvent: Sendable, Equatable {
  /// What happened.
  package enum Kind: String, Sendable, CaseIterable {
    /// A launch was asked for.
    case requested
    /// The cloud had no machine to sell.
    case refused
    /// The account may have no more machines of the kind.
    case overQuota
    /// The machine exists and is billed.
    case launched
    /// Its replicas accept requests.
    case ready
    /// The cloud recommended to move before it said when it will take it back.
    case recommended
    /// The cloud said when it will take it back.
    case noticed
    /// The cloud took it back.
    case interrupted
    /// The fleet gave it back.
    case released

    /// Its position among all kinds.
    var number: Int {
      switch self {
      case .requested: 0
      case .refused: 1
      case .overQuota: 2
      case .launched: 3
      case .ready: 4
      case .recommended: 5
      case .noticed: 6
      case .interrupted: 7
      case .released: 8
      }
    }
  }

  /// When it happened.
  package let time: Instant
  /// What happened.
  package let kind: Kind
  /// The number of the pool.
  package let pool: Int
  /// The number of the machine; -1 where there is none.
  package let machine: Int

  /// An event of those values.
  package init(time: Instant, kind: Kind, pool: Int, machine: Int) {
    self.time = time
    self.kind = kind
    self.pool = pool
    self.machine = machine
  }
}
