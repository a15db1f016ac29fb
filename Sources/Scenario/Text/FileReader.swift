// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a file could not be read.
package enum FileReadFailure: Error, Equatable, Sendable {
  /// There is no such file.
  case missing
  /// There is a folder of that name.
  case folder
  /// There is one, and the system would not give it; the reason as a clause.
  case unreadable(String)
}

/// How scenario files are read: from a disk, or from memory in tests.
package struct FileReader: Sendable {
  /// The bytes of the file at a path.
  package let read: @Sendable (String) throws(FileReadFailure) -> [UInt8]

  /// Takes the next piece of a file, and how many bytes the whole file has; 0 where nobody knows.
  package typealias Piece = (_ bytes: [UInt8], _ size: Int) -> Void
  /// Hands on the file at a path piece by piece, so that a long one is never in memory as a whole.
  package let stream: @Sendable (String, Piece) throws(FileReadFailure) -> Void

  /// A reader that asks `read`, and for a stream hands on what `read` gives.
  package init(read: @escaping @Sendable (String) throws(FileReadFailure) -> [UInt8]) {
    self.init(read: read) { (path: String, take: Piece) throws(FileReadFailure) in
      let bytes = try read(path)
      take(bytes, bytes.count)
    }
  }

  /// A reader that asks `read` for whole files and `stream` for pieces.
  package init(
    read: @escaping @Sendable (String) throws(FileReadFailure) -> [UInt8],
    stream: @escaping @Sendable (String, Piece) throws(FileReadFailure) -> Void
  ) {
    self.read = read
    self.stream = stream
  }

  /// The bytes of a file of at most that many; of a longer one, those up to the end of a piece.
  func read(_ path: String, upTo limit: Int) throws(FileReadFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    try stream(path) { (piece, _) in if bytes.count < limit { bytes += piece } }
    return bytes
  }
}
