// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Statistics

/// Numbers of documents in the same digits as in every other report.
enum FigureTextOf {
  /// A value that is known exactly.
  static func exact(_ value: Double, unit: String) -> String {
    FigureText.text(value, unit: unit)
  }

  private static func interval(_ value: Double, _ low: Double, _ high: Double) -> Interval {
    Interval(estimate: value, low: low, high: high, samples: 2)
  }

  /// An estimate in as many digits as its interval supports.
  static func estimate(_ value: Double, _ low: Double, _ high: Double, unit: String) -> String {
    ValueText.estimate(interval(value, low, high), unit: unit)
  }

  /// An interval.
  static func range(_ value: Double, _ low: Double, _ high: Double, unit: String) -> String {
    ValueText.range(interval(value, low, high), unit: unit)
  }
}
