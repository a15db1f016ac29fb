// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// What a replication drew at random, and whether its requests reach its machines and its bill.
///
/// A measure is exact where nothing that was drawn reaches it on any path. The simulation notes each
/// purpose where it draws, so a law that draws nothing, or a launch that never comes, counts as none.
package struct Draws: Sendable, Equatable {
  private var bits: UInt32 = 0
  /// Whether a policy that sees requests, or a machine that waits for them, decides about machines.
  package var requestsReachMachines = false
  /// Whether the bill has lines for what requests do.
  package var requestsReachBill = false

  /// Nothing was drawn.
  package init() {}

  /// What the cloud does: it reaches machines, and by them requests and the bill.
  private static let cloud: [StreamPurpose] = [
    .capacity, .traceEntry, .launchAnswer, .launch, .lifetime, .shocks, .shockVictims, .notice,
  ]
  /// What machines cost: it reaches the bill alone, as policies see mean prices.
  private static let prices: [StreamPurpose] = [.price, .priceJumps]

  /// Notes that something was drawn for a purpose.
  package mutating func note(_ purpose: StreamPurpose) { bits |= Self.bit(of: purpose) }

  /// Whether nothing that was drawn reaches the machines.
  package var leaveMachines: Bool {
    !has(Self.cloud) && !(requestsReachMachines && hasRequests)
  }

  /// Whether nothing that was drawn reaches the bill.
  package var leaveBill: Bool {
    leaveMachines && !has(Self.prices) && !(requestsReachBill && hasRequests)
  }

  /// Whether nothing that was drawn reaches what requests meet.
  package var leaveRequests: Bool { leaveMachines && !hasRequests }

  /// Whatever is neither the cloud's nor a price is taken to reach requests.
  private var hasRequests: Bool {
    has(StreamPurpose.allCases.filter { !(Self.cloud + Self.prices).contains($0) })
  }

  private func has(_ purposes: [StreamPurpose]) -> Bool {
    purposes.contains { bits & Self.bit(of: $0) != 0 }
  }

  /// Purposes are numbered from 1 to 30; those of tests share the last bit.
  private static func bit(of purpose: StreamPurpose) -> UInt32 {
    1 << UInt32(min(31, purpose.rawValue))
  }
}

extension Draws {
  /// The draws as a tally: the purposes by bit, and above these what requests reach.
  package var tally: Tally {
    let reach = (requestsReachMachines ? 1 : 0) | (requestsReachBill ? 2 : 0)
    return Tally(.draws, value: Int128(bits) | Int128(reach) << 32)
  }

  /// The draws that a tally holds.
  package init(tally value: Int128) {
    bits = UInt32(truncatingIfNeeded: value)
    requestsReachMachines = value >> 32 & 1 != 0
    requestsReachBill = value >> 32 & 2 != 0
  }
}

extension ReplicationRecord {
  /// What it drew; `nil` where that was not kept, and nothing of it can be called exact.
  package var draws: Draws? {
    tallies.first { $0.name == .draws }.map { Draws(tally: $0.value) }
  }
}
