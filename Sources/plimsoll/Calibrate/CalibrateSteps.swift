// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Calibration
import Inputs
import Quantities
import TokenEngine

extension ClosedLoop.Scheduler: ExpressibleByArgument {}

/// `plimsoll calibrate steps`: how long a step of an engine takes.
struct CalibrateSteps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps",
    abstract: "Fit the time of an engine's step to measured steps or to benchmarks.",
    discussion: """
      The file is one of:
      - CSV of steps: requests, tokens of prompts, tokens of context, time (as plimsoll engine --steps writes them);
      - CSV of benchmarks in a closed loop: clients, tokens of prompt and answer, mean time to the first token, mean time
        by token;
      - JSON of vllm bench serve, of SGLang's bench_serving, or of GuideLLM.
      Columns are found by usual names. Benchmarks are simulated under the law until both times fit.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: "A file of the same kind that is not fitted but predicted.")
  var check: String?
  @Option(
    help: "A column under another name, as ROLE=NAME: \(MeasuredColumn.allCases.map(\.rawValue)).")
  var column: [String] = []
  @Option(help: "The unit of times whose names have none: \(TimeUnit.allCases.map(\.rawValue)).")
  var unit: TimeUnit?
  @Option(name: .customLong("where"), help: "Only rows with that text: column=text.")
  var conditions: [String] = []
  @Option(
    help: "A parameter that is given and not fitted, such as context_token=61.1ns or memory=80%.")
  var given: [String] = []

  @Option(
    help: "Benchmarks: whose rules schedule: \(ClosedLoop.Scheduler.allCases.map(\.rawValue)).")
  var scheduler = ClosedLoop.Scheduler.vllm
  @Option(help: "Benchmarks: the most tokens of a step (SGLang: where prompts are cut).")
  var stepTokens = 8_192
  @Option(help: "Benchmarks: the most requests that run; without it as many as there are.")
  var running: Int?
  @Option(help: "Benchmarks: tokens of the KV cache; without it as many as are asked for.")
  var cacheTokens: Int?
  @Flag(
    name: .customLong("async"), help: "Benchmarks: a step is scheduled while another runs (vllm).")
  var isAsynchronous = false
  @Option(help: "Benchmarks: the host's time before each step, such as 1ms.")
  var host: String?
  @Option(help: "Benchmarks: requests of a client where the file does not say how many there were.")
  var requestsPerClient = 10
  @Option(help: "Benchmarks: how far lengths lie from their mean, such as 20%.")
  var spread = "0%"

  @Option(help: "Fit a roofline on this device: \(NamedDevice.allowed).")
  var device: String?
  @Option(help: "The model of that roofline: its config.json.")
  var card: String?
  @Option(help: "Bytes of a weight: 2, 1 or 0.5.")
  var weightBytes = 2.0
  @Option(help: "Bytes of a number of a key or value.")
  var kvBytes = 2.0
  @Option(help: "Devices that share every matrix.")
  var tensorParallel = 1
  @OptionGroup var options: CalibrateOptions

  func validate() throws {
    guard (device == nil) == (card == nil) else {
      throw ValidationError("--device and --card go together: a roofline has both")
    }
    guard stepTokens > 0, stepTokens <= 1 << 24 else {
      throw ValidationError("--step-tokens is \(stepTokens); allowed: 1 to 16777216")
    }
    for (name, value) in [("running", running), ("cache-tokens", cacheTokens)] {
      if let value, value < 1 { throw ValidationError("--\(name) is \(value); allowed: 1 or more") }
    }
    guard (1...10_000).contains(requestsPerClient) else {
      throw ValidationError("--requests-per-client is \(requestsPerClient); allowed: 1 to 10000")
    }
    guard (1...1_024).contains(tensorParallel) else {
      throw ValidationError("--tensor-parallel is \(tensorParallel); allowed: 1 to 1024")
    }
    if isAsynchronous, scheduler != .vllm {
      throw ValidationError("--async is for --scheduler vllm")
    }
  }

  func run() throws {
    let form = try form()
    let choice = try choice()
    let engine = try engine()
    let given = try givenParameters(of: form)
    let conditions = try options.conditions(conditions)
    let input = try options.read(file)
    let data = try options.reading(file) {
      try StepMeasurements(input.bytes, choice, where: conditions)
    }
    if case .steps = data { try refuseBenchmarkOptions() }
    var sources = [input.source(records: data.count)]
    var other: StepMeasurements?
    if let check {
      let input = try options.read(check)
      let read = try options.reading(check) {
        try StepMeasurements(input.bytes, choice, where: conditions)
      }
      other = read
      sources.append(input.source(records: read.count))
    }
    let report: CalibrationReport
    do throws(StepCalibration.Problem) {
      let calibration = try StepCalibration(data, form: form, engine: engine, given: given)
      report = try calibration.report(check: other)
    } catch {
      Terminal.tell("plimsoll: \(file): \(error.sentence)\n")
      throw ExitStatus.invalidScenario.code
    }
    try options.finish(report, sources)
  }

  /// An option without effect is an error.
  private func refuseBenchmarkOptions() throws {
    let usual = ClosedLoop()
    let isUsual =
      scheduler == usual.scheduler && stepTokens == usual.tokensPerStep && running == nil
      && cacheTokens == nil && !isAsynchronous && host == nil
      && requestsPerClient == usual.requestsPerClient && spread == "0%"
    guard isUsual else {
      throw ValidationError(
        "\(file) has steps; --scheduler, --step-tokens, --running, --cache-tokens, --async, --host, "
          + "--requests-per-client and --spread are for benchmarks")
    }
  }

  private func form() throws -> StepLawForm {
    guard let device, let card else { return .affine }
    guard let sheet = NamedDevice(parsing: device) else {
      throw ValidationError("--device is '\(device)'; allowed: \(NamedDevice.allowed)")
    }
    let input = try options.read(card)
    let model = try options.reading(card) {
      try ModelCard(
        configuration: input.bytes, bytesPerWeight: weightBytes, bytesPerKVElement: kvBytes)
    }
    let form = StepLawForm.roofline(
      .init(device: sheet, model: model, tensorParallel: tensorParallel))
    if let problem = form.problem { throw ValidationError(problem) }
    return form
  }

  private func choice() throws -> ColumnChoice {
    let named = try column.map { text in
      guard let sign = text.firstIndex(of: "="),
        let role = MeasuredColumn(rawValue: String(text[..<sign])),
        text.index(after: sign) < text.endIndex
      else {
        throw ValidationError(
          "--column is '\(text)'; allowed: ROLE=NAME, ROLE one of "
            + MeasuredColumn.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return (column: role, name: String(text[text.index(after: sign)...]))
    }
    return ColumnChoice(named: named, unit: unit?.seconds)
  }

  private func engine() throws -> ClosedLoop {
    var engine = ClosedLoop()
    engine.scheduler = scheduler
    engine.tokensPerStep = stepTokens
    engine.mostRunning = running
    engine.cacheTokens = cacheTokens
    engine.isAsynchronous = isAsynchronous
    engine.requestsPerClient = requestsPerClient
    guard let share = try? Share(parsing: spread), share >= .zero, share.fraction < 1 else {
      throw ValidationError("--spread is '\(spread)'; allowed: 0% to less than 100%")
    }
    engine.spread = share.fraction
    if let host {
      guard let time = try? TimeSpan(parsing: host), time >= .zero, time <= .seconds(60) else {
        throw ValidationError("--host is '\(host)'; allowed: a time from 0s to 60s, such as 1ms")
      }
      engine.host = HostTime(perStep: time.nanoseconds * 1_000_000, perSequence: 0)
    }
    return engine
  }

  private func givenParameters(of form: StepLawForm) throws -> [(name: String, value: Double)] {
    let parameters = form.parameters
    var seen: [String] = []
    return try given.map { text in
      let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let parameter = parameters.first(where: { $0.name == sides[0] }),
        !seen.contains(sides[0]), let value = parameter.value(parsing: sides[1])
      else {
        throw ValidationError(
          "--given is '\(text)'; allowed: each once, such as 61.1ns or 80%: "
            + parameters.map(\.name).joined(separator: ", "))
      }
      seen.append(sides[0])
      return (sides[0], value)
    }
  }
}
