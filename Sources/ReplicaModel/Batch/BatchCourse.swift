// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// The way of a request that was answered in a batch.
@frozen
@usableFromInline
package struct BatchCourse: RequestCourse, BitwiseCopyable {
  /// When the batch began.
  @usableFromInline package let started: Instant
  /// A batch knows no tokens.
  @inlinable package var firstToken: Instant? { nil }

  @inlinable
  init(started: Instant) {
    self.started = started
  }
}
