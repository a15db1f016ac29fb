// SPDX-License-Identifier: GPL-3.0-or-later

import EngineFiles
import Foundation
import Inputs
import Testing
import TokenEngine

/// Recorded runs of other schedulers, where they are at hand.
private enum Records {
  /// The folder of the table that `PLIMSOLL_REFERENCE` names.
  static var folder: URL {
    URL(
      fileURLWithPath: ProcessInfo.processInfo.environment["PLIMSOLL_REFERENCE"] ?? "/nonexistent"
    )
    .deletingLastPathComponent()
  }

  static var areThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "vllm-v1/runs").path)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }

  /// The lines of a compressed table, without the ends of lines.
  static func lines(_ path: String) throws -> [Substring] {
    let text = String(decoding: try GzipFile.content(of: try bytes(path)), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline)
  }
}

@Suite(
  "Records of other schedulers",
  .enabled(
    if: Records.areThere,
    "it needs recorded runs of other schedulers; PLIMSOLL_REFERENCE names a file beside their folders"
  ))
struct ReferenceRunTests {
  @Test(
    "vLLM's own scheduler comes out to the nanosecond, request by request and step by step",
    arguments: [
      "s1-heavy", "s2-pressure", "s3-long-threshold", "s4-prefix-pressure", "s5-priority",
      "s6-async",
    ])
  func vllm(name: String) throws {
    let folder = "vllm-v1/runs/\(name)"
    guard
      case .vllm(let engine) = try EngineConfiguration(try Records.bytes("\(folder)/config.json"))
    else {
      Issue.record("a configuration of vllm is read as one")
      return
    }
    let requests = try EngineRequests(
      try Records.bytes("\(folder)/requests.csv.gz"), for: engine)
    var steps = EngineOutput.stepHeader
    var count = 0
    var run = TokenRun(
      scheduler: VLLMScheduler(settings: engine.settings), law: engine.law,
      requests: requests.requests
    ) { step in
      steps += EngineOutput.row(step, number: count)
      count += 1
    }
    let text = EngineOutput.table(try run.run())
    let wanted = try Records.lines("\(folder)/requests.csv.gz").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return ([fields[0]] + fields[7...]).joined(separator: ",")
    }
    #expect(wanted.count > 400)
    #expect(text.split(separator: "\n").map(String.init) == wanted)
    #expect(steps.split(separator: "\n") == (try Records.lines("\(folder)/steps.csv.gz")))
  }

  @Test(
    "Another simulator on the same tables comes out to the last bit",
    arguments: [
      ("A1_sarathi512_q1.5", "sarathi", 11_008, 1), ("A3_sarathi512_q2.5", "sarathi", 11_008, 1),
      ("A4_vllm_q2.5", "vllm-0", 11_008, 1),
      ("B1_sarathi512_q2.5_blocks1500", "sarathi", 1_500, 1),
      ("D1_sarathi512_conv_rr4", "sarathi", 11_008, 4),
    ])
  func surface(name: String, scheduler: String, blocks: Int, replicas: Int) throws {
    let text = """
      { "scheduler": "\(scheduler)", "chunk": 512, "max_num_batched_tokens": 4096, "max_num_seqs": 48,
        "num_blocks": \(blocks), "replicas": \(replicas), "surface": "surface" }
      """
    guard case .promptReserving(let engine) = try EngineConfiguration(Array(text.utf8)) else {
      Issue.record("a configuration of \(scheduler) is read as one")
      return
    }
    let path = "token-engine/runs/\(name).requests.csv.gz"
    let list = try EngineRequests(try Records.bytes(path), for: engine)
    let law = try Self.surface()
    var run = PromptReservingRun<Double>(
      settings: engine.settings, replicas: replicas, router: .roundRobin,
      requests: zip(list.requests, list.seconds).map { ($0, $1) }, duration: law.seconds)
    let records = try run.run()
    let wanted = try Records.lines(path)
    #expect(wanted.count == 2_001)
    #expect(EngineOutput.table(records, of: list).split(separator: "\n") == wanted)

    // In whole nanoseconds each step errs by at most one, and nobody overtakes anybody.
    var whole = PromptReservingRun<Int64>(
      settings: engine.settings, replicas: replicas, router: .roundRobin,
      requests: list.requests.map { ($0, $0.arrival) }
    ) { shape in law.seconds(of: shape).map { Int64(($0 * 1e9).rounded()) } }
    for (exact, rounded) in zip(records, try whole.run()) {
      #expect(abs(exact.completed * 1e9 - Double(rounded.completed)) < 70_000)
      #expect(exact.restarts == rounded.restarts && exact.replica == rounded.replica)
    }
  }

  private static func surface() throws -> SurfaceStepLaw {
    SurfaceStepLaw(
      layers: 28,
      operators: try SurfaceFiles.operators(
        try Records.bytes("token-engine/surface/ops_by_tokens.csv")),
      decode: try SurfaceFiles.decode(try Records.bytes("token-engine/surface/attn_decode.csv")),
      prefill: try SurfaceFiles.prefill(
        try Records.bytes("token-engine/surface/attn_prefill.csv.gz")))
  }
}
