// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording

/// Which windows are open now. Windows may overlap, and their edges lie on whole minutes.
struct RequestWindows: Sendable {
  /// How many windows of each part are open.
  private var warming = 0
  private var measuring = 0

  /// Whether requests should run: whether any window is open.
  private(set) var isOpen = false
  /// Whether requests that arrive now are measured.
  var isMeasuring: Bool { measuring > 0 }

  /// Opens or closes a window.
  mutating func change(_ part: WindowPart, opens: Bool) {
    let step = opens ? 1 : -1
    switch part {
    case .warmUp: warming += step
    case .measured: measuring += step
    }
    isOpen = warming + measuring > 0
    precondition(warming >= 0 && measuring >= 0, "a window closes after it opened")
  }
}
