// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities
import ReplicaModel
import TokenEngine
import Workload

/// `engine` of a model on a machine: a scheduler under the names of its own arguments, the time of its steps, and that
/// of its host.
extension ScenarioLoader {
  mutating func tokenModel(
    _ reader: inout MappingReader, named name: String, context: Int?, _ workload: WorkloadModel?,
    _ basis: EngineBasis?, into diagnostics: inout Diagnostics
  ) -> TokenModel? {
    let scheduler =
      reader.oneOf(
        "scheduler", KeyTable.schedulers.map { ($0, $0) }, .optional, into: &diagnostics) ?? "vllm"
    let step = stepLaw(&reader, basis, into: &diagnostics)
    let host = hostTime(&reader, into: &diagnostics)
    let defaults = basis?.defaults(of: scheduler, &reader, self, into: &diagnostics)
    let rules = rules(scheduler, &reader, step, defaults, into: &diagnostics)
    if let basis, let step { assume(basis.told(step, at: calendar?.start)) }
    guard diagnostics.isEmpty, let step, let host, let rules, let workload else { return nil }
    let sample = workload.sample(count: TokenModel.sampleSize(rules))
    let model = TokenModel(
      name: name, rules: rules, law: step.law, host: host,
      requests: sample.map { ($0.number, $0.prompt, $0.output) },
      prompts: PromptBlocks(
        systemPrompts: systemPrompts, recorded: workload.recorded?.blocks ?? []),
      context: context)
    guard model.capacity.throughput > 0 else {
      reader.report(
        .rule(
          .limit, "none of the requests can ever be answered: " + refusal(of: sample, by: model)),
        of: scheduler == "sglang" ? "max_total_tokens" : "num_blocks", into: &diagnostics)
      return nil
    }
    if model.capacity.refused > 0 {
      let share = Double(model.capacity.refused) / Double(model.capacity.tried)
      inputWarnings.append(
        "\(name): \(formatted(share * 100, places: 2)) % of the requests can never be answered, and fail: "
          + refusal(of: sample, by: model))
    }
    return model
  }

  private func refusal(of sample: [SampledRequest], by model: TokenModel) -> String {
    sample.lazy.compactMap {
      model.refusal(promptTokens: $0.prompt, outputTokens: $0.output)
    }.first ?? "the engine gets nowhere"
  }

  // MARK: Schedulers

  private mutating func rules(
    _ scheduler: String, _ reader: inout MappingReader, _ step: DecodedStepLaw?,
    _ defaults: EngineDefaults?, into diagnostics: inout Diagnostics
  ) -> TokenModel.Rules? {
    switch scheduler {
    case "vllm": vllm(&reader, step, defaults, into: &diagnostics).map { .vllm($0) }
    case "sglang": sglang(&reader, defaults, into: &diagnostics).map { .sglang($0) }
    case "trtllm": tensorRT(&reader, step, into: &diagnostics).map { .tensorRT($0) }
    default:
      promptReserving(&reader, scheduler, step, into: &diagnostics).map { .promptReserving($0) }
    }
  }

  private mutating func vllm(
    _ reader: inout MappingReader, _ step: DecodedStepLaw?, _ defaults: EngineDefaults?,
    into diagnostics: inout Diagnostics
  ) -> VLLMSettings? {
    var settings = VLLMSettings()
    func count(_ key: String) -> Int? {
      reader.integer(key, .optional, into: &diagnostics)
    }
    func flag(_ key: String) -> Bool? { reader.boolean(key, .optional, into: &diagnostics) }
    settings.policy =
      reader.oneOf(
        "policy", VLLMSettings.Policy.allCases.map { ($0.rawValue, $0) }, .optional,
        into: &diagnostics) ?? .fcfs
    settings.maxBatchedTokens = setting(
      "max_num_batched_tokens", &reader, defaults, into: &diagnostics)
    settings.maxSequences = setting(
      "max_num_seqs", &reader, defaults, into: &diagnostics)
    settings.maxScheduledTokens = count("max_num_scheduled_tokens")
    settings.maxActiveSequences = count("max_num_active_seqs")
    settings.blockSize =
      count("block_size") ?? defaults?.count("block_size") ?? 16
    settings.cachesPrefixes =
      flag("enable_prefix_caching") ?? defaults?.flag("enable_prefix_caching") ?? true
    settings.isAsynchronous = flag("async_scheduling") ?? true
    settings.reservesWholePrompt = flag("scheduler_reserve_full_isl") ?? true
    settings.chunksPrompts = flag("enable_chunked_prefill") ?? true
    settings.longPromptThreshold = count("long_prefill_token_threshold") ?? 0
    settings.adaptsLongPromptThreshold = flag("long_prefill_token_threshold_adaptive") ?? false
    settings.prefillInterval = count("prefill_schedule_interval") ?? 1
    let watermark = reader.optional("watermark", into: &diagnostics) { try shareOfWhole($0) }
    settings.watermark = watermark?.fraction ?? 0
    let blocks = blocks(
      &reader, "num_blocks", blockSize: settings.blockSize, step, defaults,
      most: settings.cachesPrefixes ? 1 << 22 : 1 << 30, into: &diagnostics)
    if let defaults { tellDefaults(defaults, settings, reader) }
    guard let blocks else { return nil }
    settings.blocks = max(2, blocks)
    return settings
  }

  private mutating func sglang(
    _ reader: inout MappingReader, _ defaults: EngineDefaults?, into diagnostics: inout Diagnostics
  ) -> SGLangSettings? {
    var settings = SGLangSettings()
    settings.policy =
      reader.oneOf(
        "schedule_policy", SGLangSettings.Policy.allCases.map { ($0.rawValue, $0) }, .optional,
        into: &diagnostics) ?? .fcfs
    settings.maxRunningRequests =
      reader.integer("max_running_requests", .required, into: &diagnostics) ?? 1
    settings.maxTotalTokens =
      reader.integer("max_total_tokens", .required, into: &diagnostics) ?? 1
    settings.pageSize =
      reader.integer("page_size", .optional, into: &diagnostics) ?? 1
    settings.maxPrefillTokens =
      reader.integer("max_prefill_tokens", .optional, into: &diagnostics)
      ?? 16_384
    settings.chunkedPrefillSize =
      reader.integer("chunked_prefill_size", .optional, into: &diagnostics)
      ?? defaults?.count("chunked_prefill_size") ?? 8_192
    settings.mixesChunks =
      reader.boolean("enable_mixed_chunk", .optional, into: &diagnostics) ?? false
    settings.cachesPrefixes =
      !(reader.boolean("disable_radix_cache", .optional, into: &diagnostics) ?? false)
    settings.conservativeness =
      reader.decimal("schedule_conservativeness", .optional, into: &diagnostics) ?? 1
    if let defaults, !reader.isGiven("chunked_prefill_size") {
      assume([
        "\(defaults.owner): chunked_prefill_size \(settings.chunkedPrefillSize ?? 0), the default of sglang "
          + "\(defaults.version) (\(defaults.source?.told(at: calendar?.start) ?? ""))"
      ])
    }
    return checked(settings, settings.problem, reader, into: &diagnostics)
  }

  private mutating func tensorRT(
    _ reader: inout MappingReader, _ step: DecodedStepLaw?, into diagnostics: inout Diagnostics
  ) -> TensorRTSettings? {
    var settings = TensorRTSettings()
    settings.capacity =
      reader.oneOf(
        "capacity_scheduler_policy",
        TensorRTSettings.Capacity.allCases.map { ($0.rawValue, $0) }, .optional, into: &diagnostics)
      ?? .guaranteedNoEvict
    settings.maxBatchSize =
      reader.integer("max_batch_size", .required, into: &diagnostics) ?? 1
    settings.maxTokens =
      reader.integer("max_num_tokens", .required, into: &diagnostics) ?? 1
    settings.blockSize =
      reader.integer("tokens_per_block", .optional, into: &diagnostics) ?? 32
    let isChunked = reader.boolean("enable_chunked_prefill", .required, into: &diagnostics) ?? false
    let chunking = reader.oneOf(
      "context_chunking_policy", TensorRTSettings.Chunking.allCases.map { ($0.rawValue, $0) },
      .optional, into: &diagnostics)
    settings.chunking = isChunked ? chunking ?? .firstComeFirstServed : nil
    settings.chunkUnit =
      reader.integer("chunk_unit_size", .optional, into: &diagnostics)
      ?? settings.blockSize
    settings.looksTwoStepsAhead =
      reader.boolean("two_step_lookahead", .optional, into: &diagnostics) ?? false
    guard
      let blocks = blocks(
        &reader, "num_blocks", blockSize: settings.blockSize, step, nil, most: 1 << 30,
        into: &diagnostics)
    else { return nil }
    settings.blocks = blocks
    return checked(settings, settings.problem, reader, into: &diagnostics)
  }

  private mutating func promptReserving(
    _ reader: inout MappingReader, _ scheduler: String, _ step: DecodedStepLaw?,
    into diagnostics: inout Diagnostics
  ) -> PromptReservingSettings? {
    let isSarathi = scheduler == "sarathi"
    let size = reader.integer(
      isSarathi ? "chunk" : "max_num_batched_tokens", .required,
      into: &diagnostics)
    let sequences = reader.integer("max_num_seqs", .required, into: &diagnostics)
    let blockSize =
      reader.integer("block_size", .optional, into: &diagnostics) ?? 16
    let watermark = reader.optional("watermark", into: &diagnostics) { try shareOfWhole($0) }
    let blocks = blocks(
      &reader, "num_blocks", blockSize: blockSize, step, nil, most: 1 << 30, into: &diagnostics)
    guard let size, let sequences, let blocks else { return nil }
    return PromptReservingSettings(
      kind: isSarathi ? .sarathi(chunk: size) : .vllm0(maxBatchedTokens: size),
      maxSequences: sequences, blockSize: blockSize, blocks: blocks,
      watermark: watermark?.fraction ?? 0.01)
  }

  private func checked<Settings>(
    _ settings: Settings, _ problem: String?, _ reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) -> Settings? {
    guard let problem, diagnostics.isEmpty else { return settings }
    reader.report(.rule(.limit, problem), of: "scheduler", into: &diagnostics)
    return nil
  }

  /// A whole number that has to be given where the catalogue has no default of it.
  private func setting(
    _ key: String, _ reader: inout MappingReader, _ defaults: EngineDefaults?,
    into diagnostics: inout Diagnostics
  ) -> Int {
    let known = defaults?.count(key)
    return reader.integer(
      key, known == nil ? .required : .optional, into: &diagnostics) ?? known ?? 1
  }

  /// Says which defaults of vLLM were taken.
  private mutating func tellDefaults(
    _ defaults: EngineDefaults, _ settings: VLLMSettings, _ reader: MappingReader
  ) {
    let taken = [
      ("max_num_seqs", "\(settings.maxSequences)"),
      ("max_num_batched_tokens", "\(settings.maxBatchedTokens)"),
      ("block_size", "\(settings.blockSize)"),
      ("enable_prefix_caching", "\(settings.cachesPrefixes)"),
    ].filter { !reader.isGiven($0.0) }
    guard !taken.isEmpty else { return }
    let list = taken.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    assume([
      "\(defaults.owner): \(list), the defaults of vllm \(defaults.version) "
        + "(\(defaults.source?.told(at: calendar?.start) ?? ""))"
    ])
  }

  /// KV blocks: as an engine prints them at its start, or what the memory of a sheet leaves; where nobody says either,
  /// what the catalogue makes of them.
  private mutating func blocks(
    _ reader: inout MappingReader, _ key: String, blockSize: Int, _ step: DecodedStepLaw?,
    _ defaults: EngineDefaults?, most: Int, into diagnostics: inout Diagnostics
  ) -> Int? {
    let utilisation = defaults?.number("gpu_memory_utilization")
    let isDerived =
      utilisation != nil && step.map { !$0.taken.isEmpty } ?? true
      && !reader.isGiven(key) && !reader.isGiven("kv_memory")
    var share: Double?
    var overhead: Int?
    var place = "kv_memory"
    if isDerived {
      _ = (reader.has(key), reader.has("kv_memory"))
      (share, overhead) = (utilisation, Catalogue.roofline.overhead)
      place = "tensor_parallel"
    } else {
      guard var memory = reader.mapping("kv_memory", .optional, into: &diagnostics) else {
        let blocks = reader.integer(key, in: 1...most, .required, into: &diagnostics)
        if let blocks, let sheet = step?.sheet {
          checkMemory(sheet, holds: blocks, key, blockSize, reader, into: &diagnostics)
        }
        return blocks
      }
      defer { memory.finish(into: &diagnostics) }
      share = memory.required("utilisation", into: &diagnostics) { try shareOfWhole($0) }?.fraction
      overhead = memory.required("overhead", into: &diagnostics) { try byteCount($0) }.map {
        Int($0)
      }
      if reader.has(key) {
        reader.report(
          .rule(.conflict, "\(key) and kv_memory both say how many blocks there are; give one"),
          of: key,
          into: &diagnostics)
        return nil
      }
    }
    guard let share, let overhead, let step else { return nil }
    guard let sheet = step.sheet else {
      reader.report(
        .rule(.needed, "needs a roofline step law, whose sheet has the memory and the weights"),
        of: "kv_memory", into: &diagnostics)
      return nil
    }
    guard
      let blocks = Self.blocks(in: sheet, utilisation: share, overhead: overhead, blockSize)
    else {
      reader.report(
        .rule(
          .limit,
          "\(Self.weights(of: sheet)), and the overhead, leave no room for keys and values"),
        of: place, into: &diagnostics)
      return nil
    }
    if isDerived, let defaults {
      let used = formatted(share * 100, places: 0)
      let rest = formatted(Double(overhead) / 1e9, places: 1)
      assume([
        "\(defaults.owner): \(min(blocks, most)) KV blocks of \(blockSize) tokens: \(used) % of the memory (vllm "
          + "\(defaults.version)) less weights and \(rest) GB (measured on one small engine, servingsim-59). Give "
          + "num_blocks as your engine prints it at its start: larger engines have fewer"
      ])
    }
    return min(blocks, most)
  }

  /// Reports weights, or weights with blocks, that are more than the memory of a sheet.
  private func checkMemory(
    _ sheet: StepSheet, holds blocks: Int, _ key: String, _ blockSize: Int, _ reader: MappingReader,
    into diagnostics: inout Diagnostics
  ) {
    guard let most = Self.blocks(in: sheet, utilisation: 1, overhead: 0, blockSize) else {
      reader.report(
        .rule(.limit, "\(Self.weights(of: sheet)), leave no room for keys and values"), of: "step",
        into: &diagnostics)
      return
    }
    guard blocks > most else { return }
    reader.report(
      .beyond(
        .limit,
        found: "\(blocks) blocks",
        allowed:
          "at most \(most), as many as the memory of step.roofline.device holds beside the weights"),
      of: key, into: &diagnostics)
  }

  private static func weights(of sheet: StepSheet) -> String {
    let needed = sheet.model.weightBytes / Double(sheet.tensorParallel) / 1e9
    let there = Double(sheet.device.memoryBytes) / 1e9
    return "the weights do not fit: \(formatted(needed, places: 1)) GB on each of "
      + "\(sheet.tensorParallel) devices of \(formatted(there, places: 1)) GB"
  }

  private static func blocks(
    in sheet: StepSheet, utilisation: Double, overhead: Int, _ blockSize: Int
  ) -> Int? {
    // Where there are more devices than heads of keys and values, each device holds a head.
    let heads = max(1, Double(sheet.tensorParallel) / Double(sheet.model.kvHeads))
    return KVCapacity.blocks(
      memoryBytes: sheet.device.memoryBytes, utilisation: utilisation,
      weights: sheet.model.weightBytes, overheadBytes: overhead, blockSize: blockSize,
      kvBytesPerToken: sheet.model.kvBytesPerToken * heads, tensorParallel: sheet.tensorParallel)
  }
}
