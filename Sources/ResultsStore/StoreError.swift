// SPDX-License-Identifier: GPL-3.0-or-later

import SQLite

/// Why a results database could not be opened, read or written.
package struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The database's path as it was given.
  package let path: String
  /// What is wrong, in words that fit after "path:".
  package let reason: String

  /// An error with that reason.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The path and the reason.
  package var description: String { "\(path): \(reason)" }
}

extension StoreError {
  /// What an error means that came up while something was done with the database.
  init(path: String, while action: String, _ error: any Error) {
    let reason =
      switch error {
      case let refusal as Refusal: refusal.reason
      case let failure as DatabaseError: "\(action) failed: \(failure.text)"
      case is RowDecodingError: "is damaged: \(action) met a value of another type than was written"
      default: "\(action) failed: \(error)"
      }
    self.init(path: path, reason: reason)
  }
}

/// A reason to go no further, before the path is known.
struct Refusal: Error {
  let reason: String
}

extension DatabaseError {
  /// SQLite's own words with the name of its code.
  fileprivate var text: String {
    "\(message) (SQLite code \(extendedResultCode))"
  }
}
