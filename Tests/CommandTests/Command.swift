// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Runs the built command as a user would.
enum Command {
  /// What a call printed and how it ended.
  struct Answer {
    let status: Int32
    let output: String
    let messages: String
  }

  /// The root of the checkout.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The command beside the test runner, of the same build.
  private static func executable(_ name: String) throws -> URL {
    let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = runner.deletingLastPathComponent()
    var found: URL?
    for _ in 0..<4 where found == nil {
      let candidate = folder.appendingPathComponent(name)
      if FileManager.default.isExecutableFile(atPath: candidate.path) { found = candidate }
      folder = folder.deletingLastPathComponent()
    }
    let fallback = root.appendingPathComponent(".build/release/\(name)")
    if found == nil, FileManager.default.isExecutableFile(atPath: fallback.path) {
      found = fallback
    }
    return try #require(found, "\(name) was not built beside the tests")
  }

  /// Where a command of this build lies.
  static func path(of name: String) throws -> String { try executable(name).path }

  /// Calls the command in the root of the checkout.
  static func call(_ arguments: String...) throws -> Answer {
    try call(arguments) { _ in }
  }

  /// Calls the command and does something to it while it runs.
  static func call(
    _ arguments: [String], of name: String = "plimsoll", input: String? = nil,
    environment: [String: String] = [:], in folder: URL = root,
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> Answer {
    let process = Process()
    process.executableURL =
      name.hasPrefix("/") ? URL(fileURLWithPath: name) : try executable(name)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let names = [temporary("out"), temporary("err")].map { URL(fileURLWithPath: $0) }
    for name in names { try Data().write(to: name) }
    defer { for name in names { try? FileManager.default.removeItem(at: name) } }
    process.standardOutput = try FileHandle(forWritingTo: names[0])
    process.standardError = try FileHandle(forWritingTo: names[1])
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
      ?? FileHandle.nullDevice
    try process.run()
    try meanwhile(process)
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus,
      output: try String(contentsOf: names[0], encoding: .utf8),
      messages: try String(contentsOf: names[1], encoding: .utf8))
  }

  /// Waits until a process catches SIGTERM, as the kernel tells, which it does last of what it listens to.
  static func waitUntilItListens(_ process: Process) throws {
    let path = "/proc/\(process.processIdentifier)/status"
    while process.isRunning {
      let caught = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last
      if try #require(caught.flatMap { UInt64($0, radix: 16) }) >> (SIGTERM - 1) & 1 == 1 { return }
      usleep(1_000)
    }
  }

  /// Waits until a process has been at work for so long: until it has used that much of a processor.
  static func waitUntilItHasWorked(_ process: Process, milliseconds: Int) throws {
    let path = "/proc/\(process.processIdentifier)/stat"
    while process.isRunning {
      // The name stands in brackets and may hold spaces; user and system time are the twelfth and thirteenth behind it,
      // in hundredths of a second.
      let words = try String(contentsOfFile: path, encoding: .utf8).split(separator: ")").last?
        .split(separator: " ").dropFirst(11).prefix(2).compactMap { Int($0) }
      if try #require(words).reduce(0, +) * 10 >= milliseconds { return }
      usleep(1_000)
    }
  }

  /// A folder for all that tests write, which goes when they have ended.
  private static let scratch: URL = {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("plimsoll-tests-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      preconditionFailure("tests can write files: \(error)")
    }
    atexit { try? FileManager.default.removeItem(at: Command.scratch) }
    return folder
  }()

  /// A path for a file that does not exist yet.
  static func temporary(_ ending: String) -> String {
    scratch.appendingPathComponent("\(UUID().uuidString).\(ending)").path
  }

  /// An empty folder of its own.
  static func folder() throws -> URL {
    let folder = URL(fileURLWithPath: temporary("folder"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// A scenario file with that text, which extends `Scenarios/smoke.yaml`.
  static func scenario(_ text: String) throws -> String {
    let path = temporary("yaml")
    let smoke = root.appendingPathComponent("Scenarios/smoke.yaml").path
    try Data("extends: \(smoke)\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
    return path
  }
}
