// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// What follows from a law and takes long to work out: made when it is first needed.
///
/// To check a scenario takes none of it, and all replications share one.
package final class OnDemand<Law: Sendable, Value: Sendable>: Sendable {
  /// What the value follows from.
  package let law: Law
  private let make: @Sendable (Law) -> Value
  private let made = Mutex<Value?>(nil)

  /// What `make` makes of a law.
  package init(_ law: Law, _ make: @escaping @Sendable (Law) -> Value) {
    self.law = law
    self.make = make
  }

  /// The value.
  ///
  /// - Complexity: that of making it the first time.
  package var value: Value {
    made.withLock { made in
      if let made { return made }
      let value = make(law)
      made = value
      return value
    }
  }
}

extension OnDemand: Equatable where Law: Equatable {
  /// Whether two values follow from one law; none is made for it.
  package static func == (left: OnDemand, right: OnDemand) -> Bool { left.law == right.law }
}
