// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// Where results, messages and files go and come from.
enum Terminal {
  /// Whether somebody watches standard error.
  static var isInteractive: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// Writes a result.
  static func print(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  /// Writes a message.
  static func tell(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Reads files from the disk.
  static let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    guard FileManager.default.fileExists(atPath: path) else { throw .missing }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(error.localizedDescription)
    }
  }

  /// The time, for the record of when a run was made; no result depends on it.
  static var timestamp: String { ISO8601DateFormatter().string(from: Date()) }
}
