// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a file could not be read.
package enum FileReadFailure: Error, Equatable, Sendable {
  /// There is no such file.
  case missing
  /// There is one, and the system would not give it; the reason as a clause.
  case unreadable(String)
}

/// How scenario files are read: from a disk, or from memory in tests.
package struct FileReader: Sendable {
  /// The bytes of the file at a path.
  package let read: @Sendable (String) throws(FileReadFailure) -> [UInt8]

  /// A reader that asks `read`.
  package init(read: @escaping @Sendable (String) throws(FileReadFailure) -> [UInt8]) {
    self.read = read
  }
}
