// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import EngineFiles
import Foundation
import Inputs
import TokenEngine

/// `plimsoll engine`: what a scheduler of tokens makes of a list of requests.
struct Engine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Schedule the tokens of a list of requests, and write when each got its tokens.",
    discussion: """
      The configuration is JSON: the scheduler's settings under the engine's own names, and a law for the time of a \
      step. The default of "scheduler" is vllm. For vllm, sglang and trtllm the requests have the columns id, \
      arrival_ns, prompt_tokens and output_tokens, with priorities also priority, with a prefix cache also blocks; \
      the law is affine. For sarathi and vllm-0 they have request_id, arrived_at_s, prompt_tokens and output_tokens; \
      the law is a folder of measured tables. Other columns are ignored. Files may be gzipped.

      The output can be compared with records of the engine itself: both follow the same rules, request by request. \
      Documentation/Engines.md lists the rules and how far they were checked.
      """)

  @Option(help: "The settings of the engine, JSON.")
  var config: String
  @Option(help: "The requests, CSV, or - for standard input.")
  var requests: String
  @Option(name: [.short, .long], help: "Write a row for each request to this file.")
  var output: String
  @Option(help: "Write a row for each step to this file (vllm, sglang, trtllm).")
  var steps: String?

  func validate() throws {
    for path in [output, steps].compactMap(\.self) where path.hasSuffix(".gz") {
      throw ValidationError("\(path) ends with .gz; what is written is not compressed")
    }
  }

  func run() throws {
    let settings = try reading(config) { bytes throws(TraceErrors) in
      try EngineConfiguration(bytes)
    }
    let watch = Interruption.listen("nothing is written")
    defer { watch.cancel() }
    switch settings {
    case .vllm(let engine):
      try run(engine, VLLMScheduler(settings: engine.settings), engine.law)
    case .sglang(let engine):
      try run(engine, SGLangScheduler(settings: engine.settings), engine.law)
    case .tensorRT(let engine):
      try run(engine, TensorRTScheduler(settings: engine.settings), engine.law)
    case .promptReserving(let engine):
      guard steps == nil else {
        throw ValidationError("--steps is for the schedulers vllm, sglang and trtllm")
      }
      try run(engine)
    }
  }

  private func run(
    _ engine: some EngineOfRequests, _ scheduler: some TokenScheduler, _ law: AffineStepLaw
  ) throws {
    let list = try reading(requests) { bytes throws(TraceErrors) in
      try EngineRequests(bytes, for: engine)
    }
    let records = try Failure.reporting {
      guard let steps else {
        return try ended(TokenRun(scheduler: scheduler, law: law, requests: list.requests))
      }
      let aside = FileAside(path: steps)
      let watch = Interruption.listen("nothing is written") { aside.discard() }
      defer { watch.cancel() }
      return try aside.writing { file in
        var writer = StepWriter(file: file)
        let records = try ended(
          TokenRun(scheduler: scheduler, law: law, requests: list.requests) { writer.take($0) })
        try writer.finish()
        return records
      }
    }
    try write(EngineOutput.table(records))
  }

  private func run(_ engine: EngineConfiguration.PromptReserving) throws {
    let list = try reading(requests) { bytes throws(TraceErrors) in
      try EngineRequests(bytes, for: engine)
    }
    let law = try surface(engine)
    if engine.isInteger {
      let records = try served(engine, list.requests.map { ($0, $0.arrival) }) { shape in
        law.seconds(of: shape).map { Int64(($0 * 1e9).rounded()) }
      }
      try write(EngineOutput.table(records, of: list))
    } else {
      let requests = Array(zip(list.requests, list.seconds))
      let records = try served(engine, requests.map { ($0.0, $0.1) }) { law.seconds(of: $0) }
      try write(EngineOutput.table(records, of: list))
    }
  }

  private func served<Time>(
    _ engine: EngineConfiguration.PromptReserving,
    _ requests: [(request: TokenRequest, arrival: Time)], _ duration: @escaping (StepShape) -> Time?
  ) throws -> [PromptReservingRun<Time>.Record] {
    var run = PromptReservingRun<Time>(
      settings: engine.settings, replicas: engine.replicas,
      router: .init(rawValue: engine.router) ?? .roundRobin, requests: requests,
      duration: duration)
    do {
      return try run.run()
    } catch .notCovered(let shape) {
      throw refused(
        config,
        "the tables have no time for a step of \(shape.decodes) decodes with "
          + "\(shape.decodeContextTokens) tokens of context and \(shape.prefillParts) parts of prompts with "
          + "\(shape.prefillTokens) tokens")
    } catch .stuck(let waiting) {
      throw refused(config, stuck(waiting))
    }
  }

  /// Runs to the end, or leaves with a message.
  private func ended(
    _ run: consuming TokenRun<some TokenScheduler, AffineStepLaw>
  ) throws -> [EngineRecord] {
    do {
      return try run.run()
    } catch .stuck(_, let waiting) {
      throw refused(config, stuck(waiting))
    } catch .thrashing(let time) {
      throw refused(
        config,
        "from \(time) ns on, and for a while before, requests take each other's blocks and none gets a token: their "
          + "priorities and arrivals are equal, and they are admitted before all of their tokens fit "
          + "(scheduler_reserve_full_isl)")
    } catch .tooLate {
      throw refused(requests, "a step would end more than 146 years after time 0")
    }
  }

  private func stuck(_ waiting: Int) -> String {
    "nothing can be scheduled although \(waiting) requests wait: the blocks or the tokens of a step do not suffice for "
      + "the first of them"
  }

  private func refused(_ path: String, _ sentence: String) -> ExitCode {
    Terminal.tell("plimsoll: \(path): \(sentence)\n")
    return ExitStatus.invalidScenario.code
  }

  // MARK: Files

  private func surface(_ engine: EngineConfiguration.PromptReserving) throws -> SurfaceStepLaw {
    let own = URL(fileURLWithPath: config).deletingLastPathComponent().path
    // A path that is right from here is taken as it is; else it is meant from where the configuration lies.
    let isHere =
      engine.surface.hasPrefix("/") || FileManager.default.fileExists(atPath: engine.surface)
    let folder = isHere ? engine.surface : "\(own)/\(engine.surface)"
    func table<Value>(
      _ name: String, _ read: ([UInt8]) throws(TraceErrors) -> Value
    ) throws -> Value {
      let path = "\(folder)/\(name)"
      let isPlain = FileManager.default.fileExists(atPath: path)
      return try reading(isPlain ? path : path + ".gz", read)
    }
    return SurfaceStepLaw(
      layers: engine.layers,
      operators: try table(SurfaceFiles.names[0], SurfaceFiles.operators),
      decode: try table(SurfaceFiles.names[1], SurfaceFiles.decode),
      prefill: try table(SurfaceFiles.names[2], SurfaceFiles.prefill))
  }

  private func reading<Value>(
    _ path: String, _ read: ([UInt8]) throws(TraceErrors) -> Value
  ) throws -> Value {
    let bytes = try path == "-" ? Terminal.standardInput() : Terminal.bytes(of: path)
    do {
      return try read(bytes)
    } catch {
      for problem in error.errors {
        Terminal.tell(
          "\(path):\(problem.line):\(problem.column): found \(problem.found), "
            + "allowed: \(problem.allowed)\n")
      }
      throw ExitStatus.invalidScenario.code
    }
  }

  private func write(_ text: String) throws {
    try Failure.reporting {
      try FileAside(path: output).write { try $0.write(contentsOf: Data(text.utf8)) }
    }
  }
}

/// Writes steps in pieces as they come.
private struct StepWriter {
  private let file: FileHandle
  private var text = EngineOutput.stepHeader
  private var count = 0
  private var problem: (any Error)?

  init(file: FileHandle) { self.file = file }

  mutating func take(_ step: EngineStep) {
    text += EngineOutput.row(step, number: count)
    count += 1
    if text.utf8.count > 1 << 20 { flush() }
  }

  /// Writes what is left, and throws what went wrong.
  mutating func finish() throws {
    flush()
    if let problem { throw problem }
  }

  private mutating func flush() {
    do {
      if problem == nil { try file.write(contentsOf: Data(text.utf8)) }
    } catch {
      problem = error
    }
    text = ""
  }
}
