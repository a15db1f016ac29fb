// SPDX-License-Identifier: GPL-3.0-or-later

import Serving

/// Who goes first at an engine that goes by priorities: the lower number.
package struct RequestPriorities: Sendable, Equatable {
  /// By class; empty where all are alike.
  package var ofClasses: [Int]
  /// By the number of the request, where they were recorded; empty where they were not.
  package var recorded: [Int]

  /// Priorities of those values.
  package init(ofClasses: [Int] = [], recorded: [Int] = []) {
    self.ofClasses = ofClasses
    self.recorded = recorded
  }

  /// The priority of a request.
  func priority(of request: Ticket) -> Int {
    if !recorded.isEmpty { return recorded[Int(request.number)] }
    return ofClasses.isEmpty ? 0 : ofClasses[Int(request.classIndex)]
  }
}
