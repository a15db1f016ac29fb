// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

/// Which requests belong to one conversation.
///
/// So many conversations go on at any time; each request belongs to one of them, whichever, and each
/// ends after a fixed time and makes way for the next. At a rate of r a second a conversation has
/// r · lifetime / active requests on average.
package struct Sessions: Sendable, Equatable {
  /// How many go on at a time.
  package let active: Int
  /// How long each lasts.
  package let lifetime: TimeSpan

  /// Conversations of those values.
  ///
  /// - Precondition: both are positive.
  package init(active: Int, lifetime: TimeSpan) {
    precondition(active > 0 && lifetime > .zero, "conversations go on for a while")
    self.active = active
    self.lifetime = lifetime
  }

  /// The conversation of a request, never 0: a function of the request's number and time alone.
  package func session(of number: UInt64, at time: Instant) -> UInt64 {
    let slot = ((mixed(number) >> 32) * UInt64(active)) >> 32
    // Conversations end at times of their own, not all at once.
    let shift = (mixed(slot) >> 33) % UInt64(lifetime.nanoseconds)
    let since = UInt64(bitPattern: time.nanoseconds) &+ 1 << 62 &+ shift
    return mixed(slot << 32 ^ since / UInt64(lifetime.nanoseconds)) | 1
  }
}
