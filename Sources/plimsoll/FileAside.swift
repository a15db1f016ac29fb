// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ResultsStore

/// A file on its way to the disk: written aside, and renamed when it is whole.
struct FileAside {
  /// Where it belongs.
  let path: String
  /// Where it is written; hidden, so that nobody takes it for a file that is whole.
  ///
  /// The name says which process writes, and is nobody else's, also where several machines share a
  /// folder.
  let aside: String

  init(path: String) {
    self.path = path
    let file = URL(fileURLWithPath: path)
    let name =
      ".\(file.lastPathComponent).\(WritingProcess.current)~\(UUID().uuidString).part"
    aside = file.deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Writes what `body` writes; leaves nothing behind where that fails.
  func write(_ body: (FileHandle) throws -> Void) throws { try writing(body) }

  /// The same, and gives back what `body` does.
  func writing<Value>(_ body: (FileHandle) throws -> Value) throws -> Value {
    if let device = try device() {
      let value = try body(device)
      try device.close()
      return value
    }
    let file = try open()
    let watch = Interruption.listen("\(path) is not written") { discard() }
    defer { watch.cancel() }
    defer { discard() }
    let value = try body(file)
    try finish(file)
    return value
  }

  /// The same where what is written takes its time.
  func write(_ body: (FileHandle) async throws -> Void) async throws {
    if let device = try device() {
      try await body(device)
      try device.close()
      return
    }
    let file = try open()
    defer { discard() }
    try await body(file)
    try finish(file)
  }

  /// Removes what was written aside, if anything was; of a database also what lies beside it.
  func discard() {
    for ending in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: aside + ending)
    }
  }

  /// Removes what processes of this machine that ended long ago, killed for example, wrote aside
  /// for the same file.
  func discardStale() {
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent().path
    let beginning = ".\(file.lastPathComponent)."
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(beginning) {
      // `.NAME.HOST~NUMBER~BEGAN~ID.part`, and what SQLite puts behind it.
      let parts = name.dropFirst(beginning.count).split(separator: "~")
      guard parts.count == 4, parts[3].contains(".part"),
        WritingProcess(parsing: parts[..<3].joined(separator: "~"))?.isRunning == false
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// Puts a file that was written aside by other means in its place, once the disk holds it.
  func rename() throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: aside))
    try finish(file)
  }

  private func open() throws -> FileHandle {
    discardStale()
    guard FileManager.default.createFile(atPath: aside, contents: nil),
      let file = FileHandle(forWritingAtPath: aside)
    else { throw problem(errno) }
    return file
  }

  /// What is at the path where that is a pipe or a device, which is written to and not replaced.
  private func device() throws -> FileHandle? {
    var about = stat()
    guard unsafe stat(path, &about) == 0, ![S_IFREG, S_IFDIR].contains(about.st_mode & S_IFMT)
    else {
      return nil
    }
    guard let device = FileHandle(forWritingAtPath: path) else { throw problem(errno) }
    return device
  }

  private func problem(_ number: Int32) -> CocoaError {
    var about: [String: any Sendable] = [NSFilePathErrorKey: path]
    if let code = POSIXErrorCode(rawValue: number) {
      about[NSUnderlyingErrorKey] = POSIXError(code)
    }
    return CocoaError(.fileWriteUnknown, userInfo: about)
  }

  private func finish(_ file: FileHandle) throws {
    try file.synchronize()
    try file.close()
    // A device or a pipe would be gone for everybody.
    guard try device() == nil else { throw problem(EEXIST) }
    // Replaces what is there in one step.
    guard unsafe Glibc.rename(aside, path) == 0 else { throw problem(errno) }
    // The new name outlives a power cut only once the folder is on the disk too.
    let folder = unsafe Glibc.open(
      URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY)
    if folder >= 0 {
      _ = fsync(folder)
      _ = close(folder)
    }
  }
}
