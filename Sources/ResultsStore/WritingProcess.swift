// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A process that writes, told from every other that has or had its number.
package struct WritingProcess: Sendable, Equatable, CustomStringConvertible {
  /// The name of its machine.
  package let host: String
  /// Its number.
  package let number: Int32
  /// When it began, in ticks since its machine did; nothing where the system does not tell.
  private let began: String

  /// This process.
  package static let current: WritingProcess = {
    let number = ProcessInfo.processInfo.processIdentifier
    return WritingProcess(host: hostName, number: number, began: began(number) ?? "")
  }()

  private init(host: String, number: Int32, began: String) {
    self.host = host
    self.number = number
    self.began = began
  }

  /// Reads what ``description`` writes.
  package init?(parsing text: some StringProtocol) {
    let parts = text.split(separator: "~", omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int32(parts[1]) else { return nil }
    self.init(host: String(parts[0]), number: number, began: String(parts[2]))
  }

  /// The three parts, with `~` between them, which no host's name has.
  package var description: String { "\(host)~\(number)~\(began)" }

  /// Whether it still runs; nil where it belongs to another machine.
  package var isRunning: Bool? {
    guard host == Self.hostName else { return nil }
    return Self.began(number) == began
  }

  private static let hostName: String = {
    let name = text(of: "/proc/sys/kernel/hostname") ?? ""
    return name.filter { $0.isLetter || $0.isNumber || $0 == "-" }
  }()

  /// When the process of a number began; nil where none has it.
  private static func began(_ number: Int32) -> String? {
    // The name of the program, in parentheses, may hold anything; the 20th field behind it is the start.
    guard let stat = text(of: "/proc/\(number)/stat"), let name = stat.lastIndex(of: ")") else {
      return nil
    }
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    return String(fields[19])
  }

  private static func text(of path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
  }
}
