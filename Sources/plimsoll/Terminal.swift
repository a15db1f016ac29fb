// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Scenario

/// Where results, messages and files go and come from.
enum Terminal {
  /// Whether somebody watches standard error.
  static var isInteractive: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// Keeps the three standard streams from being taken by files that are opened later, where they
  /// were closed; as
  /// before, reading and writing them fails.
  static func holdStandardStreams() {
    for (descriptor, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest number that is free is this one.
      _ = unsafe open("/dev/null", mode)
    }
  }

  /// All of standard input, or leaves with a message.
  static func standardInput() throws -> [UInt8] {
    do {
      return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    } catch {
      tell("plimsoll: standard input cannot be read: it is closed, or a folder\n")
      throw ExitStatus.inputOutput.code
    }
  }

  /// All of a file, or leaves with a message and its exit code.
  static func bytes(of path: String) throws -> [UInt8] {
    do {
      return try files.read(path)
    } catch .missing {
      tell("plimsoll: \(path): no such file\n")
      throw ExitStatus.missingFile.code
    } catch .folder {
      tell("plimsoll: \(path) is a folder; a file is wanted\n")
      throw ExitStatus.missingFile.code
    } catch .unreadable(let reason) {
      tell("plimsoll: \(path) cannot be read: \(reason)\n")
      throw ExitStatus.inputOutput.code
    }
  }

  /// Tells what was read of each file of measurements.
  static func tellInputs(of scenario: Scenario, _ path: String) {
    for line in scenario.origin.inputs { tell("plimsoll: \(path): read \(line)\n") }
  }

  /// Reads files from the disk.
  static let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
    try check(path)
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(error.localizedDescription)
    }
  } stream: { (path: String, take: FileReader.Piece) throws(FileReadFailure) in
    try check(path)
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

  /// Whether there is a file at a path, which is no folder.
  private static func check(_ path: String) throws(FileReadFailure) {
    var isFolder = ObjCBool(false)
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missing
    }
    if isFolder.boolValue { throw .folder }
  }

  /// 64 KiB: larger pieces read no faster, and of those the kernel would give the memory anew each
  /// time.
  private static let pieceSize = 1 << 16

  /// The time, for the record of when a run was made; no result depends on it.
  static var timestamp: String { ISO8601DateFormatter().string(from: Date()) }
}
