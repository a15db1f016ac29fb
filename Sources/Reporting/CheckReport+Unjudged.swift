// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario

extension CheckReport {
  /// A file that could not be judged, or not as it was asked to, beside those that were.
  package struct Unjudged: Sendable, Equatable {
    /// One thing that is wrong.
    package struct Fault: Sendable, Equatable {
      /// What it is.
      package let message: String
      /// Where it stands; `nil` for what stands in no file.
      package let location: SourceLocation?

      /// A fault of those values.
      package init(message: String, location: SourceLocation? = nil) {
        self.message = message
        self.location = location
      }
    }

    /// The path as it was given.
    package let path: String
    /// The exit code that it alone would end with.
    package let code: Int32
    /// What is wrong; at least one thing.
    package let faults: [Fault]

    /// A file with its faults.
    package init(path: String, code: Int32, faults: [Fault]) {
      self.path = path
      self.code = code
      self.faults = faults
    }
  }
}

extension CheckReport.Unjudged {
  /// How many faults a report of a pipeline lists; the rest are counted.
  private static var shownLimit: Int { ScenarioErrors.shownLimit }

  /// The faults that are listed, and a line that counts the others.
  var shownFaults: [Fault] {
    let more = faults.count - Self.shownLimit
    guard more > 0 else { return faults }
    return faults.prefix(Self.shownLimit) + [Fault(message: "\(more) more")]
  }
}

extension CheckReport.Unjudged.Fault {
  /// The place and the message.
  var line: String { location.map { "\($0): \(message)" } ?? message }
}

extension ScenarioErrors {
  /// The errors as faults of a report.
  package var faults: [CheckReport.Unjudged.Fault] {
    errors.map { error in
      let clause = "\(error)".dropFirst("\(error.location): ".count)
      return CheckReport.Unjudged.Fault(message: String(clause), location: error.location)
    }
  }
}
