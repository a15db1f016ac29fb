// SPDX-License-Identifier: GPL-3.0-or-later

import RandomStreams
import Testing
import TokenEngine

#if canImport(Glibc)
  import Glibc
#endif

/// Numbers for workloads that are drawn.
struct Draws {
  private var stream: RandomStream

  init(seed: Int) {
    stream = RandomStream(
      seed: UInt64(seed), replication: 0, purpose: .arrivals, entity: 0)
  }

  mutating func unit() -> Double { stream.nextUniform() }

  mutating func below(_ count: Int) -> Int { min(count - 1, Int(unit() * Double(count))) }

  mutating func exponential() -> Double { -log(1 - unit()) }
}

/// An engine and what is asked of it, drawn so that blocks, tokens and places get short.
struct DrawnWorkload {
  var settings = VLLMSettings()
  let law: AffineStepLaw
  /// What a host takes between steps, drawn apart.
  let host: HostTime
  private(set) var requests: [TokenRequest] = []
  /// When clients leave, by request.
  private(set) var cancellations: [(time: Int64, id: Int)] = []

  init(seed: Int) {
    var draws = Draws(seed: seed)
    law = AffineStepLaw(
      perStep: 1_000_000 * Int64(1 + draws.below(2000)) + Int64(draws.below(1_000_000)),
      perSequence: Int64(draws.below(1_000_000_000)),
      perContextToken: draws.below(3) == 0 ? 0 : Int64(draws.below(2_000_000)),
      perPrefillToken: Int64(draws.below(3_000_000)))
    var others = Draws(seed: 1_000_000 + seed)
    host = HostTime(
      perStep: Int64(others.below(2_000_000_000)), perSequence: Int64(others.below(50_000_000)))
    let longest = [20, 60, 200][draws.below(3)]
    draw(&draws, longest: longest)
    add(&draws, longest: longest)
  }

  private mutating func draw(_ draws: inout Draws, longest: Int) {
    settings.policy = draws.below(4) == 0 ? .priority : .fcfs
    settings.maxBatchedTokens = [16, 64, 256, 1024][draws.below(4)]
    settings.maxSequences = [1, 2, 4, 16, 64][draws.below(5)]
    settings.blockSize = [1, 4, 16][draws.below(3)]
    settings.cachesPrefixes = draws.below(3) == 0
    settings.watermark = draws.below(3) == 0 ? 0.1 : 0
    settings.reservesWholePrompt = draws.below(3) != 0
    settings.longPromptThreshold = draws.below(3) == 0 ? 8 : 0
    settings.adaptsLongPromptThreshold = draws.below(2) == 0
    settings.prefillInterval = draws.below(3) == 0 ? 1 + draws.below(5) : 1
    settings.isAsynchronous = draws.below(5) == 0
    let most = (2 * longest + settings.blockSize) / settings.blockSize
    settings.blocks = 2 + most + draws.below(5 * most)
    settings.chunksPrompts = settings.maxBatchedTokens < 2 * longest || draws.below(6) != 0
  }

  private mutating func add(_ draws: inout Draws, longest: Int) {
    let gap = [50, 500, 5_000, 50_000][draws.below(4)]
    var time: Int64 = 0
    for id in 0..<(5 + draws.below(60)) {
      time += Int64(draws.below(gap))
      let (prompt, output) = (1 + draws.below(longest), 1 + draws.below(longest))
      let request = TokenRequest(
        id: id, arrival: time, promptTokens: prompt, outputTokens: output,
        priority: draws.below(3), blocks: chain(&draws, id, prompt + output))
      requests.append(request)
      if draws.below(8) == 0 {
        cancellations.append((time + Int64(draws.below(20 * gap)), id))
      }
    }
  }

  /// Lets no client leave.
  mutating func keepClients() { cancellations.removeAll() }

  /// The first blocks are one of three families' own, so that prefixes are shared.
  private func chain(_ draws: inout Draws, _ id: Int, _ tokens: Int) -> BlockChain {
    var chain = BlockChain()
    let full = tokens / settings.blockSize
    let shared = min(full, draws.below(full + 2))
    let family = draws.below(3)
    guard settings.cachesPrefixes, full > 0 else { return chain }
    if shared > 0 { chain.append(Int64(family * 1000), count: shared) }
    if full > shared { chain.append(Int64(100_000 + id * 1000), count: full - shared) }
    return chain
  }

  /// Everything that happens, in order; each step is looked at, or rows of them are taken at once.
  func events(coalesced: Bool, host: HostTime = .none) -> [String] {
    var replica = TokenReplica(
      scheduler: VLLMScheduler(settings: settings, groups: coalesced), law: law, host: host,
      coalesces: coalesced)
    return run(&replica).log
  }

  /// What a run of a workload brought.
  struct Told {
    /// Everything that happens, in order.
    var log: [String] = []
    /// The gaps between tokens as the replica tells them, one by one, in order of size.
    var gaps: [Int128] = []
    /// In how many rows it told them.
    var rows = 0
    /// The same as they are seen from outside, where somebody looks after each step.
    var seen: [Int128] = []
    /// From the first token to the last in femtoseconds, over completed requests.
    var spans: Int128 = 0
  }

  /// Drives a replica through the workload.
  ///
  /// - Parameter watches: whether somebody looks at each request, and at what is conserved, after each step.
  func run<Scheduler, Law>(
    _ replica: inout TokenReplica<Scheduler, Law>, watches: Bool = false
  ) -> Told {
    var told = Told()
    var ids: [Int: Int] = [:]
    var slots: [Int: Int] = [:]
    var firstTokens: [Int: Int64] = [:]
    var watched: [Int: (produced: Int, time: Int64)] = [:]
    func take() {
      for outcome in replica.outcomes {
        guard let id = ids[outcome.slot] else { continue }
        told.log.append("\(outcome.kind) \(id) \(outcome.time)")
        if outcome.kind == .firstToken { firstTokens[id] = outcome.time }
        guard outcome.kind == .completed else { continue }
        told.spans += Int128(outcome.time - (firstTokens[id] ?? 0)) * 1_000_000
        slots[id] = nil
      }
      replica.outcomes.removeAll()
      told.rows += replica.gaps.count
      for row in replica.gaps {
        for step in 0..<row.steps {
          told.gaps += Array(repeating: row.gap(step), count: row.count)
        }
      }
      replica.gaps.removeAll()
    }
    func watch(_ before: [Int: Int], _ time: Int64) {
      for (id, slot) in before {
        let produced =
          slots[id] == nil
          ? requests[id].outputTokens : replica.scheduler.progress(of: slot).produced
        let last = watched[id] ?? (0, 0)
        guard produced > last.produced else { continue }
        #expect(produced == last.produced + 1)
        if produced > 1 { told.seen.append(Int128(time - last.time) * 1_000_000) }
        watched[id] = (produced, time)
      }
    }
    func advance(to time: Int64) {
      while replica.nextTime < time {
        let now = replica.nextTime
        let before = watches ? slots : [:]
        replica.step()
        take()
        if watches {
          watch(before, now)
          #expect(replica.scheduler.conservation == nil)
        }
      }
    }
    let arrivals = requests.map { (time: $0.arrival, order: 0, id: $0.id) }
    let leaving = cancellations.map { (time: $0.time, order: 1, id: $0.id) }
    for event in (arrivals + leaving).sorted(by: {
      ($0.time, $0.order, $0.id) < ($1.time, $1.order, $1.id)
    }) {
      advance(to: event.time)
      if event.order == 0 {
        let slot = replica.add(requests[event.id], at: event.time)
        ids[slot] = event.id
        slots[event.id] = slot
      } else if let slot = slots.removeValue(forKey: event.id) {
        let progress = replica.cancel(slot, at: event.time)
        if watches { #expect(replica.scheduler.conservation == nil) }
        told.log.append("cancelled \(event.id) \(progress)")
      }
      take()
    }
    advance(to: .max)
    let problem = replica.scheduler.conservation
    told.log.append(
      "free \(replica.scheduler.freeBlocks), stuck \(replica.isStuck), \(problem ?? "nil")")
    told.gaps.sort()
    told.seen.sort()
    return told
  }
}
