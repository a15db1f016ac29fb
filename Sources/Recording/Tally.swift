// SPDX-License-Identifier: GPL-3.0-or-later

/// A count of a replication that belongs to one part of the fleet or the workload.
package struct Tally: Sendable, Equatable {
  /// What is counted, such as `answered`.
  package let name: String
  /// The part that it belongs to, such as `70b-int4/simple`; empty when it is for all.
  package let label: String
  /// The count.
  package let value: Int128

  /// A count of those values.
  package init(name: String, label: String, value: Int128) {
    self.name = name
    self.label = label
    self.value = value
  }
}
