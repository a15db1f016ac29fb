// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

/// A place that breaks a rule.
struct Violation: CustomStringConvertible {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}

/// Records each violation as an issue of the running test.
func report(_ violations: [Violation]) {
  for violation in violations { Issue.record("\(violation)") }
}
