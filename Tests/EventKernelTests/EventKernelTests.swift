// SPDX-License-Identifier: GPL-3.0-or-later

import EventKernel
import Quantities
import RandomStreams
import Testing

@Suite("The future-event list")
struct FutureEventListTests {
  @Test("gives events by time, then priority, then the order of scheduling")
  func order() {
    var list = FutureEventList<Int>(at: .start)
    list.schedule(4, at: .start + .seconds(2), .capacity)
    list.schedule(3, at: .start + .seconds(1), .sample)
    list.schedule(1, at: .start + .seconds(1), .machine)
    list.schedule(2, at: .start + .seconds(1), .machine)
    var order: [Int] = []
    while let (_, payload) = list.takeNext() { order.append(payload) }
    #expect(order == [1, 2, 3, 4])
  }

  @Test("gives ten thousand random times in order")
  func heap() {
    var list = FutureEventList<UInt64>(at: .start)
    var stream = RandomStream(seed: 1, replication: 0, purpose: .testing, entity: 0)
    for _ in 0..<10_000 {
      let time = Int64(stream.next() >> 40)
      list.schedule(UInt64(time), at: Instant(nanoseconds: time), .machine)
    }
    var previous: UInt64 = 0
    while let (time, payload) = list.takeNext() {
      #expect(UInt64(time.nanoseconds) == payload && payload >= previous)
      previous = payload
    }
  }

  @Test("gives events in order when some are scheduled while others are taken")
  func interleaved() throws {
    var stream = RandomStream(seed: 3, replication: 0, purpose: .testing, entity: 0)
    let priorities: [EventPriority] = [.machine, .policy, .sample]
    var list = FutureEventList<Int>(at: .start)
    var expected: [(time: Int64, priority: Int, number: Int)] = []
    var now: Int64 = 0
    for number in 0..<20_000 {
      // As many are taken as scheduled, in runs of either.
      if stream.next() >> 40 & 1 == 0 || expected.isEmpty {
        let (time, priority) = (now + Int64(stream.next() >> 58), Int(stream.next() >> 40) % 3)
        list.schedule(number, at: Instant(nanoseconds: time), priorities[priority])
        expected.append((time, priority, number))
      } else {
        let next = try #require(expected.indices.min { expected[$0] < expected[$1] })
        #expect(list.nextTime.nanoseconds == expected[next].time)
        #expect(list.nextPriority == priorities[expected[next].priority])
        let taken = list.takeNext()
        let (time, payload) = try #require(taken)
        #expect(payload == expected[next].number)
        now = time.nanoseconds
        expected.remove(at: next)
      }
    }
    while list.takeNext() != nil { expected.removeLast() }
    #expect(expected.isEmpty && list.nextTime == .never)
  }

  @Test("traps a past time")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var list = FutureEventList<Int>(at: .start + .seconds(1))
      list.schedule(0, at: .start, .machine)
    }
  }
}
