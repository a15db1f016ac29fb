// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// Which conversation a request belongs to, as it is asked for each.
package enum SessionLaw: Sendable {
  /// Each stands alone.
  case alone
  /// By number and time.
  case sessions(Sessions)
  /// By number, where prompts grow by what was said.
  case conversations

  /// The conversation of a request that arrives; 0 where it stands alone.
  package func session(of number: UInt64, at time: Instant) -> UInt64 {
    switch self {
    case .alone: 0
    case .sessions(let sessions): sessions.session(of: number, at: time)
    case .conversations: Conversations.session(of: number)
    }
  }
}
