// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers

/// A log that a thread of its own writes: whoever hands it lines never waits for the disk.
///
/// Files are named `NAME.1`, `NAME.2` and so on; a new one begins when one is full, and the oldest goes when there are
/// too many. Lines that the disk does not take in time are dropped and counted. Where each line needs those before it,
/// as in a decision log, the log ends with the first line that is dropped.
final class LogFile: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var isWriting = false
    var dropped: UInt64 = 0
    var hasEnded = false
    var handle: FileHandle?
    var number = 0
    var written = 0
  }

  private static let mostPending = 16 << 20
  private let state: NIOLockedValueBox<State>
  private let queue = DispatchQueue(label: "plimsoll.log")
  private let name: String
  private let fileBytes: Int
  private let files: Int
  private let endsWhenDropped: Bool

  init(_ name: String, fileBytes: Int, files: Int, endsWhenDropped: Bool) throws {
    self.name = name
    self.fileBytes = fileBytes
    self.files = files
    self.endsWhenDropped = endsWhenDropped
    guard FileManager.default.createFile(atPath: "\(name).1", contents: nil),
      let handle = FileHandle(forWritingAtPath: "\(name).1")
    else { throw FileError(name, "cannot be written") }
    state = NIOLockedValueBox(State(handle: handle, number: 1))
  }

  /// How many times lines were dropped.
  var dropped: UInt64 { state.withLockedValue { $0.dropped } }

  /// Takes whole lines.
  func append(_ lines: [UInt8]) {
    let begins = state.withLockedValue { state in
      guard !state.hasEnded else { return false }
      guard state.pending.count + lines.count <= Self.mostPending else {
        state.dropped += 1
        if endsWhenDropped { state.hasEnded = true }
        return false
      }
      state.pending += lines
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if begins { queue.async { self.write() } }
  }

  /// Waits until all that was handed over is written.
  func close() {
    queue.sync { self.write() }
    state.withLockedValue { try? $0.handle?.close() }
  }

  private func write() {
    while true {
      let lines = state.withLockedValue { state in
        defer { state.pending = [] }
        if state.pending.isEmpty { state.isWriting = false }
        return state.pending
      }
      guard !lines.isEmpty else { return }
      let handle = state.withLockedValue { $0.handle }
      do {
        try handle?.write(contentsOf: Data(lines))
      } catch {
        state.withLockedValue {
          $0.dropped += 1
          if endsWhenDropped { $0.hasEnded = true }
        }
      }
      rotate(after: lines.count)
    }
  }

  private func rotate(after count: Int) {
    state.withLockedValue { state in
      state.written += count
      guard state.written >= fileBytes else { return }
      let next = "\(name).\(state.number + 1)"
      guard FileManager.default.createFile(atPath: next, contents: nil),
        let handle = FileHandle(forWritingAtPath: next)
      else { return }
      try? state.handle?.close()
      state.handle = handle
      state.number += 1
      state.written = 0
      let oldest = state.number - files
      if oldest > 0 { try? FileManager.default.removeItem(atPath: "\(name).\(oldest)") }
    }
  }
}
