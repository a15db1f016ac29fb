// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// What the first bytes of a file say about it, read without SQLite, which would leave traces.
///
/// The format is that of "Database File Format", https://www.sqlite.org/fileformat2.html, section
/// 1.3. A write-ahead log may hold a newer header; the application's id is never only there, because
/// a database gets it before it gets such a log.
enum DatabaseHeader: Equatable {
  /// No file, or one without a byte: SQLite takes either for a new database.
  case absent
  /// A file that is no SQLite database.
  case foreign
  /// An SQLite database with the two numbers that applications write into its header.
  case database(applicationID: Int32, version: Int32)

  private static let magic = Array("SQLite format 3\0".utf8)
  private static let length = 100
  private static let versionOffset = 60
  private static let applicationOffset = 68

  /// The header of the file with that path.
  ///
  /// - Throws: what the system says when the path cannot be read, or that it is a folder.
  init(path: String) throws {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      self = .absent
      return
    }
    if isFolder.boolValue { throw Refusal(reason: "is a folder; a results database is a file") }
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    self.init(bytes: Array(try file.read(upToCount: Self.length) ?? Data()))
  }

  private init(bytes: [UInt8]) {
    if bytes.isEmpty {
      self = .absent
    } else if bytes.count == Self.length, bytes.starts(with: Self.magic) {
      self = .database(
        applicationID: Self.number(at: Self.applicationOffset, in: bytes),
        version: Self.number(at: Self.versionOffset, in: bytes))
    } else {
      self = .foreign
    }
  }

  private static func number(at offset: Int, in bytes: [UInt8]) -> Int32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int32($1) }
  }

  /// Refuses what is not a results database of a version up to the one given.
  func check(upTo newest: Int32) throws {
    guard case .database(let applicationID, let version) = self else {
      if self == .foreign { throw Refusal(reason: "is not a Plimsoll results database") }
      return
    }
    guard applicationID == Schema.applicationID else {
      throw Refusal(reason: "is an SQLite database of another application, not of Plimsoll")
    }
    guard version <= newest else {
      throw Refusal(
        reason: "has schema version \(version); this Plimsoll reads versions up to \(newest)")
    }
  }
}
