// SPDX-License-Identifier: GPL-3.0-or-later

/// Where something was written, and the names that lead to it: how messages begin.
package struct WrittenPlace: Equatable, Sendable, CustomStringConvertible {
  /// Where it was written.
  package let location: SourceLocation
  /// The names that lead to it.
  package let keyPath: String

  /// A place of those values.
  package init(location: SourceLocation, keyPath: String) {
    self.location = location
    self.keyPath = keyPath
  }

  /// `file:line:column: key.path`.
  package var description: String { "\(location): \(keyPath)" }
}

extension ValueReader {
  /// Where the value was written.
  var place: WrittenPlace { WrittenPlace(location: location, keyPath: keyPath) }
}

extension MappingReader {
  /// Where the mapping was written.
  package var place: WrittenPlace { WrittenPlace(location: location, keyPath: keyPath) }

  /// Where the value of a key was written.
  package func place(of key: String) -> WrittenPlace {
    WrittenPlace(location: location(of: key), keyPath: KeyPathNames.appending(key, to: keyPath))
  }
}
