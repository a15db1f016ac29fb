// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Catalogue
import Foundation
import ResultsStore

/// `plimsoll doctor`: what this command stands on, and what is wrong with it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Print versions, processor, memory, disk and database, and what is wrong with them.",
    discussion: "Ends with 0 where nothing is wrong, else with 74.")

  @Option(help: "The results database.")
  var db: String = "Results/plimsoll.sqlite"

  func run() throws {
    var problems: [String] = []
    func tell(_ name: String, _ value: String) {
      Terminal.print("  \(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(value)\n")
    }
    tell("plimsoll", Plimsoll.versionText)
    tell("command", ProcessInfo.processInfo.arguments.first ?? "")
    tell("system", ProcessInfo.processInfo.operatingSystemVersionString)
    let processor = Self.processor
    tell("processor", processor.name)
    tell(
      "vectors",
      processor.features.isEmpty
        ? "none known"
        : processor.features.joined(separator: ", ") + " (results are the same with any)")
    tell("jobs", "\(ProcessInfo.processInfo.activeProcessorCount) side by side")
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
    tell("memory", String(format: "%.1f GiB", memory))
    if memory < 1 {
      problems.append("less than 1 GiB of memory: runs of token engines may be ended by the system")
    }
    disk(tell, &problems)
    database(tell, &problems)
    let catalogue = Catalogue()
    tell(
      "catalogue",
      "\(catalogue.machineNames.count) machines, \(catalogue.modelNames.count) models, \(catalogue.deviceNames.count) devices"
    )
    Terminal.print(
      problems.isEmpty ? "\n  Nothing is wrong.\n" : "\n" + problems.map { "  ! \($0)\n" }.joined())
    if !problems.isEmpty { throw ExitStatus.inputOutput.code }
  }

  /// The name of the processor, and which of its features draws make use of.
  private static var processor: (name: String, features: [String]) {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: ":").last
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let flags = field("flags")?.split(separator: " ").map(String.init) ?? []
    return (
      field("model name") ?? "unknown",
      ["avx2", "fma", "avx512f", "avx512dq"].filter { flags.contains($0) }
    )
  }

  private func disk(_ tell: (String, String) -> Void, _ problems: inout [String]) {
    var folder = URL(fileURLWithPath: db).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.path), folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
    }
    let free =
      (try? FileManager.default.attributesOfFileSystem(forPath: folder.path))?[.systemFreeSize]
      as? NSNumber
    let size = (free?.doubleValue ?? 0) / 1_073_741_824
    tell("disk", String(format: "%.1f GiB free at %@", size, folder.path))
    if size < 1 {
      problems.append("less than 1 GiB free at \(folder.path), where results are stored")
    }
    if !FileManager.default.isWritableFile(atPath: folder.path) {
      problems.append("\(folder.path) cannot be written; --db names another database")
    }
  }

  private func database(_ tell: (String, String) -> Void, _ problems: inout [String]) {
    guard FileManager.default.fileExists(atPath: db) else {
      return tell("database", "none yet at \(db)")
    }
    do {
      let store = try ResultsStore.reading(path: db)
      let runs = try store.runs(limit: 1_000_000).count
      let found = try store.integrityProblems()
      try store.close()
      tell("database", "\(db), \(runs) runs, \(found.isEmpty ? "whole" : "damaged")")
      problems += found.map { "\(db): \($0)" }
    } catch {
      tell("database", "\(db), cannot be read")
      problems.append("\(db): \(error)")
    }
  }
}
