// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `plimsoll engine` as a user calls it.
@Suite("plimsoll engine")
struct EngineCommandTests {
  private static let settings = """
    { "max_num_batched_tokens": 64, "max_num_seqs": 8, "num_blocks": 40, "enable_prefix_caching": false,
      "async_scheduling": false, "step_law_ns": { "c0": 10, "c1": 1, "c2": 0, "c3": 2 } }
    """

  /// Two requests under a header, in a folder of their own with the settings.
  private func inFolder(_ settings: String, _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try settings.write(to: folder.appending(path: "c.json"), atomically: true, encoding: .utf8)
    let requests = "id,arrival_ns,prompt_tokens,output_tokens\n0,0,4,2\n1,19,4,1\n"
    try requests.write(to: folder.appending(path: "r.csv"), atomically: true, encoding: .utf8)
    try body(folder)
  }

  @Test(
    "A row a request and a row a step are written, also of standard input",
    arguments: [false, true])
  func rows(fromInput: Bool) throws {
    try inFolder(Self.settings) { folder in
      let answer = try Command.call(
        [
          "engine", "--config", "c.json", "--requests", fromInput ? "-" : "r.csv", "-o", "out.csv",
          "--steps", "steps.csv",
        ], input: fromInput ? folder.appending(path: "r.csv").path : nil, in: folder)
      #expect(answer.status == 0, "\(answer.messages)")
      // A prompt of 4 tokens takes 10 + 1 + 8 ns; the second is there as it ends: 10 + 2 + 8 ns.
      let rows = try String(contentsOf: folder.appending(path: "out.csv"), encoding: .utf8)
      #expect(
        rows == """
          id,first_scheduled_ns,first_token_ns,completed_ns,preemptions,cached_tokens
          0,0,19,39,0,0
          1,19,39,39,0,0

          """)
      let steps = try String(contentsOf: folder.appending(path: "steps.csv"), encoding: .utf8)
      #expect(
        steps.split(separator: "\n").dropFirst() == [
          "0,0,0,19,1,0,1,0,4,0,,0:0,38,,38", "1,19,19,20,2,0,2,4,4,1,,1:0,37,0 1,39",
        ])
    }
  }

  @Test("What is wrong ends with its code and writes nothing")
  func mistakes() throws {
    try inFolder(Self.settings.replacing("\"num_blocks\"", with: "\"blocks\"")) { folder in
      let answer = try Command.call(
        ["engine", "--config", "c.json", "--requests", "r.csv", "-o", "out.csv"], in: folder)
      #expect(answer.status == 65)
      #expect(answer.messages.contains("c.json:1:62: found 'blocks', which is not modelled"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out.csv").path))
    }
    try inFolder(Self.settings) { folder in
      let calls: [(requests: String, output: String, status: Int32)] = [
        ("missing.csv", "out.csv", 66), (".", "out.csv", 66), ("r.csv", "missing/out.csv", 74),
        ("r.csv", "out.csv.gz", 64),
      ]
      for call in calls {
        let answer = try Command.call(
          ["engine", "--config", "c.json", "--requests", call.requests, "-o", call.output],
          in: folder)
        #expect(answer.status == call.status, "\(call): \(answer.messages)")
      }
    }
  }
}
