// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import Workload

/// What happens to requests where none is simulated, and how windows begin and end in it.
extension Replication where Engine: ~Copyable {
  /// Lets the fluid limit run up to now.
  ///
  /// - Complexity: O(steps of the rate).
  mutating func advanceFluid() {
    guard !acceptsArrivals else { return }
    while fluidTime < now {
      let (rate, until) = scenario.workload.rate(at: fluidTime)
      // A trace says a minute's rate, and for how long it holds only by that.
      let end = min(now, until > fluidTime ? until : fluidTime + .minutes(1))
      let reaching = rate.perSecond * engineShare
      fluid.advance(by: (end - fluidTime).inSeconds, rate: reaching)
      known?.note(
        load: fluid.load(at: reaching), hasBacklog: fluid.hasBacklog, from: fluidTime, until: end)
      fluidTime = end
    }
  }

  /// Takes the queues as they are into the fluid limit: where windows close, and where too few were answered to
  /// tell anything.
  ///
  /// - Complexity: O(replicas).
  mutating func noteQueues() {
    for model in scenario.models.indices {
      let waiting = (0..<engine.count).reduce(0) {
        path[ReplicaID($1)].model.index == model ? $0 + engine.waiting(at: $1) : $0
      }
      fluid.setBacklog(of: model, to: Double(waiting))
    }
    fluidTime = now
  }

  /// Lets a window begin with the requests that the fluid limit says are waiting: those that arrived last.
  ///
  /// They are the requests that the workload has at that time, and have waited since they arrived. The batches that
  /// they begin in are in the midst of their time. What the
  /// replicas still hold of a window before is not put in again.
  ///
  /// - Complexity: O(minutes of waiting + requests that wait).
  mutating func carryBacklog() {
    guard fluid.hasBacklog else { return }
    var since = [Instant](repeating: now, count: scenario.models.count)
    for model in scenario.models.indices where fluid.backlog(of: model) >= 1 {
      let held = (0..<engine.count).reduce(0) {
        path[ReplicaID($1)].model.index == model ? $0 + Int(path[ReplicaID($1)].outstanding) : $0
      }
      let missing = fluid.backlog(of: model) + fluid.inService(of: model) - Double(held)
      let share = fluid.share(of: model) * engineShare
      if missing >= 1, share > 0 { since[model] = arrivalTime(before: missing / share) }
    }
    guard let first = since.min(), first < now else { return }
    source.restart(at: first)
    beginColumn()
    place = .none
    while source.nextTime < now {
      if source.isAtColumnStart { beginColumn() }
      let drawnPlace = source.nextPlace
      let arrival = source.take()
      let model = store.intendedModel[Int(arrival.textIndex)]
      guard arrival.time >= since[model.index] else { continue }
      simulatedRequests += 1
      admit(arrival, drawnAt: drawnPlace)
    }
    windowsBegun += 1
    draws.note(.windows)
    engine.stagger(by: cloudStream(.windows, 1).draws(of: windowsBegun), now: now)
  }

  /// Since when so many requests are expected to have arrived; no longer ago than clients wait, or a day.
  private borrowing func arrivalTime(before requests: Double) -> Instant {
    let longest = min(TimeSpan(nanoseconds: timeout), .hours(24))
    var (left, time) = (requests, now)
    while now - time < longest {
      let minute = scenario.workload.rate(at: time - .minutes(1)).rate.perSecond * 60
      if minute >= left {
        return max(
          now - longest, time - TimeSpan(roundingToMicroseconds: 60 * left / max(minute, 1e-9)))
      }
      left -= minute
      time = time - .minutes(1)
    }
    return now - longest
  }
}
