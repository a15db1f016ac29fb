// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// Where results, messages and files go and come from.
enum Terminal {
  /// Whether somebody watches standard error.
  static var isInteractive: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// Reads files from the disk.
  static let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    guard FileManager.default.fileExists(atPath: path) else { throw .missing }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(error.localizedDescription)
    }
  } stream: { (path: String, take: FileReader.Piece) throws(FileReadFailure) in
    guard FileManager.default.fileExists(atPath: path) else { throw .missing }
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      let size = try file.seekToEnd()
      try file.seek(toOffset: 0)
      while let piece = try file.read(upToCount: pieceSize), !piece.isEmpty {
        take([UInt8](piece), Int(size))
      }
    } catch {
      throw .unreadable(error.localizedDescription)
    }
  }

  /// 64 KiB: larger pieces read no faster, and of those the kernel would give the memory anew each time.
  private static let pieceSize = 1 << 16

  /// The time, for the record of when a run was made; no result depends on it.
  static var timestamp: String { ISO8601DateFormatter().string(from: Date()) }
}
