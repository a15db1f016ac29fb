// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Scenario

/// What to say where the first words of a command line are no verbs.
enum VerbHint {
  /// The sentence for arguments, without the command's name; `nil` where the verbs are right.
  static func sentence(_ arguments: [String]) -> String? {
    var command: any ParsableCommand.Type = Plimsoll.self
    var path = "plimsoll"
    for word in arguments {
      let verbs = command.configuration.subcommands
      guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
      if word == "help", path == "plimsoll" { return nil }
      if let verb = verbs.first(where: { name(of: $0) == word }) {
        command = verb
        path += " \(word)"
        continue
      }
      let names = verbs.map(name)
      // What may be left out stands in front of a file.
      let hasDefault = command.configuration.defaultSubcommand != nil
      let nearest = nearestKey(to: word, among: names)
      if hasDefault, nearest == nil || FileManager.default.fileExists(atPath: word) { return nil }
      let suggestion = nearest.map { "; did you mean \($0)?" } ?? ""
      return "plimsoll: there is no '\(path) \(word)'\(suggestion) "
        + "(allowed: \(names.joined(separator: ", ")))\n"
    }
    return nil
  }

  /// What the help of `sweep` leaves out: the options of its usual form, which is the verb `run`.
  static func more(_ arguments: [String]) -> String {
    let words = arguments.dropFirst().filter { !["help", "-h", "--help"].contains($0) }
    guard words == ["sweep"], arguments.count == 3 else { return "" }
    return "\n\nThe usual form, sweep SCENARIO --vary KEY=VALUES:\n\n"
      + Plimsoll.helpMessage(for: RunSweep.self)
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? ""
  }
}
