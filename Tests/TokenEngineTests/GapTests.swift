// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

@Suite("Gaps between tokens")
struct GapTests {
  /// A law and a host in whole nanoseconds, so that gaps can be seen from outside.
  private func whole(_ workload: DrawnWorkload) -> (AffineStepLaw, HostTime) {
    func rounded(_ time: Int64) -> Int64 { time / 1_000_000 * 1_000_000 }
    let law = workload.law
    return (
      AffineStepLaw(
        perStep: rounded(law.perStep), perSequence: rounded(law.perSequence),
        perContextToken: rounded(law.perContextToken),
        perPrefillToken: rounded(law.perPrefillToken)),
      HostTime(
        perStep: rounded(workload.host.perStep), perSequence: rounded(workload.host.perSequence))
    )
  }

  /// Runs a workload step by step, with somebody who looks, and in rows; also in femtoseconds.
  private func compare<Scheduler: TokenScheduler>(
    _ workload: DrawnWorkload, _ seed: Int, addsUp: Bool = true,
    _ scheduler: (_ coalesced: Bool) -> Scheduler
  ) -> (DrawnWorkload.Told, DrawnWorkload.Told) {
    let (law, host) = whole(workload)
    var each = TokenReplica(
      scheduler: scheduler(false), law: law, host: seed % 2 == 0 ? .none : host, coalesces: false,
      tellsGaps: true)
    let seen = workload.run(&each, watches: true)
    var together = TokenReplica(
      scheduler: scheduler(true), law: law, host: seed % 2 == 0 ? .none : host, tellsGaps: true)
    let told = workload.run(&together)
    // As values, so that a failure prints a seed and not all gaps.
    let (isSame, isRight, isRightInRows) = (
      told.log == seen.log, seen.gaps == seen.seen, told.gaps == seen.seen
    )
    #expect(isSame, "seed \(seed)")
    #expect(isRight, "seed \(seed), step by step")
    #expect(isRightInRows, "seed \(seed), in rows")
    if addsUp && workload.cancellations.isEmpty && !together.isStuck {
      #expect(told.gaps.reduce(0, +) == told.spans, "seed \(seed)")
    }
    var fine = TokenReplica(
      scheduler: scheduler(false), law: workload.law, host: workload.host, coalesces: false,
      tellsGaps: true)
    var fineTogether = TokenReplica(
      scheduler: scheduler(true), law: workload.law, host: workload.host, tellsGaps: true)
    let (left, right) = (workload.run(&fine).gaps, workload.run(&fineTogether).gaps)
    let isSameFine = left == right
    #expect(isSameFine, "seed \(seed), in femtoseconds")
    return (seen, told)
  }

  @Test("vLLM: pooled gaps are those that somebody sees who looks at each token", arguments: 0..<5)
  func vllm(part: Int) {
    var (tokens, rows, preempted, kept) = (0, 0, 0, 0)
    for seed in 30_000 + part * 400..<30_400 + part * 400 {
      var workload = DrawnWorkload(seed: seed)
      if seed % 3 == 0 { workload.keepClients() }
      if seed % 2 == 0 { workload.settings.isAsynchronous = true }
      if workload.cancellations.isEmpty { kept += 1 }
      let (_, told) = compare(workload, seed) {
        VLLMScheduler(settings: workload.settings, groups: $0)
      }
      tokens += told.gaps.count
      rows += told.rows
      preempted += told.log.count { $0.hasPrefix("preempted") }
    }
    #expect(rows * 3 < tokens && preempted > 200 && kept > 100, "\(rows) \(tokens) \(preempted)")
  }

  @Test("SGLang: pooled gaps are those that somebody sees who looks at each token")
  func sglang() {
    var preempted = 0
    for seed in 40_000..<40_400 {
      var workload = DrawnWorkload(seed: seed)
      if seed % 3 == 0 { workload.keepClients() }
      var settings = SGLangSettings()
      settings.pageSize = workload.settings.blockSize
      settings.maxTotalTokens = workload.settings.blocks * workload.settings.blockSize
      settings.maxRunningRequests = workload.settings.maxSequences
      settings.cachesPrefixes = workload.settings.cachesPrefixes
      settings.chunkedPrefillSize = seed % 4 == 0 ? nil : 64
      settings.mixesChunks = seed % 4 == 1
      settings.conservativeness = 0.3
      let (_, told) = compare(workload, seed) { _ in SGLangScheduler(settings: settings) }
      preempted += told.log.count { $0.hasPrefix("preempted") }
    }
    #expect(preempted > 50, "\(preempted)")
  }

  @Test("TensorRT-LLM: pooled gaps are those that somebody sees who looks at each token")
  func tensorRT() {
    var preempted = 0
    for seed in 50_000..<50_400 {
      var workload = DrawnWorkload(seed: seed)
      if seed % 3 == 0 { workload.keepClients() }
      var settings = TensorRTSettings()
      settings.capacity = seed % 4 == 0 ? .guaranteedNoEvict : .maxUtilization
      settings.blockSize = workload.settings.blockSize
      settings.blocks = workload.settings.blocks
      settings.maxBatchSize = workload.settings.maxSequences
      settings.maxTokens = 64
      let (_, told) = compare(workload, seed) { _ in TensorRTScheduler(settings: settings) }
      preempted += told.log.count { $0.hasPrefix("preempted") }
    }
    #expect(preempted > 50, "\(preempted)")
  }

  @Test("Sarathi, first vLLM: pooled gaps are those that somebody sees who looks at each token")
  func promptReserving() {
    var (preempted, cancelled) = (0, 0)
    for seed in 60_000..<60_400 {
      var workload = DrawnWorkload(seed: seed)
      if seed % 3 == 0 { workload.keepClients() }
      let isSarathi = seed % 4 < 2
      let settings = PromptReservingSettings(
        kind: isSarathi ? .sarathi(chunk: 16) : .vllm0(maxBatchedTokens: 1_024),
        maxSequences: workload.settings.maxSequences, blockSize: workload.settings.blockSize,
        blocks: workload.settings.blocks, watermark: 0)
      // Prompts that are interrupted have their first token told early, as at the source.
      let (_, told) = compare(workload, seed, addsUp: !isSarathi) { _ in
        PromptReservingScheduler(settings: settings)
      }
      #expect(told.log.last == "free \(settings.blocks), stuck false, nil", "seed \(seed)")
      preempted += told.log.count { $0.hasPrefix("preempted") }
      cancelled += told.log.count { $0.hasPrefix("cancelled") }
    }
    #expect(preempted > 50 && cancelled > 50, "\(preempted) \(cancelled)")
  }

  @Test("A row of steps is one row of gaps")
  func oneRow() {
    // 10 ns a step and 1 ns a token of context. Two prompts of 4 tokens in a step of 10 ns, then steps of 10 + 8, 10 + 10,
    // ... ns, nine of them.
    let law = AffineStepLaw(
      perStep: 10_000_000, perSequence: 0, perContextToken: 1_000_000, perPrefillToken: 0)
    var replica = TokenReplica(
      scheduler: VLLMScheduler(settings: VLLMSettings()), law: law, tellsGaps: true)
    for id in 0..<2 {
      replica.add(TokenRequest(id: id, arrival: 0, promptTokens: 4, outputTokens: 10), at: 0)
    }
    while replica.nextTime < .max { replica.step() }
    #expect(replica.gaps.count == 1)
    let row = replica.gaps.first
    #expect(row?.count == 2 && row?.steps == 9)
    #expect(row?.first == 18_000_000 && row?.growth == 2_000_000)
    var silent = TokenReplica(scheduler: VLLMScheduler(settings: VLLMSettings()), law: law)
    silent.add(TokenRequest(id: 0, arrival: 0, promptTokens: 4, outputTokens: 10), at: 0)
    while silent.nextTime < .max { silent.step() }
    #expect(silent.gaps.isEmpty)
  }
}
