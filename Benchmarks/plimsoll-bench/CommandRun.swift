// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// What one run of the command took.
struct CommandRun {
  /// Seconds from its start to its end.
  let seconds: Double
  /// The most memory that it held at a time, in megabytes of 10^6 bytes.
  let peakMegabytes: Double

  /// Runs the command that lies beside this program and waits for it; its results are thrown away.
  ///
  /// - Parameters:
  ///   - statuses: the exit codes that are no failure.
  init(_ arguments: [String], statuses: [Int32] = [0]) throws {
    let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let command = own.deletingLastPathComponent().appendingPathComponent("plimsoll").path
    var pid: pid_t = 0
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var words = unsafe ([command] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
    let start = ContinuousClock.now
    let failure = unsafe posix_spawn(&pid, command, &actions, nil, words, &environment)
    guard failure == 0 else { throw BenchError(reason: "\(command) cannot be run") }
    var status: Int32 = 0
    var usage = rusage()
    guard unsafe wait4(pid, &status, 0, &usage) == pid else {
      throw BenchError(reason: "\(command) was lost")
    }
    seconds = Stopwatch.seconds(since: start)
    peakMegabytes = Double(usage.ru_maxrss) * 1_024 / 1e6
    let code = (status >> 8) & 0xFF
    guard status & 0x7F == 0, statuses.contains(code) else {
      throw BenchError(
        reason: "\(command) \(arguments.joined(separator: " ")) ended with status \(status)")
    }
  }
}

/// Why something could not be measured.
struct BenchError: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}
