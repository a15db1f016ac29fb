// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// How long the tests may take, as `PLIMSOLL_LONG` in the environment says.
package enum TestLength: Int, Comparable, Sendable {
  /// Minutes: `make test`, and whoever says nothing.
  case short
  /// What a commit has to pass besides: `PLIMSOLL_LONG=1`, as `make long-tests` and `make check` set it.
  case long
  /// Studies too, which remake the tables of the documentation: `PLIMSOLL_LONG=all`.
  case all

  /// What was asked for.
  package static let current: TestLength =
    switch ProcessInfo.processInfo.environment["PLIMSOLL_LONG"] {
    case nil, "": .short
    case "all": .all
    default: .long
    }

  /// A longer length is a greater one.
  package static func < (left: TestLength, right: TestLength) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Trait where Self == ConditionTrait {
  /// Takes seconds of processor time, so `make check` runs it and `make test` does not.
  package static var long: Self {
    .enabled(if: TestLength.current >= .long, "takes long; make long-tests runs it")
  }

  /// Takes minutes and remakes a table of the documentation.
  package static var study: Self {
    .enabled(if: TestLength.current == .all, "a study of some minutes; PLIMSOLL_LONG=all runs it")
  }
}
