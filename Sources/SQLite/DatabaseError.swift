// SPDX-License-Identifier: GPL-3.0-or-later

private import CSQLite

/// What SQLite says when it refuses something.
package struct DatabaseError: Error, Sendable {
  /// SQLite's own words.
  package let message: String
  /// Its extended code, https://www.sqlite.org/rescode.html.
  package let extendedResultCode: Int32

  /// Whether another connection holds what is wanted.
  package var isBusy: Bool { [SQLITE_BUSY, SQLITE_LOCKED].contains(extendedResultCode & 0xFF) }
}

/// A column that is missing, or holds a value of another type than is asked for.
package struct RowDecodingError: Error, Sendable {
  /// The column's name, or its number.
  package let column: String
}
