// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TokenEngine

/// Rows of steps that are taken at once, beside each step looked at.
@Suite("Steps taken together")
struct CoalescingTests {
  @Test("10,000 drawn workloads come out the same to the nanosecond", arguments: 0..<10)
  func agreement(part: Int) {
    for seed in part * 1_000..<(part + 1) * 1_000 { compare(DrawnWorkload(seed: seed), seed) }
  }

  @Test("So they do where the host takes time between steps", arguments: 0..<10)
  func agreementWithHost(part: Int) {
    for seed in part * 500..<(part + 1) * 500 {
      let workload = DrawnWorkload(seed: seed)
      compare(workload, seed, host: workload.host)
    }
  }

  @Test("So they do with two steps in flight, and a host's time in every second", arguments: 0..<10)
  func agreementWithTwoSteps(part: Int) {
    for seed in part * 1_000..<(part + 1) * 1_000 {
      var workload = DrawnWorkload(seed: seed)
      workload.settings.isAsynchronous = true
      compare(workload, seed, host: seed % 2 == 0 ? .none : workload.host)
    }
  }

  @Test("With two steps in flight few steps are looked at")
  func rows() {
    let law = AffineStepLaw(
      perStep: 10_000_000, perSequence: 0, perContextToken: 1_000, perPrefillToken: 0)
    var settings = VLLMSettings()
    settings.isAsynchronous = true
    var replica = TokenReplica(scheduler: VLLMScheduler(settings: settings), law: law)
    for id in 0..<3 {
      replica.add(
        TokenRequest(id: id, arrival: 0, promptTokens: 10, outputTokens: 1_000 * (id + 1)), at: 0)
    }
    var happenings = 0
    while replica.nextTime < .max {
      replica.step()
      happenings += 1
    }
    #expect(replica.steps == 3_000 && replica.stepsOutsideMeasurements == 0)
    #expect(happenings < 20, "\(happenings)")
  }

  private func compare(_ workload: DrawnWorkload, _ seed: Int, host: HostTime = .none) {
    let each = workload.events(coalesced: false, host: host)
    let together = workload.events(coalesced: true, host: host)
    guard each != together else { return }
    let place = zip(each, together).enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record("seed \(seed): \(String(describing: place)) of \(each.count), \(together.count)")
  }

  @Test("Every block is free once everybody has gone", arguments: 0..<10)
  func conservation(part: Int) {
    for seed in 20_000 + part * 50..<20_050 + part * 50 {
      let workload = DrawnWorkload(seed: seed)
      let last = workload.events(coalesced: true).last
      #expect(
        last == "free \(workload.settings.usableBlocks), stuck false, nil", "seed \(seed)")
    }
  }

  @Test("Drawn workloads preempt, share prefixes and lose clients")
  func coverage() {
    var seen: Set<String> = []
    var cached = 0
    for seed in 0..<200 {
      let workload = DrawnWorkload(seed: seed)
      for event in workload.events(coalesced: true) {
        seen.insert(String(event.prefix { $0 != " " }))
      }
      guard workload.settings.cachesPrefixes else { continue }
      var run = TokenRun(
        scheduler: VLLMScheduler(settings: workload.settings), law: workload.law,
        requests: workload.requests)
      cached += (try? run.run())?.reduce(0) { $0 + $1.cachedTokens } ?? 0
    }
    #expect(seen.isSuperset(of: ["started", "firstToken", "completed", "preempted", "cancelled"]))
    #expect(cached > 1_000)
  }
}
