// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import RandomStreams
import ReplicaModel
import Serving
import Testing

/// A replica of batches whose requests differ in priority and patience, against one that looks through all who wait.
@Suite("Requests that wait by priority and patience")
struct WaitingLinesTests {
  /// A replica that keeps who waits in one list, in the order in which they joined.
  private struct Plain {
    let rules: [WaitingRule]
    let model: BatchModel
    var waiting: [Ticket] = []
    var running: [[UInt64]] = []

    func rule(_ ticket: Ticket) -> WaitingRule { rules[Int(ticket.classIndex)] }

    /// The first to have joined of those with each rule.
    var heads: [Ticket] {
      var heads: [Ticket] = []
      for ticket in waiting where !heads.contains(where: { rule($0) == rule(ticket) }) {
        heads.append(ticket)
      }
      return heads
    }

    /// Takes out those whose clients have given up.
    mutating func drop(at now: Instant) -> [UInt64] {
      var dropped: [UInt64] = []
      while let late = heads.first(where: { ticket in
        rule(ticket).patience.map { now - ticket.arrival >= $0 } ?? false
      }) {
        waiting.removeAll { $0.number == late.number }
        dropped.append(late.number)
      }
      return dropped
    }

    /// Starts batches while a lane is free and one is due.
    mutating func start(at now: Instant) {
      while running.count < model.lanes, !waiting.isEmpty {
        let oldest = heads.map(\.enqueued).min() ?? now
        guard waiting.count >= model.maximumBatch || now - oldest >= model.maximumDelay else {
          return
        }
        var batch: [UInt64] = []
        while batch.count < model.maximumBatch {
          let first = heads.min {
            (-Int(rule($0).priority), $0.enqueued, $0.number)
              < (-Int(rule($1).priority), $1.enqueued, $1.number)
          }
          guard let first else { break }
          waiting.removeAll { $0.number == first.number }
          batch.append(first.number)
        }
        running.append(batch)
      }
    }

    /// By when something is to be done about those who wait, if nobody joins and no batch ends.
    var due: Instant {
      var due = Instant.never
      for head in heads {
        if let patience = rule(head).patience { due = min(due, head.arrival + patience) }
        if running.count < model.lanes { due = min(due, head.enqueued + model.maximumDelay) }
      }
      return due
    }
  }

  @Test("are served and give up as one by one they should, in thousands of drawn cases")
  func againstList() throws {
    var dice = RandomStream(seed: 11, replication: 0, purpose: .testing, entity: 0)
    func roll(_ sides: Int) -> Int { Int(dice.next() % UInt64(sides)) }
    var (served, dropped, handedBack) = (0, 0, 0)
    for number in 0..<3_000 {
      let model = BatchModel(
        maximumBatch: 1 + roll(4), maximumDelay: .milliseconds(Int64(roll(2) * 3)),
        lanes: 1 + roll(2),
        latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(Int64(4 + roll(8))))],
        noise: .none)
      let rules = (0...roll(4)).map { _ in
        WaitingRule(
          priority: UInt8(roll(3)),
          patience: roll(3) == 0 ? nil : .milliseconds(Int64(5 + roll(30))))
      }
      let limit = 1 + roll(100)
      var replicas = BatchReplicas(
        [ReplicaPlace(serves: ModelID(0), service: .batches(model), queueLimit: limit)],
        EngineInputs(
          timeout: nil,
          noiseStream: RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)),
        rules: rules)
      var plain = Plain(rules: rules, model: model)
      var now = Instant.start
      replicas.open(0, at: now)
      var next = UInt64(0)
      for _ in 0..<(40 + roll(120)) {
        let arrival = now + .milliseconds(Int64(roll(3)))
        if replicas.nextTime <= arrival {
          now = replicas.nextTime
          let happening = replicas.happen(now: now)
          if happening.count > 0 {
            let batch = (0..<happening.count).map { replicas.answered($0, in: happening).number }
            let place = try #require(
              plain.running.firstIndex(of: batch), "case \(number): \(batch)")
            plain.running.remove(at: place)
            served += batch.count
          }
          replicas.settle(happening, now: now)
          let late = plain.drop(at: now)
          try #require(replicas.expired.map(\.number).sorted() == late.sorted(), "case \(number)")
          dropped += late.count
          replicas.expired.removeAll()
        } else {
          now = arrival
          guard replicas.hasRoom(0) else { continue }
          // Some come from a lost replica, where they have waited.
          var ticket = Ticket(
            arrival: now - .milliseconds(Int64(roll(4) == 0 ? roll(20) : 0)), number: next,
            promptTokens: 0, outputTokens: 0, mark: 0, classIndex: UInt8(roll(rules.count)))
          ticket.enqueued = now
          next += 1
          replicas.enqueue(ticket, at: 0, now: now)
          plain.waiting.append(ticket)
        }
        plain.start(at: now)
        try #require(replicas.waiting(at: 0) == plain.waiting.count, "case \(number)")
        try #require(replicas.nextTime <= max(now, plain.due), "case \(number)")
      }
      let held = plain.running.flatMap { $0 } + plain.waiting.map(\.number)
      #expect(replicas.requestsHeld(by: 0) { $0.number % 2 == 0 } == held.count { $0 % 2 == 0 })
      #expect(replicas.close(0, at: now).map(\.number).sorted() == held.sorted())
      #expect(replicas.requestsHeld(by: 0) == 0)
      handedBack += held.count
    }
    #expect(served > 50_000 && dropped > 10_000 && handedBack > 5_000)
  }

  @Test("go before all that have a lower priority, and wait no longer for it")
  func priority() {
    let model = BatchModel(
      maximumBatch: 1, maximumDelay: .zero, lanes: 1,
      latency: [BatchLatency.Point(batchSize: 1, time: .milliseconds(10))], noise: .none)
    var replicas = BatchReplicas(
      [ReplicaPlace(serves: ModelID(0), service: .batches(model), queueLimit: 10)],
      EngineInputs(
        timeout: nil,
        noiseStream: RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)),
      rules: [WaitingRule(patience: nil), WaitingRule(priority: 1, patience: .milliseconds(25))])
    replicas.open(0, at: .start)
    // 0 is served; 1 and 2 can wait, 3 to 5 cannot: 3 at 10 ms, 4 at 20 ms, and 5 has gone at 25 ms.
    for (number, kind) in [0, 0, 0, 1, 1, 1].enumerated() {
      let ticket = Ticket(
        arrival: .start, number: UInt64(number), promptTokens: 0, outputTokens: 0, mark: 0,
        classIndex: UInt8(kind))
      replicas.enqueue(ticket, at: 0, now: .start)
    }
    var order: [UInt64] = []
    while replicas.nextTime != .never {
      let now = replicas.nextTime
      let happening = replicas.happen(now: now)
      for place in 0..<happening.count {
        order.append(replicas.answered(place, in: happening).number)
      }
      replicas.settle(happening, now: now)
    }
    #expect(order == [0, 3, 4, 1, 2])
    #expect(replicas.expired.map(\.number) == [5])
  }
}
