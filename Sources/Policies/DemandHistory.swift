// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What demand the autoscaler has seen, as far back as anything looks.
struct DemandHistory: Sendable {
  /// A demand that was seen.
  struct Demand: Sendable {
    var time: Instant
    var rate: Double
    var desired: Int
  }

  /// A ring in the order of time: those from `next` on are older than those before it.
  private var demands: [Demand] = []
  private var next = 0
  private let capacity: Int

  /// Room for so many looks.
  init(capacity: Int) {
    self.capacity = capacity
    demands.reserveCapacity(capacity)
  }

  /// Adds a demand, which was not seen before the last one, and forgets the oldest where there is no room.
  mutating func remember(_ demand: Demand) {
    if demands.count < capacity {
      demands.append(demand)
    } else {
      demands[next] = demand
      next = (next + 1) % capacity
    }
  }

  /// The oldest demand of the last `span`, if it is older than now.
  ///
  /// - Complexity: O(n) for n looks.
  func oldest(within span: TimeSpan, at now: Instant) -> Demand? {
    var oldest: Demand?
    for demand in demands
    where now - demand.time <= span && demand.time < (oldest?.time ?? now) {
      oldest = demand
    }
    return oldest
  }

  /// The sum of the rates of the last `span` and of one more, and how many they are.
  ///
  /// - Complexity: O(n) for n looks in it.
  func rates(within span: TimeSpan, at now: Instant, and rate: Double) -> (
    sum: Double, count: Double
  ) {
    var recent = 0
    while recent < demands.count, now - demands[place(recent)].time <= span { recent += 1 }
    var (sum, count) = (rate, 1.0)
    // In the order in which they lie, so that the sum is that of a walk through all.
    let first = recent == 0 ? 0 : place(recent - 1)
    let wrapped = max(0, first + recent - demands.count)
    for index in 0..<wrapped { sum += demands[index].rate }
    for index in first..<first + recent - wrapped { sum += demands[index].rate }
    count += Double(recent)
    return (sum, count)
  }

  /// The most machines that were wanted in the last `span`, or `least`.
  ///
  /// - Complexity: O(n) for n looks.
  func mostDesired(within span: TimeSpan, at now: Instant, butAtLeast least: Int) -> Int {
    demands.reduce(least) { most, demand in
      now - demand.time <= span ? max(most, demand.desired) : most
    }
  }

  /// The index of the demand that was seen so many looks before the last one.
  private func place(_ looksBefore: Int) -> Int {
    let last = demands.count < capacity ? demands.count - 1 : next + capacity - 1
    return (last - looksBefore) % max(1, demands.count)
  }
}
