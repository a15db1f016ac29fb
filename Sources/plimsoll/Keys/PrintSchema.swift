// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Scenario

/// `plimsoll schema`: print the JSON Schema of scenarios.
struct PrintSchema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema (draft-07) of scenarios, for editors.",
    discussion: """
      An editor with the YAML language server completes and checks a scenario whose first line names the file: \
      # yaml-language-server: $schema=plimsoll.schema.json. Rules across keys and files are checked by validate alone.
      """)

  /// What `init` calls the file beside a scenario.
  static let fileName = "plimsoll.schema.json"

  @Option(
    name: [.short, .long], help: "Write it to a file instead, such as \(fileName).",
    completion: .file())
  var output: String?

  func run() throws {
    guard let output else { return Terminal.print(KeySchema.text) }
    try Failure.reporting { try Self.write(to: output) }
  }

  /// Writes the schema to a file.
  static func write(to path: String) throws {
    try FileAside(path: path).write { try $0.write(contentsOf: Data(KeySchema.text.utf8)) }
  }
}
