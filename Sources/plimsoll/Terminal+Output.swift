// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Synchronization

extension Terminal {
  private static let lost = Mutex(false)

  /// Whether something that was to go to standard output could not be written.
  static var hasLostOutput: Bool { lost.withLock { $0 } }

  /// Writes a result; whoever reads results by lines gets them as they are.
  ///
  /// What cannot be written is told once, and the command ends with 74 when all else is done; a reader
  /// who has gone, as `head` does, is told nothing.
  static func print(_ text: String) {
    guard !hasLostOutput, let problem = write(text, to: STDOUT_FILENO) else { return }
    lost.withLock { $0 = true }
    guard problem != EPIPE else { return }
    tell("plimsoll: standard output cannot be written: \(sentence(of: problem))\n")
  }

  /// Writes a result for people: on a terminal sentences are broken at its width, tables are not.
  static func show(_ text: String) {
    print(width(of: STDOUT_FILENO).map { WrappedText.wrapped(text, width: $0) } ?? text)
  }

  /// Writes a message; on a terminal its lines are broken at its width. Where nobody can read it, nobody does.
  static func tell(_ text: String) {
    _ = write(
      width(of: STDERR_FILENO).map { WrappedText.wrapped(text, width: $0) } ?? text,
      to: STDERR_FILENO)
  }

  /// How many columns the terminal of messages has; `nil` where it is none.
  static var messageWidth: Int? { width(of: STDERR_FILENO) }

  /// The columns of the terminal that a stream goes to, by COLUMNS or by its own word.
  private static func width(of stream: Int32) -> Int? {
    guard isatty(stream) == 1 else { return nil }
    if let text = ProcessInfo.processInfo.environment["COLUMNS"], let columns = Int(text),
      columns > 0
    {
      return max(20, columns)
    }
    var size = winsize()
    guard unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return max(20, Int(size.ws_col))
  }

  /// Writes all of a text.
  ///
  /// - Returns: the system's number of what went wrong; `nil` where nothing did.
  private static func write(_ text: String, to stream: Int32) -> Int32? {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(stream, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if count >= 0 {
        done += count
        continue
      }
      let problem = errno
      switch problem {
      case EINTR: continue
      case EAGAIN:
        var ready = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&ready, 1, -1)
      default: return problem
      }
    }
    return nil
  }

  /// What a number of the system means.
  static func sentence(of problem: Int32) -> String {
    unsafe String(cString: strerror(problem))
  }
}
