// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// What load testers write as JSON: `vllm bench serve` and SGLang's `bench_serving` (an object a run, alone, a line each
/// or in a list), and GuideLLM (an object with a list of benchmarks).
///
/// vLLM and SGLang name the same things alike. GuideLLM's `inter_token_latency_ms` is what they call TPOT; its
/// `time_per_output_token_ms` has the first token in it and is not read.
enum BenchmarkJSON {
  /// The rows of a file.
  static func points(of file: JSONFile) throws(TraceErrors) -> [BenchmarkPoint] {
    var reader = Reader(file: file)
    let roots = file.roots.flatMap { $0.items ?? [$0] }
    var points: [BenchmarkPoint] = []
    for root in roots where reader.errors.count < TraceErrors.limit {
      if let benchmarks = root["benchmarks"]?.items {
        points += benchmarks.compactMap { reader.guideLLM($0) }
      } else if let point = reader.serving(root) {
        points.append(point)
      }
    }
    if points.isEmpty, reader.errors.isEmpty, let root = file.roots.first {
      reader.errors.append(file.error(root, found: "no benchmark", allowed: "one at least"))
    }
    guard reader.errors.isEmpty else { throw TraceErrors(errors: reader.errors) }
    return points
  }

  /// Takes numbers out of objects and gathers what is wrong.
  private struct Reader {
    let file: JSONFile
    var errors: [TraceError] = []

    mutating func fail(_ node: JSONNode, _ found: String? = nil, _ allowed: String) {
      if errors.count < TraceErrors.limit {
        errors.append(file.error(node, found: found, allowed: allowed))
      }
    }

    /// The number under a path of names.
    mutating func number(
      _ node: JSONNode, _ path: [String], _ what: String, _ range: ClosedRange<Double>
    ) -> Double? {
      var place = node
      for name in path {
        guard let next = place[name] else {
          fail(place, "no '\(path.joined(separator: "."))'", what)
          return nil
        }
        place = next
      }
      guard case .number(let text) = place.content, let number = Double(text),
        range.contains(number)
      else {
        fail(place, nil, what)
        return nil
      }
      return number
    }

    /// A run of `vllm bench serve` or `bench_serving`.
    mutating func serving(_ run: JSONNode) -> BenchmarkPoint? {
      guard run["mean_ttft_ms"] != nil else {
        fail(
          run, run.members == nil ? nil : "an object without 'mean_ttft_ms' or 'benchmarks'",
          "what vllm bench serve, SGLang's bench_serving or GuideLLM wrote")
        return nil
      }
      guard let limit = run["max_concurrency"], limit.scalar != nil else {
        fail(
          run["max_concurrency"] ?? run, "a run without max_concurrency",
          "a closed loop: --max-concurrency N and no request rate")
        return nil
      }
      if let rate = run["request_rate"], let text = rate.scalar, text.lowercased() != "inf",
        text != "Infinity"
      {
        fail(rate, nil, "inf: a closed loop, whose requests are not held back by a rate")
        return nil
      }
      return point(
        clients: number(run, ["max_concurrency"], "a number of clients", 1...1e6),
        requests: number(run, ["completed"], "requests from 1 on", 1...1e9),
        prompts: number(run, ["total_input_tokens"], "tokens from 1 on", 1...1e12),
        outputs: number(run, ["total_output_tokens"], "tokens from 1 on", 1...1e12),
        first: number(run, ["mean_ttft_ms"], "milliseconds above 0", 1e-6...3.6e6),
        next: number(run, ["mean_tpot_ms"], "milliseconds", 0...3.6e6))
    }

    /// One benchmark of GuideLLM.
    mutating func guideLLM(_ run: JSONNode) -> BenchmarkPoint? {
      let strategy = run["config"]?["strategy"]
      let kind = strategy?["type_"]?.text ?? ""
      var clients: Double? = 1
      switch kind {
      case "synchronous": break
      case "concurrent":
        clients = number(
          run, ["config", "strategy", "streams"], "a number of clients", 1...1e6)
      default:
        fail(
          strategy ?? run, "a strategy of type '\(kind)'",
          "config.strategy.type_ concurrent or synchronous: a closed loop")
        return nil
      }
      func path(_ name: String) -> [String] { ["metrics", name, "successful", "mean"] }
      let requests = number(
        run, ["metrics", "request_totals", "successful"], "requests from 1 on", 1...1e9)
      let prompt = number(run, path("prompt_token_count"), "tokens from 1 on", 1...1e9)
      let output = number(run, path("output_token_count"), "tokens from 1 on", 1...1e9)
      return point(
        clients: clients, requests: requests, prompts: prompt.map { $0 * (requests ?? 1) },
        outputs: output.map { $0 * (requests ?? 1) },
        first: number(run, path("time_to_first_token_ms"), "milliseconds above 0", 1e-6...3.6e6),
        next: number(run, path("inter_token_latency_ms"), "milliseconds", 0...3.6e6))
    }

    private func point(
      clients: Double?, requests: Double?, prompts: Double?, outputs: Double?, first: Double?,
      next: Double?
    ) -> BenchmarkPoint? {
      guard let clients, let requests, let prompts, let outputs, let first, let next else {
        return nil
      }
      return BenchmarkPoint(
        clients: Int(clients), prompt: prompts / requests, output: outputs / requests,
        requests: Int(requests), firstToken: first / 1e3,
        perToken: outputs > requests && next > 0 ? next / 1e3 : nil)
    }
  }
}
