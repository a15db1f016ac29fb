// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Inputs
import Quantities

/// Reads logs of machines that come and go: `milliseconds,add|remove,machine` a line, without a header.
enum AvailabilityLog {
  /// How many machines there were, and how long the log lasts.
  ///
  /// - Throws: everything that is wrong with the log.
  /// - Complexity: O(lines × machines).
  static func numbers(
    _ bytes: [UInt8]
  ) throws(TraceErrors) -> (changes: [AvailabilityTrace.Change], length: TimeSpan) {
    var scanner = CSVScanner(bytes)
    var errors: [TraceError] = []
    var there: [[UInt8]] = []
    var changes: [AvailabilityTrace.Change] = []
    var last = TimeSpan.zero
    func fail(_ field: InputField, _ allowed: String) {
      if errors.count < TraceErrors.limit { errors.append(field.error(allowed: allowed)) }
    }
    do {
      while try scanner.next() {
        let fields = scanner.fields
        guard fields.count == 3 else {
          fail(fields[0], "three fields: milliseconds,add|remove,machine")
          continue
        }
        guard let milliseconds = fields[0].wholeNumber, .milliseconds(Int64(milliseconds)) >= last
        else {
          fail(fields[0], "whole milliseconds that do not go back")
          continue
        }
        last = .milliseconds(Int64(milliseconds))
        let machine = Array(fields[2].bytes)
        switch (fields[1].string, there.firstIndex(of: machine)) {
        case ("add", nil): there.append(machine)
        case ("remove", let position?): there.remove(at: position)
        case ("add", _): fail(fields[2], "a machine that is not there yet")
        case ("remove", _): fail(fields[2], "a machine that was added before")
        default: fail(fields[1], "add or remove")
        }
        if changes.last?.at == last { changes.removeLast() }
        changes.append(AvailabilityTrace.Change(at: last, count: there.count))
      }
    } catch {
      errors.append(error)
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    guard let first = changes.first, changes.count > 1 else {
      throw MeasuredFile.failure("events at one time", "two events at different times")
    }
    // What was there at the last event was there for no time that was seen.
    return (
      changes.dropLast().map { .init(at: $0.at - first.at, count: $0.count) }, last - first.at
    )
  }
}
