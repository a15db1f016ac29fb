// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import QueueingTheory
import Testing

@Suite("Other ways of serving")
struct ServiceTests {
  let queue = MM1(arrivalRate: 0.8, serviceRate: 1)

  @Test("without a setup time are M/G/1, with a very long one wait for it")
  func setup() throws {
    let plain = MG1(arrivalRate: 0.8, service: try Distribution(.exponential(mean: 1)))
    let instant = MG1Setup(queue: plain, setup: try Distribution(.constant(0)))
    #expect(agree(instant.waitingTimeMean, 4) && agree(instant.offProbability, 0.2))
    let long = MG1Setup(queue: plain, setup: try Distribution(.constant(1e6)))
    #expect(agree(long.waitingTimeMean, 5e5, to: 1e-4))
    #expect(agree(long.setupProbability, 0.2, to: 1e-5))
  }

  @Test("that start for one request are M/M/1")
  func policy() {
    let policy = MM1NPolicy(queue: queue, threshold: 1)
    #expect(agree(policy.sojournTimeMean, 5) && agree(policy.startRate, 0.16))
    #expect(agree(MM1NPolicy(queue: queue, threshold: 9).sojournTimeMean, 10))
  }

  /// A request of no size waits for the rest of a service, one of infinite size for 1/(1 - ρ)² of it.
  @Test("with the shortest job first wait less on average")
  func shortest() {
    let shortest = ShortestJobFirst(queue: queue)
    #expect(shortest.waitingTimeMean < queue.waitingTimeMean)
    #expect(agree(shortest.waitingTimeMean(ofSize: 0), 0.8))
    #expect(agree(shortest.waitingTimeMean(ofSize: 1e3), 20))
    let light = ShortestJobFirst(queue: MM1(arrivalRate: 1e-9, serviceRate: 1))
    #expect(agree(light.waitingTimeMean, 1e-9, to: 1e-8))
  }

  @Test("with classes keep the mean wait of all and serve the first as if alone")
  func classes() {
    let classes = PriorityMM1(arrivalRates: [0.2, 0.1, 0.5], serviceRate: 1)
    #expect(agree(classes.waitingTimeMean, queue.waitingTimeMean))
    #expect(agree(classes.sojournTimeMeanPreemptive(ofClass: 0), 1.25))
    let one = PriorityMM1(arrivalRates: [0.8], serviceRate: 1)
    #expect(agree(one.waitingTimeMean(ofClass: 0), 4))
    #expect(agree(one.sojournTimeMeanPreemptive(ofClass: 0), 5))
  }

  @Test("that share the server slow all sizes down alike")
  func sharing() {
    let shared = MG1PS(arrivalRate: 0.8, serviceMean: 1)
    #expect(agree(shared.sojournTimeMean, 5) && agree(shared.sojournTimeMean(ofSize: 3), 15))
  }

  /// (1 - x)^k with x = ½ and k = 2: 1/4, 1/4, 3/16 …
  @Test("with steps shared by all have a negative binomial number")
  func continuous() {
    let server = ContinuousBatching(
      arrivalRate: 1, fixedTime: 0.01, timePerRequest: 0.01, tokensMean: 50)
    #expect(agree(server.requestsInSystemMean, 2) && agree(server.emptyProbability, 0.25))
    #expect(agree(server.probability(ofAtLeast: 2), 0.5))
    #expect(server.requestsInSystemQuantile(0.6) == 2)
    #expect(agree(server.sojournTimeMean, 2))
    // Without a fixed time the server is one of processor sharing.
    let plain = ContinuousBatching(
      arrivalRate: 0.8, fixedTime: 0, timePerRequest: 0.01, tokensMean: 100)
    #expect(agree(plain.sojournTimeMean, 5) && agree(plain.emptyProbability, 0.2))
  }

  @Test("with steps shared by very many are those of all, by one M/M/1, in constant steps M/M/c")
  func capped() {
    let all = ContinuousBatching(
      arrivalRate: 1, fixedTime: 0.01, timePerRequest: 0.01, tokensMean: 50)
    let many = CappedContinuousBatching(
      arrivalRate: 1, fixedTime: 0.01, timePerRequest: 0.01, tokensMean: 50, largestBatch: 400)
    #expect(agree(many.sojournTimeMean, all.sojournTimeMean, to: 1e-11))
    let one = CappedContinuousBatching(
      arrivalRate: 0.8, fixedTime: 0.01, timePerRequest: 0, tokensMean: 100, largestBatch: 1)
    #expect(agree(one.sojournTimeMean, 5) && agree(one.waitingProbability, 0.8))
    let three = CappedContinuousBatching(
      arrivalRate: 2, fixedTime: 0.01, timePerRequest: 0, tokensMean: 100, largestBatch: 3)
    #expect(agree(three.waitingTimeMean, 4 / 9.0) && agree(three.emptyProbability, 1 / 9.0))
  }

  @Test("of one class with one unit each are Erlang's loss system")
  func capacity() {
    let shared = SharedCapacity(
      classes: [.init(arrivalRate: 900, holdMean: 1, units: 1)], capacity: 950)
    let system = ErlangB(offeredLoad: 900, servers: 950)
    #expect(agree(shared.blockingProbability(ofClass: 0), system.blockingProbability, to: 1e-11))
    #expect(agree(shared.heldMean, system.busyServersMean, to: 1e-11))
  }

  /// ρ, ρ³, ρ⁷ … for two choices.
  @Test("with one choice are M/M/1, with two much shorter")
  func choices() {
    let one = PowerOfChoices(choices: 1, utilization: 0.8, serviceRate: 1)
    #expect(agree(one.sojournTimeMean, 5))
    let two = PowerOfChoices(choices: 2, utilization: 0.5, serviceRate: 1)
    #expect(agree(two.probability(ofAtLeast: 3), 1 / 128.0))
    #expect(agree(two.requestsPerServerMean, 0.5 + 0.125 + 0.0078125 + 0x1p-15 + 0x1p-31 + 0x1p-63))
  }

  /// Two users who never think: the server is never idle, and both are there.
  @Test("for users who never think are always busy")
  func users() {
    let users = InteractiveUsers(users: 2, thinkingTimeMean: 0, serviceMean: 3)
    #expect(agree(users.utilization, 1) && agree(users.sojournTimeMean, 6))
    let alone = InteractiveUsers(users: 1, thinkingTimeMean: 7, serviceMean: 3)
    #expect(agree(alone.throughput, 0.1) && agree(alone.sojournTimeMean, 3))
  }

  @Test("one after another add up")
  func tandem() {
    let servers = TandemQueues(arrivalRate: 0.8, serviceRates: [1, 1, 2])
    #expect(agree(servers.sojournTimeMean, 5 + 5 + 1 / 1.2))
    #expect(servers.maximumThroughput == 1)
  }

  @Test("in two tiers alike are one of them")
  func tiers() {
    let tier = MMC(arrivalRate: 2, serviceRate: 1, servers: 3)
    let routed = RoutedTiers(tiers: [tier, tier])
    #expect(routed.arrivalRate == 4 && agree(routed.waitingTimeMean, tier.waitingTimeMean))
    #expect(agree(routed.sojournTimeQuantile(0.99), tier.sojournTimeQuantile(0.99)))
  }
}

@Suite("Jobs that are interrupted")
struct InterruptedJobTests {
  /// e - 1 interruptions, each of them preceded by one unit of time on average and followed by two.
  @Test("take e - 1 times as long as a run and a restart")
  func scratch() {
    let job = InterruptedJob(work: 1, interruptionRate: 1, restartTime: 2)
    #expect(agree(job.interruptionsMean, 1.718281828459045))
    #expect(agree(job.completionMean, 3 * 1.718281828459045))
    #expect(agree(job.undisturbedProbability, 0.36787944117144233))
  }

  @Test("take least time with intervals that no other beats")
  func checkpoints() {
    func perWork(_ interval: Double) -> Double {
      let job = InterruptedJob(
        segments: 1, interval: interval, checkpointTime: 0.5, interruptionRate: 0.1, restartTime: 0)
      return job.completionMean / interval
    }
    let job = InterruptedJob(
      segments: 1, interval: 1, checkpointTime: 0.5, interruptionRate: 0.1, restartTime: 0)
    let best = job.optimalInterval
    #expect(perWork(best) < perWork(best * 1.01) && perWork(best) < perWork(best * 0.99))
    #expect(best < job.youngInterval)
    // For checkpoints of hardly any time both agree.
    let quick = InterruptedJob(
      segments: 1, interval: 1, checkpointTime: 1e-9, interruptionRate: 0.1, restartTime: 0)
    #expect(agree(quick.optimalInterval, quick.youngInterval, to: 1e-4))
  }
}
