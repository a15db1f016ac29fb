// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, routing prompts")
struct RouteCommandTests {
  private static let prompts = Command.root.appendingPathComponent("Scenarios/prompts/labelled.csv")
    .path
  private static let scenario = Command.root
    .appendingPathComponent("Scenarios/reference-design/simulated.yaml").path

  @Test(
    "with a scenario tells which class goes to which model and what that is worth, and no accuracy")
  func models() throws {
    let table = try Command.call("route", Self.prompts, "--scenario", Self.scenario)
    #expect(table.status == 0, "\(table.messages)")
    #expect(!table.output.lowercased().contains("accuracy"))
    #expect(table.output.contains("by the router") && table.output.contains("always to 70b"))
    let json = try Command.call(
      "route", Self.prompts, "--scenario", Self.scenario, "--format", "json")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let routing = try #require(document["routing"] as? [String: Any])
    let counts = try #require(routing["counts"] as? [[Int]])
    let classes = try #require(routing["classes"] as? [String])
    #expect(counts.count == classes.count)
    // Sending all to the strongest cannot have the lower quality.
    let own = try #require((routing["router"] as? [String: Any])?["quality"] as? Double)
    let always = try #require((routing["alwaysStrongest"] as? [String: Any])?["quality"] as? Double)
    #expect(own <= always)
  }

  @Test(
    "without one weighs errors by what they cost, and says where always the strongest is no worse")
  func costs() throws {
    func lower(_ down: String) throws -> Int {
      let json = try Command.call("route", Self.prompts, "--down", down, "--format", "json")
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let confusions = try #require(document["confusions"] as? [[String: Any]])
      let counts = try #require(confusions[0]["counts"] as? [[Int]])
      return counts[1][0] + counts[2][0] + counts[2][1]
    }
    // Where too weak an answer costs a thousand times as much, next to nothing goes down.
    #expect(try lower("1000") < lower("1") / 4)
    let table = try Command.call("route", Self.prompts, "--down", "1000").output
    #expect(table.contains("prompts go to too weak a tier."))
    #expect(try Command.call("route", Self.prompts, "--down", "0").status == 64)
  }

  @Test(
    "standard input that is closed or a folder ends with 74, a folder as a file with 66, and a sentence",
    arguments: ["route -", "replay -"])
  func closed(verb: String) throws {
    let path = try Command.path(of: "plimsoll")
    for ending in ["<&-", "< /tmp"] {
      let answer = try Command.call(["-c", "\(path) \(verb) \(ending)"], of: "/bin/sh")
      #expect(answer.status == 74, "\(verb) \(ending): \(answer.status) \(answer.messages)")
      #expect(answer.messages.contains("standard input cannot be read"))
    }
    let folder = try Command.call([String(verb.prefix { $0 != " " }), "/tmp"])
    #expect(folder.status == 66 && folder.messages.contains("/tmp is a folder"))
  }
}
