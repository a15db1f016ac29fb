// SPDX-License-Identifier: GPL-3.0-or-later

import FleetSimulation
import Quantities

/// A figure beside what it should be.
struct Bar {
  /// What was measured.
  let name: String
  /// The figure, with its unit.
  let figure: String
  /// What it should be; empty for a figure that has no bar.
  let bar: String
  /// Whether it is; `nil` where nobody can tell.
  let isMet: Bool?

  /// A figure that may be at most `limit`.
  static func atMost(
    _ limit: Double, _ name: String, _ value: Double, _ unit: String, places: Int = 1
  ) -> Bar {
    Bar(
      name: name, figure: "\(formatted(value, places: places)) \(unit)",
      bar: "at most \(formatted(limit, places: limit == limit.rounded() ? 0 : 2)) \(unit)",
      isMet: value <= limit)
  }

  /// A figure that should be at least `limit`; one that is not says something only of a whole machine.
  static func atLeast(
    _ limit: Double, _ name: String, _ value: Double, _ unit: String, places: Int = 1,
    isWhole: Bool = true
  ) -> Bar {
    Bar(
      name: name, figure: "\(formatted(value, places: places)) \(unit)",
      bar: "at least \(formatted(limit, places: limit == limit.rounded() ? 0 : 2)) \(unit)",
      isMet: value >= limit ? true : isWhole ? false : nil)
  }

  /// A figure without a bar, to compare others with.
  static func figure(_ name: String, _ value: Double, _ unit: String, places: Int = 1) -> Bar {
    Bar(name: name, figure: "\(formatted(value, places: places)) \(unit)", bar: "", isMet: true)
  }

  /// Prints it in columns.
  func print() {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let verdict =
      switch isMet {
      case _ where bar.isEmpty: ""
      case true?: "met"
      case false?: "NOT MET"
      case nil: "not judged: the core was shared"
      }
    Swift.print(padded(name, 60) + padded(figure, 34) + padded(bar, 36) + verdict)
  }
}

/// How long things take by the wall clock.
enum Stopwatch {
  /// Adds the seconds that `body` takes to `times`.
  static func time<Result: ~Copyable>(
    into times: inout [Double], _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    times.append(seconds(since: start))
    return result
  }

  /// The seconds since then.
  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }

  /// The value in the middle.
  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  /// The least of several times of the same work: whatever else a machine does only adds to it.
  ///
  /// - Precondition: there is one.
  static func fastest(_ values: [Double]) -> Double {
    guard let least = values.min() else { preconditionFailure("something was timed") }
    return least
  }
}
