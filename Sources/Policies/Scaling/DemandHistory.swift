// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What demand the autoscaler has seen, as far back as anything looks.
package struct DemandHistory: Sendable {
  /// A demand that was seen.
  package struct Demand: Codable, Sendable {
    /// When it was seen.
    package var time: Instant
    /// Requests a second.
    package var rate: Double
    /// Machines that were wanted for it.
    package var desired: Int

    /// A demand of those values.
    package init(time: Instant, rate: Double, desired: Int) {
      (self.time, self.rate, self.desired) = (time, rate, desired)
    }
  }

  /// A ring: those from `next` on were seen before those before it.
  private var demands: [Demand] = []
  private var next = 0
  /// Whether no clock went back, so that they lie in the order of time.
  private var isInOrder = true
  private let capacity: Int

  /// What has been seen, as it lies in the ring: sums depend on the order by their last bit.
  struct State: Codable, Sendable {
    var demands: [Demand]
    var next: Int
    var isInOrder: Bool
  }

  /// What has been seen.
  var state: State { State(demands: demands, next: next, isInOrder: isInOrder) }

  /// Takes up what another has seen.
  mutating func restore(_ state: State) throws(SnapshotError) {
    let count = state.demands.count
    try SnapshotError.hold(
      count <= capacity, "the snapshot has \(count) looks, the settings have room for \(capacity)")
    try SnapshotError.hold(
      state.next == 0 || count == capacity && (0..<count).contains(state.next),
      "the snapshot's looks are not in a ring of \(capacity)")
    demands = state.demands
    next = state.next
    isInOrder = state.isInOrder
  }

  /// Room for so many looks.
  package init(capacity: Int) {
    self.capacity = capacity
    // Room for what a usual window holds; a longer one grows into it.
    demands.reserveCapacity(min(capacity, 1_024))
  }

  /// Adds a demand, and forgets the one that was added first where there is no room.
  package mutating func remember(_ demand: Demand) {
    if !demands.isEmpty, demand.time < demands[last].time { isInOrder = false }
    if demands.count < capacity {
      demands.append(demand)
    } else {
      demands[next] = demand
      next = next + 1 == capacity ? 0 : next + 1
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
  /// - Complexity: O(n) for n looks in it; for all looks where a clock went back.
  package func rates(within span: TimeSpan, at now: Instant, and rate: Double) -> (
    sum: Double, count: Double
  ) {
    guard isInOrder && !demands.isEmpty else {
      return demands.reduce((rate, 1)) { total, demand in
        now - demand.time <= span ? (total.0 + demand.rate, total.1 + 1) : total
      }
    }
    // From the last one back, round the ring.
    var recent = 0
    var first = last
    while recent < demands.count, now - demands[first].time <= span {
      recent += 1
      first = first == 0 ? demands.count - 1 : first - 1
    }
    first = first + 1 == demands.count ? 0 : first + 1
    var (sum, count) = (rate, 1.0)
    // In the order in which they lie, so that the sum is that of a walk through all.
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

  /// The index of the demand that was seen last.
  ///
  /// - Precondition: one was seen.
  private var last: Int { next == 0 ? demands.count - 1 : next - 1 }
}
