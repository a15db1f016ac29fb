// SPDX-License-Identifier: GPL-3.0-or-later

extension KeyEffect {
  private static let engine = "models.m.on.t.engine"
  private static let affine =
    "step: { affine: { fixed: 10ms, sequence: 1ms, context_token: 2us, prefill_token: 50us } }"
  private static let roofline =
    "step: { roofline: { device: { memory: 4GB, memory_bandwidth: 20GB/s, matrix_tflops: 1, "
    + "link_bandwidth: 1GB/s, link_latency: 100us }, model: { layers: 8, hidden: 1_024, heads: 16, kv_heads: 4, "
    + "head_width: 64, feed_forward: 4_096, vocabulary: 32_000, weight_bytes: 2 }, tensor_parallel: 2, "
    + "efficiency: { memory: 80%, matrix: 60%, link: 80% } } }"
  private static let vllm =
    "{ max_num_seqs: 16, max_num_batched_tokens: 256, num_blocks: 200, \(affine) }"
  private static let hosted = vllm.replacing(
    "num_blocks: 200", with: "num_blocks: 200, async_scheduling: false, host: { step: 1ms }")
  private static let lengths = [
    "workload.prompt_tokens={ uniform: { low: 20, high: 600 } }",
    "workload.output_tokens={ uniform: { low: 4, high: 60 } }", "workload.arrivals.rate=6/s",
    "client.timeout=30s",
    "targets=[ p90(ttft) <= 1s, p90(tpot) <= 50ms, p90(token_gap) <= 60ms, preemption_rate <= 10 ]",
  ]

  private static let shared = "workload.system_prompts={ count: 4, tokens: 160 }"

  /// Requests of a fleet that serves by an engine.
  private static func served(by settings: String, _ more: String...) -> [String] {
    ["models.m.on.t.batch=~", "\(engine)=\(settings)"] + lengths + more
  }

  private static func effect(_ key: String, _ value: String, by settings: String) -> KeyEffect {
    KeyEffect(
      "models.MODEL.on.TYPE.engine.\(key)", "\(engine).\(key)=\(value)", in: served(by: settings))
  }

  private static let byPriority =
    "{ policy: priority, max_num_seqs: 2, max_num_batched_tokens: 256, num_blocks: 200, \(affine) }"
  private static let conversations = "workload.sessions={ turns: 3, interval: 4s }"

  private static let sglang =
    "{ scheduler: sglang, max_running_requests: 16, max_total_tokens: 3_200, chunked_prefill_size: 256, \(affine) }"
  private static let tensorRT =
    "{ scheduler: trtllm, max_batch_size: 16, max_num_tokens: 256, num_blocks: 100, enable_chunked_prefill: true, "
    + "\(affine) }"
  private static let drawn =
    "{ max_num_seqs: 16, max_num_batched_tokens: 256, kv_memory: { utilisation: 20%, overhead: 100MB }, \(roofline) }"

  private static let sarathi =
    "{ scheduler: sarathi, chunk: 256, max_num_seqs: 16, num_blocks: 200, \(affine) }"
  private static let measured =
    "{ scheduler: vllm-0, max_num_seqs: 16, max_num_batched_tokens: 700, num_blocks: 200, "
    + "step: { surface: tables, layers: 4 } }"
  private static let mixture = drawn.replacing(
    "weight_bytes: 2", with: "weight_bytes: 2, experts: { total: 4, active: 2, width: 512 }")

  static let engines: [KeyEffect] =
    [
      KeyEffect(
        "models.MODEL.on.TYPE.engine.scheduler", "\(engine)=\(sglang)", in: served(by: vllm)),
      effect("max_num_seqs", "3", by: vllm), effect("max_num_batched_tokens", "64", by: vllm),
      effect("max_num_scheduled_tokens", "64", by: vllm),
      effect("max_num_active_seqs", "3", by: vllm),
      effect("block_size", "64", by: vllm), effect("num_blocks", "60", by: vllm),
      KeyEffect(
        "models.MODEL.on.TYPE.engine.enable_prefix_caching",
        "\(engine).enable_prefix_caching=false",
        in: served(by: vllm, shared)),
      KeyEffect(
        "models.MODEL.on.TYPE.engine.disable_radix_cache", "\(engine).disable_radix_cache=true",
        in: served(by: sglang, shared)),
      KeyEffect(
        "workload.system_prompts.count", "workload.system_prompts.count=40",
        in: served(by: vllm, shared)),
      KeyEffect(
        "workload.system_prompts.tokens", "workload.system_prompts.tokens=32",
        in: served(by: vllm, shared)),
      KeyEffect(
        "workload.system_prompts.zipf", "workload.system_prompts.zipf=2",
        in: served(by: vllm, shared)),
      KeyEffect(
        "models.MODEL.on.TYPE.engine.policy", "\(engine).policy=fcfs",
        in: served(by: byPriority, two, "workload.priorities={ simple: 0, complex: 1 }")),
      KeyEffect(
        "workload.priorities.CLASS", "workload.priorities.simple=2",
        in: served(by: byPriority, two, "workload.priorities={ simple: 0, complex: 1 }")),
      KeyEffect(
        "workload.sessions.turns", "workload.sessions.turns=5",
        in: served(by: vllm, conversations)),
      KeyEffect(
        "workload.sessions.interval", "workload.sessions.interval=1s",
        in: served(by: vllm, conversations)),
      effect("async_scheduling", "false", by: vllm),
      effect(
        "scheduler_reserve_full_isl", "false",
        by: vllm.replacing("num_blocks: 200", with: "num_blocks: 60")),
      effect(
        "enable_chunked_prefill", "false",
        by: vllm.replacing("max_num_batched_tokens: 256", with: "max_num_batched_tokens: 700")),
      effect("long_prefill_token_threshold", "32", by: vllm),
      effect(
        "long_prefill_token_threshold_adaptive", "true",
        by: vllm.replacing(
          "num_blocks: 200", with: "num_blocks: 200, long_prefill_token_threshold: 8")),
      effect("prefill_schedule_interval", "4", by: vllm),
      effect(
        "watermark", "20%", by: vllm.replacing("num_blocks: 200", with: "num_blocks: 80")),
      effect("host.step", "5ms", by: hosted), effect("host.sequence", "2ms", by: hosted),
      effect("step.affine.fixed", "20ms", by: vllm),
      effect("step.affine.sequence", "2ms", by: vllm),
      effect("step.affine.context_token", "9us", by: vllm),
      effect("step.affine.prefill_token", "90us", by: vllm),
      effect("schedule_policy", "lof", by: sglang), effect("max_running_requests", "2", by: sglang),
      effect("max_total_tokens", "1_000", by: sglang), effect("page_size", "32", by: sglang),
      effect("max_prefill_tokens", "16", by: sglang),
      effect("chunked_prefill_size", "32", by: sglang),
      effect("enable_mixed_chunk", "true", by: sglang),
      effect("schedule_conservativeness", "0.1", by: sglang),
      effect("capacity_scheduler_policy", "MAX_UTILIZATION", by: tensorRT),
      effect("max_batch_size", "2", by: tensorRT), effect("max_num_tokens", "64", by: tensorRT),
      effect("tokens_per_block", "16", by: tensorRT),
      effect(
        "enable_chunked_prefill", "false",
        by: tensorRT.replacing("max_num_tokens: 256", with: "max_num_tokens: 700")),
      effect("context_chunking_policy", "EQUAL_PROGRESS", by: tensorRT),
      effect(
        "chunk_unit_size", "8",
        by: tensorRT.replacing(
          "num_blocks: 100", with: "num_blocks: 100, context_chunking_policy: EQUAL_PROGRESS")),
      effect(
        "two_step_lookahead", "true",
        by: tensorRT.replacing(
          "num_blocks: 100", with: "num_blocks: 40, capacity_scheduler_policy: MAX_UTILIZATION")),
      effect("kv_memory.utilisation", "15%", by: drawn),
      effect("kv_memory.overhead", "250MB", by: drawn),
      effect("step.roofline.device.memory", "3GB", by: drawn),
      effect("step.roofline.device.memory_bandwidth", "10GB/s", by: drawn),
      effect("step.roofline.device.matrix_tflops", "0.05", by: drawn),
      effect("step.roofline.device.link_bandwidth", "1MB/s", by: drawn),
      effect("step.roofline.device.link_latency", "1ms", by: drawn),
      effect("step.roofline.model.layers", "12", by: drawn),
      effect("step.roofline.model.hidden", "2_048", by: drawn),
      effect("step.roofline.model.heads", "32", by: drawn),
      effect("step.roofline.model.kv_heads", "8", by: drawn),
      effect("step.roofline.model.head_width", "128", by: drawn),
      effect("step.roofline.model.feed_forward", "8_192", by: drawn),
      effect("step.roofline.model.vocabulary", "64_000", by: drawn),
      effect("step.roofline.model.weight_bytes", "1", by: drawn),
      effect("step.roofline.model.kv_bytes", "1", by: drawn),
      effect("step.roofline.model.tied_embeddings", "true", by: drawn),
      effect("step.roofline.model.experts.total", "8", by: mixture),
      effect("step.roofline.model.experts.active", "3", by: mixture),
      effect("step.roofline.model.experts.width", "1_024", by: mixture),
      effect("chunk", "64", by: sarathi), effect("step.surface", "slower", by: measured),
      effect("step.layers", "8", by: measured),
      effect("step.roofline.tensor_parallel", "4", by: drawn),
      effect("step.roofline.efficiency.memory", "40%", by: drawn),
      effect("step.roofline.efficiency.matrix", "3%", by: drawn),
      effect("step.roofline.efficiency.link", "1%", by: drawn),
      effect("step.roofline.layer", "1ms", by: drawn),
      effect("step.roofline.fixed", "5ms", by: drawn),
    ]
}
