// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, about keys")
struct KeysCommandTests {
  /// An empty folder of its own.
  private let folder: URL

  init() throws {
    folder = try Command.folder()
  }

  private func call(_ arguments: String...) throws -> Command.Answer {
    try Command.call(arguments, in: folder)
  }

  @Test("explains a key with its units, range, default and an example")
  func explains() throws {
    let told = try call("keys", "fleet.gpu.machines")
    #expect(told.status == 0)
    for part in ["count, 0 to 100,000 or mapping", "required", "fleet.gpu.machines.min"] {
      #expect(told.output.contains(part), "\(told.output)")
    }
    let time = try call("keys", "policies.cache.ttl", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(time.output.utf8)) as? [String: Any]
    #expect(object?["path"] as? String == "policies.cache.ttl")
    #expect(object?["default"] as? String == "1h")
    #expect((object?["unit"] as? String)?.contains("ms") == true)
    #expect(try call("keys").output.contains("fleet"))
    #expect(try call("keys", "--all").output.contains("policies.spot.back_off.max"))
  }

  @Test("names the nearest key where there is none, and ends with 64")
  func nearest() throws {
    let told = try call("keys", "fleet.gpu.machine")
    #expect(told.status == 64 && told.messages.contains("the nearest is fleet.gpu.machines"))
    for odd in ["", "..", "\"", String(repeating: "x.", count: 10_000)] {
      #expect(try call("keys", odd).status == 64)
    }
  }

  @Test("writes the schema, which is a JSON document")
  func schema() throws {
    let printed = try call("schema")
    #expect(printed.status == 0)
    #expect(try call("schema", "-o", "s.json").status == 0)
    let written = try Data(contentsOf: folder.appendingPathComponent("s.json"))
    #expect(String(decoding: written, as: UTF8.self) == printed.output)
    #expect(try JSONSerialization.jsonObject(with: written) is [String: Any])
    #expect(try call("schema", "-o", "no/such/folder/s.json").status == 74)
  }

  @Test("names the schema in the first line of a first scenario, and writes it beside")
  func initial() throws {
    let made = try call(
      "init", "--model", "llama-3.1-8b", "--machine", "g6e.xlarge", "--rate", "1/s", "-o", "my.yaml"
    )
    #expect(made.status == 0, "\(made.messages)")
    let text = try String(contentsOf: folder.appendingPathComponent("my.yaml"), encoding: .utf8)
    #expect(text.hasPrefix("# yaml-language-server: $schema=plimsoll.schema.json\n"))
    let schema = folder.appendingPathComponent("plimsoll.schema.json")
    #expect(FileManager.default.fileExists(atPath: schema.path))
  }

  @Test("completes key paths in bash, with the names of the scenario")
  func bash() throws {
    try Data("plimsoll: 1\nfleet: { base: { machines: 1 }, cheap: { machines: 2 } }\n".utf8).write(
      to: folder.appendingPathComponent("my.yaml"))
    let script = try call("--generate-completion-script", "bash")
    #expect(script.status == 0)
    try Data(script.output.utf8).write(to: folder.appendingPathComponent("plimsoll.bash"))
    #expect(try complete("plimsoll run my.yaml --set fleet.") == ["fleet.base.", "fleet.cheap."])
    #expect(try complete("plimsoll run my.yaml --set fleet.ch").contains("fleet.cheap.zone="))
    #expect(
      try complete("plimsoll run my.yaml --set fleet.base.mac") == [
        "fleet.base.machines=", "fleet.base.machines=4",
      ])
    #expect(try complete("plimsoll keys policies.spot.zone_c") == ["policies.spot.zone_cap"])
  }

  /// What bash offers for a line that ends in a half word.
  private func complete(_ line: String) throws -> [String] {
    let words = line.split(separator: " ").map(String.init)
    let program = try Command.path(of: "plimsoll")
    let text = """
      plimsoll() { "\(program)" "$@"; }
      . ./plimsoll.bash
      COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
      COMP_CWORD=\(words.count - 1)
      COMP_LINE='\(line)'
      COMP_POINT=\(line.utf8.count)
      $(complete -p plimsoll | sed 's/.*-F \\([^ ]*\\).*/\\1/') plimsoll '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", text]
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}
