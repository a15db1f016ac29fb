// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Runs cases in processes of their own, and finds which case ended one, held it up or filled its memory.
struct Supervisor {
  /// A case that went wrong.
  struct Fault {
    let number: UInt64
    let reason: String
  }

  let seed: UInt64
  let runs: Bool
  let folder: String
  /// What workers are told beside the cases.
  let arguments: [String]

  /// The longest that a case may take.
  static let longest = 10.0
  /// The most memory that a worker may hold, in bytes.
  static let mostMemory = 1 << 30

  /// Tries cases of a range until all are done or the time is over.
  ///
  /// - Returns: how many were tried, and those that went wrong.
  func run(_ cases: Range<UInt64>, worker: Int, until end: Date) -> (tried: UInt64, faults: [Fault])
  {
    var next = cases.lowerBound
    var faults: [Fault] = []
    while next < cases.upperBound, Date() < end {
      let status = "\(folder)/status-\(worker)"
      try? Data(count: 16).write(to: URL(fileURLWithPath: status))
      let process = worker_(from: next, to: cases.upperBound, status: status, worker)
      guard (try? process.run()) != nil else { return (next - cases.lowerBound, faults) }
      let reason = watch(process, status, until: end)
      let reached = Self.progress(status)?.number ?? next
      switch reason {
      case .done: return (cases.upperBound - cases.lowerBound, faults)
      case .timeIsOver: return (reached - cases.lowerBound, faults)
      case .fault(let reason):
        faults.append(Fault(number: reached, reason: reason))
        next = reached + 1
      }
    }
    return (next - cases.lowerBound, faults)
  }

  private enum End {
    case done, timeIsOver
    case fault(String)
  }

  private func worker_(from: UInt64, to: UInt64, status: String, _ worker: Int) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments =
      ["--worker", "\(from)", "\(to)", status, "\(folder)/worker-\(worker)"] + arguments
      + ["--seed", "\(seed)"] + (runs ? ["--cases", "runs"] : [])
    var environment = ProcessInfo.processInfo.environment
    // A backtrace of each crash takes a second; the first of a kind gets one later.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  private func watch(_ process: Process, _ status: String, until end: Date) -> End {
    let identifier = process.processIdentifier
    var last = Self.progress(status)
    var since = (time: Date(), processor: Self.processorTime(of: identifier))
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.05)
      let now = Self.progress(status)
      let processor = Self.processorTime(of: identifier)
      if now?.number != last?.number || now?.part != last?.part {
        (last, since) = (now, (Date(), processor))
      }
      // Beside other work a case takes longer than it needs; one that waits for something needs nothing.
      if processor - since.processor > Self.longest
        || Date().timeIntervalSince(since.time) > 6 * Self.longest
      {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return .fault("takes more than \(Int(Self.longest)) s")
      }
      if Self.memory(of: process.processIdentifier) > Self.mostMemory {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return .fault("takes more than 1 GiB")
      }
      if Date() > end {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return .timeIsOver
      }
    }
    process.waitUntilExit()
    if process.terminationReason == .exit, process.terminationStatus == 0 { return .done }
    return .fault(
      process.terminationReason == .exit
        ? "exits with \(process.terminationStatus)" : "ends by signal \(process.terminationStatus)")
  }

  /// The case that a worker is at, and a number that changes while it works on it.
  static func progress(_ path: String) -> (number: UInt64, part: UInt64)? {
    guard let data = FileManager.default.contents(atPath: path), data.count >= 16 else {
      return nil
    }
    func word(_ place: Int) -> UInt64 {
      data[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return (word(0), word(8))
  }

  /// The processor time that a process has used, in seconds: the 14th and 15th field of its `stat`, in ticks.
  private static func processorTime(of process: Int32) -> Double {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return 0 }
    // The name of the process, which may hold blanks, is the second.
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The memory that a process holds, in bytes.
  private static func memory(of process: Int32) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else {
      return 0
    }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }
}
