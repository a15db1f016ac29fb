// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads a file or a pipe line by line, 64 KiB at a time.
public struct LineReader {
  private let file: FileHandle
  private var buffer: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  private var isAtEnd = false

  /// A reader from where the file stands.
  public init(_ file: FileHandle) {
    self.file = file
  }

  /// The next line without its line feed; nil at the end. A last line needs no line feed.
  ///
  /// - Throws: what reading the file throws.
  public mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let feed = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = feed + 1 }
        return Array(buffer[start..<feed])
      }
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return Array(buffer[start...])
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      guard let more = try file.read(upToCount: 1 << 16), !more.isEmpty else {
        isAtEnd = true
        continue
      }
      buffer.append(contentsOf: more)
    }
  }
}
