// SPDX-License-Identifier: GPL-3.0-or-later

import EngineFiles
import Inputs
import Testing
import TokenEngine

@Suite("Files of engines")
struct EngineFileTests {
  private static let settings =
    #""async_scheduling": false, "enable_prefix_caching": true, "max_num_batched_tokens": 64, "#
    + #""max_num_seqs": 8, "num_blocks": 33, "block_size": 4, "step_law_ns": {"c0": 1e3, "c1": 0.000025, "c2": 0, "c3": 2}"#

  private func problems(_ body: () throws(TraceErrors) -> Void) -> [String] {
    do {
      try body()
      return []
    } catch {
      return error.errors.map { "\($0.line):\($0.column) \($0.found) | \($0.allowed)" }
    }
  }

  private func engine(_ more: String = "") throws -> EngineConfiguration.VLLM {
    guard
      case .vllm(let engine) = try EngineConfiguration(Array("{\(Self.settings)\(more)}".utf8))
    else { throw TraceErrors(errors: []) }
    return engine
  }

  @Test("Settings are read under vLLM's names, times to the femtosecond")
  func configuration() throws {
    let engine = try engine(
      #", "policy": "priority", "watermark": 0.05, "max_num_active_seqs": null"#)
    #expect(engine.settings.policy == .priority)
    #expect(engine.settings.usableBlocks == 32)
    #expect(engine.settings.watermark == 0.05)
    #expect(engine.settings.maxActiveSequences == nil)
    #expect(
      engine.law
        == AffineStepLaw(
          perStep: 1_000_000_000, perSequence: 25, perContextToken: 0, perPrefillToken: 2_000_000))
  }

  @Test(
    "A setting that is not understood is an error with its place",
    arguments: [
      (#", "enable_lora": true"#, "'enable_lora', which is not modelled"),
      (#", "watermark": 1"#, "'1' | a share of the blocks"),
      (#", "policy": "lifo""#, "'lifo' | one of: fcfs, priority"),
      (#", "prefill_schedule_interval": 0"#, "'0' | a whole number from 1"),
      (#", "max_model_len": 1.5"#, "'1.5' | a whole number"),
      (#", "scheduler": "tgi""#, "'tgi' | one of"),
      (#", "max_num_seqs": 9"#, "'max_num_seqs' a second time"),
    ])
  func refused(more: String, wanted: String) {
    let text = "{\(Self.settings)\(more)}"
    let found = problems { () throws(TraceErrors) in _ = try EngineConfiguration(Array(text.utf8)) }
    #expect(found.count == 1)
    #expect(found.first?.contains(wanted) == true, "\(found)")
  }

  @Test("Settings that are missing are all named")
  func missing() {
    let found = problems { () throws(TraceErrors) in _ = try EngineConfiguration(Array("{}".utf8)) }
    #expect(found.count == 6)
    #expect(found.contains { $0.contains("no 'step_law_ns'") })
  }

  @Test("Requests are read by the names of columns, in the order of arrival and then of ids")
  func requests() throws {
    let text = """
      blocks,id,arrival_ns,group,prompt_tokens,output_tokens
      5-6 9,7,20,x,8,5
      ,2,20,y,2,1
      3,4,10,z,4,1
      """
    let read = try EngineRequests(Array(text.utf8), for: try engine()).requests
    #expect(read.map(\.id) == [4, 2, 7])
    #expect((0..<3).map { read[2].blocks[$0] } == [5, 6, 9])
  }

  @Test(
    "A request that is not understood is an error with its place",
    arguments: [
      ("1,0,8,5,5-6", "2:9 '5-6' | 3 block numbers"),
      ("1,0,8,5,7-6 1", "2:9 '7-6 1' | 3 block numbers"),
      ("1,0,8,5,1--3", "2:9 '1--3' | 3 block numbers"),
      ("1,0,0,5,", "2:5 '0' | a whole number from 1"),
      ("1,-1,4,1,0", "2:3 '-1' | a whole number from 0"),
      ("1,0,400,1,0-99", "2:5 '400' | a request that fits: 401 tokens need 100 blocks"),
      ("1,0,4,1,0\n1,0,4,1,0", "3:1 '1' | an id that no other row has"),
    ])
  func wrongRow(row: String, wanted: String) throws {
    let engine = try engine()
    let text = "id,arrival_ns,prompt_tokens,output_tokens,blocks\n\(row)\n"
    let found = problems { () throws(TraceErrors) in
      _ = try EngineRequests(Array(text.utf8), for: engine)
    }
    #expect(found.first?.contains(wanted) == true, "\(found)")
  }

  @Test("A request beyond the model's context is an error")
  func context() throws {
    let engine = try engine(#", "max_model_len": 12"#)
    let text = "id,arrival_ns,prompt_tokens,output_tokens,blocks\n1,0,10,3,0-2\n"
    let found = problems { () throws(TraceErrors) in
      _ = try EngineRequests(Array(text.utf8), for: engine)
    }
    #expect(found.first?.contains("at most 12 tokens, the model's context") == true)
  }

  /// Two lines, `id,a` and `1,0`, by gzip.
  private static let zipped: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xFF, 0xCB, 0x4C, 0xD1, 0x49, 0xE4, 0x32,
    0xD4, 0x31, 0xE0, 0x02, 0x00, 0x0B, 0xE5, 0x3E, 0x85, 0x09, 0x00, 0x00, 0x00,
  ]

  @Test("A gzip file is read whole, also where it has several members")
  func zipped() throws {
    #expect(try GzipFile.content(of: Self.zipped) == Array("id,a\n1,0\n".utf8))
    let twice = try GzipFile.content(of: Self.zipped + Self.zipped)
    #expect(twice == Array("id,a\n1,0\nid,a\n1,0\n".utf8))
    let found = problems { () throws(TraceErrors) in
      _ = try GzipFile.content(of: Self.zipped, limit: 8)
    }
    #expect(found.first?.contains("holds more than") == true)
  }

  @Test("A damaged gzip file is an error, also where only its end is missing")
  func damaged() {
    for count in [2, 12, Self.zipped.count - 1] {
      let found = problems { () throws(TraceErrors) in
        _ = try GzipFile.content(of: Array(Self.zipped.prefix(count)))
      }
      #expect(found.first?.contains("a damaged gzip file") == true, "\(count) bytes")
    }
  }
}
