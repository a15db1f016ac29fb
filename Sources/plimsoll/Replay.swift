// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DecisionReplay
import Foundation

/// `plimsoll replay`: make the decisions of a log again.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Feed a decision log's events to the policies and compare every decision.",
    discussion: """
      The log comes from run --decisions, or from a gateway. Its first line names the policies and their settings; \
      each further line holds an event and the decision. Exits 0 when every line is reproduced byte for byte, 99 with \
      the first line that differs, 65 when a line cannot be read.
      """)

  @Argument(help: "The decision log, or - for standard input.")
  var file: String

  func run() throws {
    var lines = LineReader(try open())
    var replay = DecisionReplay()
    do {
      while let line = try lines.next() {
        guard let difference = try replay.feed(line) else { continue }
        Terminal.print(
          """
          line \(difference.line) comes out otherwise; the \(difference.line - 1) before it do not
            recorded: \(difference.recorded)
            replayed: \(difference.replayed)

          """)
        throw ExitStatus.targetFails.code
      }
    } catch let error as DecisionLogError {
      Terminal.tell("plimsoll: \(file): \(error)\n")
      throw ExitStatus.invalidScenario.code
    } catch let code as ExitCode {
      throw code
    } catch {
      let name = file == "-" ? "standard input" : file
      Terminal.tell("plimsoll: \(name) cannot be read: it is closed, or a folder\n")
      throw ExitStatus.inputOutput.code
    }
    guard replay.lines > 0 else {
      Terminal.tell("plimsoll: \(file) is empty; its first line names the policies\n")
      throw ExitStatus.invalidScenario.code
    }
    Terminal.print("\(replay.matching - 1) decisions, all as recorded\n")
  }

  private func open() throws -> FileHandle {
    if file == "-" { return .standardInput }
    var isFolder = ObjCBool(false)
    guard unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
      Terminal.tell("plimsoll: \(file): no such file\n")
      throw ExitStatus.missingFile.code
    }
    guard !isFolder.boolValue else {
      Terminal.tell("plimsoll: \(file) is a folder; a file is wanted\n")
      throw ExitStatus.missingFile.code
    }
    guard let handle = FileHandle(forReadingAtPath: file) else {
      Terminal.tell("plimsoll: \(file) cannot be read\n")
      throw ExitStatus.inputOutput.code
    }
    return handle
  }
}
