// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams

extension BatchReplicas {
  /// Puts the batches that began now in the midst of their time, each lane by a draw of its own.
  ///
  /// Lanes that begin together and take equally long would end together for as long as requests wait. At
  /// any time a busy lane is a uniform part of its batch away from its end.
  ///
  /// - Complexity: O(lanes · log lanes).
  @usableFromInline
  package mutating func stagger(by stream: consuming RandomStream, now: Instant) {
    for index in 0..<laneCount where lane[index].count > 0 {
      let left = stream.nextUniform()
      guard lane[index].started == now.nanoseconds else { continue }
      let time = nextTimes[index] - now.nanoseconds
      nextTimes.set(index, to: now.nanoseconds + Int64(left * Double(time)))
    }
  }
}
