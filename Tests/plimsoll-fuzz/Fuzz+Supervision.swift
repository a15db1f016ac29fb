// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation

extension Fuzz {
  /// Tries all cases side by side, tells what went wrong and keeps it.
  func supervise() throws {
    try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
    print("seed \(seed); a case again: plimsoll-fuzz --seed \(seed) --only NUMBER [--cases runs]")
    let started = Date()
    let end = seconds.map { started.addingTimeInterval($0) } ?? .distantFuture
    // Runs take most of the time, and get it.
    let middle = seconds.map { started.addingTimeInterval($0 / 2) } ?? .distantFuture
    var faults = 0
    for (cases, count, until) in [(Cases.inputs, inputs, middle), (.runs, runs, end)] {
      let results = sideBySide(cases, count, until: until)
      let tried = results.reduce(0) { $0 + $1.tried }
      let found = results.flatMap(\.faults).sorted { $0.number < $1.number }
      print("\(tried) of \(count) \(cases.rawValue), \(found.count) went wrong")
      for fault in found { try keepFault(fault, cases) }
      faults += found.count
    }
    print("\(Int(Date().timeIntervalSince(started).rounded())) s")
    if faults > 0 { throw ExitCode(70) }
  }

  private typealias Result = (tried: UInt64, faults: [Supervisor.Fault])

  private func sideBySide(_ cases: Cases, _ count: UInt64, until end: Date) -> [Result] {
    let supervisor = Supervisor(
      seed: seed, runs: cases == .runs, folder: keep,
      arguments: corpus.flatMap { ["--corpus", $0] } + ["--command", command, "--keep", keep])
    let share = (count + UInt64(jobs) - 1) / UInt64(jobs)
    let results = Results(jobs)
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      let from = first + min(count, UInt64(job) * share)
      let to = first + min(count, UInt64(job + 1) * share)
      results.put(supervisor.run(from..<to, worker: job, until: end), at: job)
    }
    return results.all
  }

  /// What each worker came to.
  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result]

    init(_ count: Int) { results = Array(repeating: (0, []), count: count) }

    func put(_ result: Result, at place: Int) {
      lock.lock()
      defer { lock.unlock() }
      results[place] = result
    }

    var all: [Result] {
      lock.lock()
      defer { lock.unlock() }
      return results
    }
  }

  // MARK: Faults

  private func keepFault(_ fault: Supervisor.Fault, _ cases: Cases) throws {
    let files = try Corpus(folders: corpus + ["\(keep)/seeds"])
    let fuzzCase = FuzzCase(fault.number, seed: seed, runs: cases == .runs, corpus: files)
    let folder = "\(keep)/\(fuzzCase.kind)-\(seed)-\(fault.number)"
    let isSlow = fault.reason.hasPrefix("takes")
    func write(_ bytes: [UInt8]) throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let about = About(
        kind: fuzzCase.kind.rawValue, path: fuzzCase.path, changed: fuzzCase.changed,
        reason: fault.reason, command: "plimsoll-fuzz --kept \(folder)")
      try JSONEncoder().encode(about).write(to: URL(fileURLWithPath: "\(folder)/about.json"))
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/case"))
    }
    var shrinker = Shrinker(
      fails: { bytes in
        guard (try? write(bytes)) != nil else { return false }
        return ends(folder) == isSlow
      }, attempts: isSlow ? 12 : 150)
    try write(fuzzCase.bytes)
    let small = shrinker.shrunk(fuzzCase.bytes)
    try write(small)
    print("\(fuzzCase.kind) \(fault.number): \(fault.reason); kept in \(folder)")
  }

  /// Whether a kept case is slow; `nil` where it is right or refused in time.
  private func ends(_ folder: String) -> Bool? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments =
      ["--kept", folder, "--keep", keep, "--command", command]
      + corpus.flatMap { ["--corpus", $0] }
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let started = Date()
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.01)
      if Date().timeIntervalSince(started) > Supervisor.longest {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return true
      }
    }
    process.waitUntilExit()
    let isCrash = process.terminationReason != .exit || process.terminationStatus != 0
    return isCrash ? false : nil
  }
}
