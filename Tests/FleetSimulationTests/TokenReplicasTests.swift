// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import ReplicaModel
import Serving
import Testing
import TokenEngine

@Suite("Replicas that serve by tokens")
struct TokenReplicasTests {
  /// Steps of 10 ms, whatever is in them, of four requests at the most.
  private static func model(
    settings change: (inout VLLMSettings) -> Void = { _ in },
    law: AffineStepLaw = AffineStepLaw(
      perStep: 10_000_000_000_000, perSequence: 0, perContextToken: 0, perPrefillToken: 0)
  ) -> TokenModel {
    var settings = VLLMSettings()
    settings.maxSequences = 4
    change(&settings)
    return TokenModel(
      name: "m", rules: .vllm(settings), law: .affine(law), host: .none, lengths: [(10, 10)])
  }

  private static func replicas(
    _ model: TokenModel, count: Int = 1, timeout: TimeSpan? = nil, limit: Int = 100_000,
    prompts: PromptBlocks = PromptBlocks(), priorities: RequestPriorities = RequestPriorities()
  ) -> TokenReplicas {
    var replicas = TokenReplicas(
      (0..<count).map { _ in
        ReplicaPlace(serves: ModelID(0), service: .tokens(model), queueLimit: limit)
      },
      EngineInputs(
        timeout: timeout,
        noiseStream: RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0),
        prompts: prompts, priorities: priorities))
    for replica in 0..<count { replicas.open(replica, at: .start) }
    return replicas
  }

  private static func ticket(
    _ number: UInt64, at time: Instant, prompt: UInt32 = 10, output: UInt32 = 10
  ) -> Ticket {
    Ticket(arrival: time, number: number, promptTokens: prompt, outputTokens: output, mark: 0)
  }

  private struct Answer {
    let number: UInt64
    let started: Instant
    let firstToken: Instant?
    let ended: Instant
  }

  /// Lets everything happen before an instant.
  private static func run(
    _ replicas: inout TokenReplicas, before end: Instant = .never, _ answers: inout [Answer]
  ) {
    while replicas.nextTime < end {
      let now = replicas.nextTime
      let happening = replicas.happen(now: now)
      for position in 0..<happening.count {
        let course = replicas.course(position, in: happening)
        answers.append(
          Answer(
            number: replicas.answered(position, in: happening).number, started: course.started,
            firstToken: course.firstToken, ended: now))
      }
      replicas.settle(happening, now: now)
    }
  }

  private static func milliseconds(_ count: Int64) -> Instant { .start + .milliseconds(count) }

  @Test("give a request its first token after one step and its last after as many as it has tokens")
  func alone() throws {
    var replicas = Self.replicas(Self.model())
    replicas.enqueue(Self.ticket(7, at: .start), at: 0, now: .start)
    var answers: [Answer] = []
    Self.run(&replicas, &answers)
    let answer = try #require(answers.first)
    #expect(answers.count == 1 && answer.number == 7 && answer.started == .start)
    #expect(answer.firstToken == Self.milliseconds(10) && answer.ended == Self.milliseconds(100))
    #expect(
      replicas.busyTime(of: 0, at: Self.milliseconds(130))
        == MachineTime(.milliseconds(100), times: 1))
    #expect(
      replicas.idleTime(of: 0, at: Self.milliseconds(130))
        == MachineTime(.milliseconds(30), times: 1))
  }

  @Test(
    "take a request out at the instant at which its client gives up, and let the next begin with the next step"
  )
  func givingUp() throws {
    var replicas = Self.replicas(
      Self.model(settings: { $0.maxSequences = 1 }), timeout: .milliseconds(45))
    replicas.enqueue(Self.ticket(1, at: .start), at: 0, now: .start)
    replicas.enqueue(
      Self.ticket(2, at: Self.milliseconds(10), output: 2), at: 0, now: Self.milliseconds(10))
    var answers: [Answer] = []
    Self.run(&replicas, &answers)
    #expect(replicas.expired.map(\.number) == [1, 2] || replicas.expired.map(\.number) == [1])
    #expect(replicas.requestsHeld(by: 0) == 0)
    // The step that ran at 45 ms ends at 50, the second request ends two steps later, after its client has gone at 55.
    #expect(replicas.expired.map(\.number) == [1, 2] && answers.isEmpty)
    #expect(replicas.work(at: Self.milliseconds(100)).tokens?.lost == 4)
  }

  @Test(
    "hand over what was answered: another replica computes it again with the prompt and goes on from there"
  )
  func handedOver() throws {
    let law = AffineStepLaw(
      perStep: 10_000_000_000_000, perSequence: 0, perContextToken: 0,
      perPrefillToken: 1_000_000_000_000)
    var replicas = Self.replicas(Self.model(law: law), count: 2)
    replicas.enqueue(Self.ticket(1, at: .start), at: 0, now: .start)
    var answers: [Answer] = []
    // The prompt takes 20 ms; at 55 ms three more tokens are there, and the fifth is on its way.
    Self.run(&replicas, before: Self.milliseconds(55), &answers)
    var held = replicas.close(0, at: Self.milliseconds(55))
    let (isReady, left) = (replicas.isReady(0), replicas.requestsHeld(by: 0))
    #expect(held.count == 1 && !isReady && left == 0)
    held[0].attempt += 1
    replicas.enqueue(held[0], at: 1, now: Self.milliseconds(55))
    Self.run(&replicas, &answers)
    let answer = try #require(answers.first)
    // Fourteen tokens are computed in 24 ms, which bring the fifth; five more follow.
    #expect(answer.firstToken == Self.milliseconds(20) && answer.started == .start)
    #expect(answer.ended == Self.milliseconds(55 + 24 + 50))
    let work = try #require(replicas.work(at: Self.milliseconds(200)).tokens)
    #expect(work.prompt == 10 && work.recomputed == 14 && work.output == 10)
  }

  @Test("refuse what never fits, and take no more than their queue holds")
  func refusals() {
    let replicas = Self.replicas(Self.model(settings: { $0.blocks = 5 }), limit: 1)
    // Four blocks of 16 tokens hold 64, and the last token needs no place.
    let fits = replicas.admits(Self.ticket(1, at: .start, prompt: 55, output: 10), at: 0)
    let isTooLong = !replicas.admits(Self.ticket(1, at: .start, prompt: 56, output: 10), at: 0)
    let hasRoom = replicas.hasRoom(0)
    #expect(fits && isTooLong && hasRoom)
  }

  @Test(
    "answer drawn requests at the nanoseconds at which an engine does that is driven over a list of them"
  )
  func asARun() throws {
    for seed in UInt64(0)..<300 {
      var dice = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 0)
      var settings = VLLMSettings()
      settings.maxSequences = 1 + Int(dice.next() % 12)
      settings.maxBatchedTokens = 16 + Int(dice.next() % 200)
      settings.blocks = 40 + Int(dice.next() % 60)
      settings.isAsynchronous = dice.next() % 2 == 0
      let law = AffineStepLaw(
        perStep: 9_000_000_000_000, perSequence: 100_000_000_007,
        perContextToken: 10_000_000_003, perPrefillToken: 50_000_000_001)
      var time = Instant.start
      let tickets = (0..<60).map { number in
        time = time + TimeSpan(nanoseconds: Int64(dice.next() % 60_000_000))
        return Self.ticket(
          UInt64(number), at: time, prompt: 1 + UInt32(dice.next() % 300),
          output: 1 + UInt32(dice.next() % 60))
      }
      let requests = tickets.enumerated().map { number, ticket in
        TokenRequest(
          id: number, arrival: ticket.arrival.nanoseconds, promptTokens: Int(ticket.promptTokens),
          outputTokens: Int(ticket.outputTokens))
      }
      var run = TokenRun(
        scheduler: VLLMScheduler(settings: settings), law: EngineStepLaw.affine(law),
        requests: requests)
      let records = try run.run()
      let model = TokenModel(
        name: "m", rules: .vllm(settings), law: .affine(law), host: .none, lengths: [(10, 10)])
      var replicas = Self.replicas(model)
      var answers: [Answer] = []
      for ticket in tickets {
        Self.run(&replicas, before: ticket.arrival, &answers)
        replicas.enqueue(ticket, at: 0, now: ticket.arrival)
      }
      Self.run(&replicas, &answers)
      answers.sort { $0.number < $1.number }
      #expect(answers.map(\.ended.nanoseconds) == records.map(\.completed), "seed \(seed)")
      #expect(answers.map { $0.firstToken?.nanoseconds } == records.map(\.firstToken))
      #expect(answers.map(\.started.nanoseconds) == records.map(\.firstScheduled))
    }
  }

  /// A chain of so many blocks that begins as others of the same root do.
  private static func chain(_ number: Int, full: Int, root: Int, shared: Int) -> BlockChain {
    var chain = BlockChain()
    let common = min(full, shared)
    if common > 0 { chain.append(Int64(root) * 1_000, count: common) }
    if full > common { chain.append(Int64(number + 100) * 1_000, count: full - common) }
    return chain
  }

  @Test(
    "find recorded blocks, and go by recorded priorities, at the nanoseconds at which an engine does that is driven over the same list",
    arguments: [VLLMSettings.Policy.fcfs, .priority])
  func recorded(policy: VLLMSettings.Policy) throws {
    var (found, preempted) = (0, 0)
    for seed in UInt64(0)..<150 {
      var dice = RandomStream(seed: seed, replication: 0, purpose: .testing, entity: 1)
      var settings = VLLMSettings()
      settings.policy = policy
      settings.cachesPrefixes = true
      settings.maxSequences = 1 + Int(dice.next() % 12)
      settings.maxBatchedTokens = 16 + Int(dice.next() % 200)
      settings.blocks = 30 + Int(dice.next() % 60)
      settings.isAsynchronous = dice.next() % 2 == 0
      let law = AffineStepLaw(
        perStep: 9_000_000_000_000, perSequence: 100_000_000_007,
        perContextToken: 10_000_000_003, perPrefillToken: 50_000_000_001)
      var time = Instant.start
      var requests: [TokenRequest] = []
      for number in 0..<60 {
        time = time + TimeSpan(nanoseconds: Int64(dice.next() % 60_000_000))
        let (prompt, output) = (1 + Int(dice.next() % 300), 1 + Int(dice.next() % 60))
        requests.append(
          TokenRequest(
            id: number, arrival: time.nanoseconds, promptTokens: prompt, outputTokens: output,
            priority: Int(dice.next() % 3),
            blocks: Self.chain(
              number, full: (prompt + output) / 16, root: Int(dice.next() % 4),
              shared: Int(dice.next() % 16))))
      }
      var run = TokenRun(
        scheduler: VLLMScheduler(settings: settings), law: EngineStepLaw.affine(law),
        requests: requests)
      let records = try run.run()
      let model = TokenModel(
        name: "m", rules: .vllm(settings), law: .affine(law), host: .none, lengths: [(10, 10)])
      var replicas = Self.replicas(
        model, prompts: PromptBlocks(recorded: requests.map(\.blocks)),
        priorities: RequestPriorities(recorded: requests.map(\.priority)))
      var answers: [Answer] = []
      for request in requests {
        let now = Instant(nanoseconds: request.arrival)
        Self.run(&replicas, before: now, &answers)
        let ticket = Self.ticket(
          UInt64(request.id), at: now, prompt: UInt32(request.promptTokens),
          output: UInt32(request.outputTokens))
        replicas.enqueue(ticket, at: 0, now: now)
      }
      Self.run(&replicas, &answers)
      answers.sort { $0.number < $1.number }
      #expect(answers.map(\.ended.nanoseconds) == records.map(\.completed), "seed \(seed)")
      #expect(answers.map { $0.firstToken?.nanoseconds } == records.map(\.firstToken))
      let work = try #require(replicas.work(at: time).tokens)
      #expect(work.cached == records.reduce(0) { $0 + Int128($1.cachedTokens) })
      #expect(work.preemptions == records.reduce(0) { $0 + Int64($1.preemptions) })
      found += Int(work.cached)
      preempted += Int(work.preemptions)
    }
    #expect(found > 50_000 && preempted > 300)
  }
}
