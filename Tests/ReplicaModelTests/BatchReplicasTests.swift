// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import ReplicaModel
import Serving
import Testing

@Suite("A bank of replicas")
struct BatchReplicasTests {
  private static func replicas(
    _ count: Int, _ model: BatchModel, queueLimit: Int
  ) -> BatchReplicas {
    BatchReplicas(
      (0..<count).map { _ in
        ReplicaPlace(serves: ModelID(0), service: .batches(model), queueLimit: queueLimit)
      },
      EngineInputs(
        timeout: nil,
        noiseStream: RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)))
  }

  private func request(_ number: UInt64, at time: Instant) -> Ticket {
    Ticket(arrival: time, number: number, promptTokens: 0, outputTokens: 0, mark: 0)
  }

  @Test(
    "serves in the order of arrival, wherever in its ring a queue stands", arguments: [1, 3, 4, 5])
  func order(limit: Int) throws {
    let model = BatchModel(
      maximumBatch: 3, maximumDelay: .zero, lanes: 1,
      latency: [(1, 10), (3, 13)].map {
        BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
      }, noise: .none)
    var bank = Self.replicas(1, model, queueLimit: limit)
    var dice = RandomStream(seed: 2, replication: 0, purpose: .testing, entity: 0)
    var now = Instant.start
    var (sent, served) = (UInt64(0), UInt64(0))
    bank.open(0, at: now)
    for _ in 0..<2_000 {
      now = min(bank.nextTime, now + .milliseconds(Int64(dice.next() >> 60)))
      if now == bank.nextTime {
        let happening = bank.happen(now: now)
        for position in 0..<happening.count {
          #expect(bank.answered(position, in: happening).number == served)
          served += 1
        }
        #expect(happening.replica == 0 && happening.count > 0, "nobody gives up")
        bank.settle(happening, now: now)
      } else if bank.hasRoom(0) {
        bank.enqueue(request(sent, at: now), at: 0, now: now)
        sent += 1
      }
      #expect(bank.requestsHeld(by: 0) == Int(sent - served))
    }
    #expect(served > 300)
  }

  @Test(
    "keeps the order of queues that outgrow their rings side by side, and hands all back when a replica closes"
  )
  func longQueues() throws {
    let model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(10))], noise: .none)
    var bank = Self.replicas(3, model, queueLimit: 1_000)
    for replica in 0..<3 { bank.open(replica, at: .start) }
    var now = Instant.start
    // One request is served and three are taken from each ring, so that it begins in its middle when it grows.
    for number in 0..<1_000 {
      for replica in 0..<3 {
        bank.enqueue(request(UInt64(number), at: now), at: replica, now: now)
      }
      guard (1...3).contains(number) else { continue }
      for _ in 0..<3 {
        now = bank.nextTime
        let happening = bank.happen(now: now)
        try #require(happening.count == 1, "each has one in its lane")
        #expect(bank.answered(0, in: happening).number == UInt64(number - 1))
        bank.settle(happening, now: now)
      }
    }
    for replica in 0..<3 {
      #expect(bank.requestsHeld(by: replica) == 997)
      #expect(bank.close(replica, at: now).map(\.number) == (3..<1_000).map { UInt64($0) })
    }
  }

  @Test("takes over the rings that others have outgrown, and keeps each order")
  func ringsAgain() {
    let model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(10))], noise: .none)
    var bank = Self.replicas(3, model, queueLimit: 1_000)
    for replica in 0..<3 {
      bank.open(replica, at: .start)
      for number in 0..<1_000 {
        bank.enqueue(request(UInt64(number), at: .start), at: replica, now: .start)
      }
    }
    for replica in 0..<3 {
      #expect(bank.close(replica, at: .start).map(\.number) == (0..<1_000).map { UInt64($0) })
    }
  }

  @Test("forms batches up to the largest that was measured once it is asked to")
  func larger() {
    let model = BatchModel(
      maximumBatch: 2, maximumDelay: .seconds(1), lanes: 1,
      latency: [(1, 10), (4, 20)].map {
        BatchLatency.Point(batchSize: $0.0, time: .milliseconds($0.1))
      }, noise: .none)
    var bank = Self.replicas(1, model, queueLimit: 10)
    bank.open(0, at: .start)
    bank.enlargeBatches()
    var sizes: [Int] = []
    for number in 0..<9 { bank.enqueue(request(UInt64(number), at: .start), at: 0, now: .start) }
    while bank.nextTime != .never {
      let now = bank.nextTime
      let happening = bank.happen(now: now)
      if happening.count > 0 { sizes.append(happening.count) }
      bank.settle(happening, now: now)
    }
    #expect(sizes == [4, 4, 1])
  }

  @Test("puts batches that began together in the midst of their time, each by a draw of its own")
  func staggered() throws {
    let model = BatchModel(
      maximumBatch: 2, maximumDelay: .seconds(5), lanes: 4,
      latency: [BatchLatency.Point(batchSize: 2, time: .seconds(1))], noise: .none)
    var bank = Self.replicas(250, model, queueLimit: 100)
    for replica in 0..<250 {
      bank.open(replica, at: .start)
      for number in 0..<8 {
        bank.enqueue(request(UInt64(number), at: .start), at: replica, now: .start)
      }
    }
    bank.stagger(
      by: RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 0), now: .start)
    var ends: [Double] = []
    for _ in 0..<1_000 {
      ends.append(bank.nextTime.sinceStart.inSeconds)
      let happening = bank.happen(now: bank.nextTime)
      try #require(happening.count == 2, "each lane runs a batch of two")
      bank.settle(happening, now: bank.nextTime)
    }
    // Uniform from 0 to 1: the mean is 0.5 with a standard error of 0.0091; Kolmogorov's 99.9 % bound is 0.0617.
    #expect(abs(ends.reduce(0, +) / 1_000 - 0.5) < 4 * 0.0091)
    for (position, end) in ends.enumerated() {
      #expect(abs(end - (Double(position) + 0.5) / 1_000) < 0.0617)
    }
  }
}
