// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Inputs
import Quantities
import Testing
import TokenEngine
import Workload

@Suite("Recorded requests with blocks and priorities")
struct RecordedRequestsTests {
  private func read(_ text: String, pieces length: Int = 1 << 20) throws(TraceErrors) -> ReplayTrace
  {
    var parser = TraceParser()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: length) {
      parser.read(Array(bytes[start..<min(start + length, bytes.count)]), ofSize: bytes.count)
    }
    return try parser.finish()
  }

  private func errors(_ text: String) -> [TraceError] {
    do {
      _ = try read(text)
      return []
    } catch {
      return error.errors
    }
  }

  private func chain(_ numbers: Int64...) -> BlockChain {
    var chain = BlockChain()
    for number in numbers { chain.append(number, count: 1) }
    return chain
  }

  private static let csv = """
    id,arrival_ns,prompt_tokens,output_tokens,priority,group,blocks
    0,1000,40,8,2,a,0-2
    1,2000,33,7,-1,b,0-1
    2,2000,5,1,0,c,

    """
  private static let json = """
    {"arrival_ns": 1000, "prompt_tokens": 40, "output_tokens": 8, "priority": 2, "blocks": "0-2"}

    {"arrival_ns": 2000, "prompt_tokens": 33, "output_tokens": 7, "priority": -1, "blocks": [0, 1]}
    {"arrival_ns": 2000, "prompt_tokens": 5, "output_tokens": 1, "priority": 0, "blocks": "", "group": "c"}
    """

  @Test(
    "are the same as separated values and as objects, wherever a piece ends",
    arguments: [1, 3, 50, 10_000])
  func forms(length: Int) throws {
    for text in [Self.csv, "\u{FEFF}" + Self.csv, Self.json, "\n" + Self.json + "\n"] {
      let trace = try read(text, pieces: length)
      #expect(trace.requests.map(\.time.nanoseconds) == [0, 1_000, 1_000])
      #expect(trace.requests.map(\.promptTokens) == [40, 33, 5])
      #expect(trace.requests.map(\.outputTokens) == [8, 7, 1])
      #expect(trace.priorities == [2, -1, 0])
      #expect(trace.blocks == [chain(0, 1, 2), chain(0, 1), BlockChain()])
    }
    #expect(try read(Self.csv).notes == ["left out the columns id, group"])
    #expect(try read(Self.json).notes == ["left out the columns group"])
  }

  @Test("have dates, seconds or nanoseconds, and neither priorities nor blocks where none are told")
  func plain() throws {
    let trace = try read(
      "time,prompt_tokens,output_tokens\n2024-12-09T15:00:00Z,1,2\n2024-12-09T15:00:01Z,3,4\n")
    #expect(trace.duration == .seconds(1) && trace.priorities.isEmpty && trace.blocks.isEmpty)
    let seconds = try read("{\"time\": 0.5, \"prompt_tokens\": 1, \"output_tokens\": 2}")
    #expect(seconds.requests.count == 1)
  }

  @Test("are refused with the place of what is no number, no block or no priority")
  func places() {
    let header = "time,prompt_tokens,output_tokens,priority,blocks\n"
    let text =
      header + "0,1,2,x,0\n1,1,2,0,3-1\n2,1,2,0,1 b\n3,1,2,1.5,1--2\n4,1,2,0,7\n"
    #expect(errors(text).map(\.line) == [2, 3, 4, 5, 5])
    #expect(errors(text).map(\.column) == [7, 9, 9, 7, 11])
    #expect(errors("time,arrival_ns,prompt_tokens,output_tokens\n0,0,1,1\n").map(\.column) == [6])
    let lines = """
      {"time": 1, "prompt_tokens": 1, "output_tokens": 1, "blocks": "1"}
      {"time": 2, "prompt_tokens": "1", "output_tokens": 1, "blocks": [2.5]}
      {"time": 0, "prompt_tokens": 1, "blocks": "1"}
      {"time": 2, "prompt_tokens": 1, "output_tokens": 1}
      7
      {"time": 3,
      """
    let found = errors(lines)
    #expect(found.map(\.line) == [2, 2, 3, 3, 4, 5, 6])
    #expect(found[0].column == 30 && found[2].allowed.contains("not before"))
    #expect(found[3].found == "no 'output_tokens'" && found[4].found.contains("other members"))
  }
}
