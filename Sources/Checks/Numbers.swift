// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams

/// The elementary functions that verdicts need, the same on every processor.
enum Numbers {
  static func log(_ x: Double) -> Double { Elementary.log(x) }

  /// e^x - 1 for x in [-700, 0], by its Taylor series where the difference would cancel.
  static func expm1(_ x: Double) -> Double {
    guard x.magnitude < 1e-3 else { return Elementary.exp(x) - 1 }
    return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))))
  }
}
