// SPDX-License-Identifier: GPL-3.0-or-later

import Calibration
import EngineFiles
import Inputs
import Testing
import TokenEngine

@Suite("Fits of step laws")
struct StepTests {
  /// 15 ms a step, 30 µs a request, 61 ns a token of context, 50 µs a token of a prompt.
  private static let law = AffineStepLaw(
    perStep: 15_000_000_000_000, perSequence: 30_000_000_000, perContextToken: 61_000_000,
    perPrefillToken: 50_000_000_000)
  private static let truth = [15e-3, 30e-6, 61e-9, 50e-6]

  /// Rows of a benchmark whose times come from an engine under a law.
  private static func points(
    _ law: EngineStepLaw, _ engine: ClosedLoop, clients: [Int] = [1, 4, 16, 48],
    lengths: [(Double, Double)] = [(512, 64), (2_048, 64), (512, 200)]
  ) throws -> [BenchmarkPoint] {
    try lengths.flatMap { prompt, output in
      try clients.map { clients in
        let asked = BenchmarkPoint(
          clients: clients, prompt: prompt, output: output, firstToken: 1, perToken: 1)
        let times = try #require(engine.times(of: asked, under: law))
        return BenchmarkPoint(
          clients: clients, prompt: prompt, output: output, firstToken: times.firstToken,
          perToken: times.perToken)
      }
    }
  }

  @Test("of steps that an engine wrote give its law again")
  func steps() throws {
    var settings = VLLMSettings()
    settings.maxBatchedTokens = 512
    settings.maxSequences = 16
    let requests = (0..<60).map { id in
      TokenRequest(
        id: id, arrival: Int64(id) * 90_000_000, promptTokens: 40 + id * 37 % 700,
        outputTokens: 5 + id * 13 % 50)
    }
    var text = EngineOutput.stepHeader
    var number = 0
    var run = TokenRun(
      scheduler: VLLMScheduler(settings: settings), law: Self.law, requests: requests
    ) {
      text += EngineOutput.row($0, number: number)
      number += 1
    }
    _ = try run.run()
    let data = try StepMeasurements(Array(text.utf8))
    #expect(data.count == number && number > 100)
    let fit = try StepCalibration(data, form: .affine)
    for (value, truth) in zip(fit.values, Self.truth) {
      // The file has whole nanoseconds.
      #expect(abs(value / truth - 1) < 1e-4, "\(value), \(truth)")
    }
    let report = try fit.report()
    #expect(
      report.fragment == [
        "step: { affine: { fixed: 15.0000ms, sequence: 30.0000us, context_token: 61.0000ns, "
          + "prefill_token: 50.0000us } }"
      ])
    #expect(report.doubts.contains { $0.contains("Nothing was held back") })
  }

  @Test(
    "of rows of a benchmark give the law of the engine behind them again",
    arguments: ClosedLoop.Scheduler.allCases)
  func benchmark(scheduler: ClosedLoop.Scheduler) throws {
    var engine = ClosedLoop()
    engine.scheduler = scheduler
    engine.spread = 0.1
    let points = try Self.points(.affine(Self.law), engine)
    let fit = try StepCalibration(.benchmark(points), form: .affine, engine: engine)
    for (value, truth) in zip(fit.values, Self.truth) {
      #expect(abs(value / truth - 1) < 0.05, "\(value), \(truth)")
    }
    // Rows that were not fitted are predicted.
    let others = try Self.points(
      .affine(Self.law), engine, clients: [8, 32], lengths: [(1_024, 128)])
    let report = try fit.report(check: .benchmark(others))
    let table = try #require(
      report.tables.first { $0.title == "Errors of rows that were not fitted" })
    #expect(table.rows.allSatisfy { $0[3].hasPrefix("0.") }, "\(table.rows)")
  }

  @Test("hardly see rows that wait for memory which the engine was not told of")
  func robust() throws {
    var engine = ClosedLoop()
    engine.spread = 0.1
    var points = try Self.points(.affine(Self.law), engine)
    for index in [3, 7] {
      let point = points[index]
      points[index] = BenchmarkPoint(
        clients: point.clients, prompt: point.prompt, output: point.output, firstToken: 40,
        perToken: point.perToken)
    }
    let fit = try StepCalibration(.benchmark(points), form: .affine, engine: engine)
    for (value, truth) in zip(fit.values, Self.truth) {
      #expect(abs(value / truth - 1) < 0.1, "\(value), \(truth)")
    }
    let report = try fit.report()
    #expect(report.doubts.contains { $0.contains("2 of 24 times are off by more than 15 %") })
  }

  @Test("by roofline give what a device reaches of its sheet again")
  func roofline() throws {
    let device = try #require(
      NamedDevice(
        parsing:
          "memory=80GB,memory_bandwidth=3350GB/s,matrix_tflops=989,link_bandwidth=450GB/s,link_latency=10us"
      ))
    let card = try ModelCard(
      configuration: Array(
        """
        {"num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8,
         "intermediate_size": 14336, "vocab_size": 128256, "tie_word_embeddings": false}
        """.utf8), bytesPerWeight: 2, bytesPerKVElement: 2)
    #expect(card.headWidth == 128 && card.kvHeads == 8 && card.experts == nil)
    let form = StepLawForm.roofline(.init(device: device, model: card, tensorParallel: 1))
    let law = try #require(form.law([0.72, 0.55, 0.8, 25e-6, 0]))
    var engine = ClosedLoop()
    engine.spread = 0.1
    let points = try Self.points(law, engine, clients: [1, 8, 64])
    let fit = try StepCalibration(.benchmark(points), form: form, engine: engine)
    #expect(abs(fit.values[0] / 0.72 - 1) < 0.03, "\(fit.values)")
    #expect(abs(fit.values[1] / 0.55 - 1) < 0.03, "\(fit.values)")
    #expect(abs(fit.values[3] / 25e-6 - 1) < 0.15, "\(fit.values)")
    // Given parameters stay, and with all of them nothing is fitted.
    let given = [("memory", 0.72), ("matrix", 0.55), ("layer", 25e-6)].map {
      (name: $0.0, value: $0.1)
    }
    let held = try StepCalibration(.benchmark(points), form: form, engine: engine, given: given)
    #expect(held.values == [0.72, 0.55, 0.8, 25e-6, 0])
    #expect(held.relativeErrors.allSatisfy { $0 == nil })
  }

  @Test("of one length put all of a request's time into sequence, and say so")
  func oneLength() throws {
    let engine = ClosedLoop()
    let points = try Self.points(.affine(Self.law), engine, lengths: [(512, 64)])
    let fit = try StepCalibration(.benchmark(points), form: .affine, engine: engine)
    #expect(fit.values[2] == 0)
    #expect(try fit.report().doubts.contains { $0.contains("All rows have one") })
  }

  @Test("need as many times as parameters")
  func tooFew() {
    let step = MeasuredStep(sequences: 1, prefill: 0, context: 10, seconds: 0.01)
    #expect(throws: StepCalibration.Problem.self) {
      try StepCalibration(.steps([step, step]), form: .affine)
    }
  }

  @Test("know the knee: twice the clients, and less than half as much more throughput")
  func knee() {
    func point(_ clients: Int, _ firstToken: Double, prompt: Double = 100) -> BenchmarkPoint {
      BenchmarkPoint(
        clients: clients, prompt: prompt, output: 101, firstToken: firstToken, perToken: 0.01)
    }
    // 1 s for the answer beside the wait: rates 1, 2 · 1/1, 4 · 1/3.
    let rows = [point(4, 2), point(1, 0.0001), point(2, 0.0001), point(8, 2, prompt: 200)]
    #expect(StepMeasurements.beyondKnee(rows) == [true, false, false, false])
  }

  // MARK: Files

  private func points(_ text: String) throws -> [BenchmarkPoint] {
    guard case .benchmark(let points) = try StepMeasurements(Array(text.utf8)) else { return [] }
    return points
  }

  @Test("read what vllm bench serve and SGLang's bench_serving write, an object a line")
  func serving() throws {
    let read = try points(
      """
      {"max_concurrency": 8, "request_rate": "inf", "completed": 80, "total_input_tokens": 81920, \
      "total_output_tokens": 40960, "mean_ttft_ms": 150.2, "median_ttft_ms": 1, "mean_tpot_ms": 18.22}
      {"max_concurrency": 16, "request_rate": Infinity, "completed": 160, "total_input_tokens": 160, \
      "total_output_tokens": 160, "mean_ttft_ms": 9, "mean_tpot_ms": 0.0, "mean_itl_ms": 3}
      """)
    #expect(
      read[0]
        == BenchmarkPoint(
          clients: 8, prompt: 1_024, output: 512, requests: 80, firstToken: 0.1502,
          perToken: 0.01822))
    // Answers of one token have no time by token.
    #expect(read[1].perToken == nil && read[1].clients == 16)
  }

  @Test("read GuideLLM's benchmarks: its inter-token latency is the time by token")
  func guideLLM() throws {
    func mean(_ value: Double) -> String { "{\"successful\": {\"mean\": \(value)}}" }
    let read = try points(
      """
      {"benchmarks": [{"config": {"strategy": {"type_": "concurrent", "streams": 4}}, "metrics": {
        "request_totals": {"successful": 40}, "prompt_token_count": \(mean(256)),
        "output_token_count": \(mean(128)), "time_to_first_token_ms": \(mean(90)),
        "inter_token_latency_ms": \(mean(12.5)), "time_per_output_token_ms": \(mean(99))}}]}
      """)
    #expect(
      read == [
        BenchmarkPoint(
          clients: 4, prompt: 256, output: 128, requests: 40, firstToken: 0.09, perToken: 0.0125)
      ])
  }

  @Test("find columns by usual names, units by their ends, and others as they are told")
  func columns() throws {
    let silicon = try points("isl,osl,concurrency,silicon_ttft_ms,silicon_tpot_ms\n100,10,2,5,1\n")
    #expect(
      silicon == [
        BenchmarkPoint(clients: 2, prompt: 100, output: 10, firstToken: 0.005, perToken: 0.001)
      ])
    let choice = ColumnChoice(
      named: [(.sequences, "n"), (.time, "t")], unit: 1e-6)
    let steps = try StepMeasurements(
      Array("n,prefill_tokens,context_tokens,t\n3,7,50,250\n".utf8), choice)
    #expect(
      steps
        == .steps([MeasuredStep(sequences: 3, prefill: 7, context: 50, seconds: 250e-6)]))
  }

  @Test(
    "refuse what they do not understand, with its line and column",
    arguments: [
      ("sequences,prefill_tokens,context_tokens,time_ms\n1,0,5,2\n1,0,5,0\n", 3, 7),
      ("sequences,prefill_tokens,context_tokens,time_ms\n0,0,5,2\n", 2, 1),
      ("sequences,prefill_tokens,time_ms\n1,0,2\n", 1, 1),
      ("sequences,prefill_tokens,context_tokens,time\n1,0,5,2\n", 1, 1),
      ("concurrency,isl,osl,ttft_ms,tpot_ms\n4,100,10,5,x\n", 2, 12),
      ("{\"mean_ttft_ms\": 5, \"max_concurrency\": null}", 1, 40),
      ("{\"mean_ttft_ms\": 5, \"max_concurrency\": 4, \"request_rate\": 3.5}", 1, 59),
      ("\n{\"p99\": 5}", 2, 1),
      ("{\"benchmarks\": [{\"config\": {\"strategy\": {\"type_\": \"sweep\"}}}]}", 1, 41),
    ])
  func refusals(text: String, line: Int, column: Int) {
    do {
      _ = try StepMeasurements(Array(text.utf8))
      Issue.record("it is read")
    } catch {
      #expect(error.errors.first?.line == line && error.errors.first?.column == column, "\(error)")
    }
  }

  @Test(
    "refuse models that a card does not describe",
    arguments: [
      "\"kv_lora_rank\": 512", "\"layer_types\": [\"sliding_attention\"]", "\"hidden_size\": 0",
    ])
  func strangeModels(key: String) {
    let text = """
      {\(key), "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 4,
       "intermediate_size": 128, "vocab_size": 100}
      """
    #expect(throws: TraceErrors.self) {
      try ModelCard(configuration: Array(text.utf8), bytesPerWeight: 2, bytesPerKVElement: 2)
    }
  }
}
