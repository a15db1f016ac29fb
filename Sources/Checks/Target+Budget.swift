// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

extension Target {
  /// Whether it bounds from above what the fleet costs: a target of the whole fleet, which no
  /// smaller one is
  /// rejected for, instead of one of its service.
  package var isBudget: Bool {
    switch (measure, comparison) {
    case (.monthlyCost, .atMost), (.monthlyCost, .below): true
    case (.hourlyCost, .atMost), (.hourlyCost, .below): true
    case (.savings, .atLeast), (.savings, .above): true
    default: false
    }
  }
}
