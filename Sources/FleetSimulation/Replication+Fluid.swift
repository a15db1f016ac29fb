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
    guard !requests.areArriving else { return }
    while fluid.time < now {
      let (rate, until) = scenario.workload.rate(at: fluid.time)
      // A trace says a minute's rate, and for how long it holds only by that.
      let end = min(now, until > fluid.time ? until : fluid.time + .minutes(1))
      let reaching = rate.perSecond * fluid.engineShare
      fluid.limit.advance(by: (end - fluid.time).inSeconds, rate: reaching)
      fluid.known?.note(
        load: fluid.limit.load(at: reaching), hasBacklog: fluid.limit.hasBacklog, from: fluid.time,
        until: end)
      fluid.time = end
    }
  }

  /// Takes the queues as they are into the fluid limit: where windows close, and where too few were answered to
  /// tell anything.
  ///
  /// - Complexity: O(replicas).
  mutating func noteQueues() {
    for model in scenario.fleet.models.indices {
      let waiting = (0..<engine.count).reduce(0) {
        path[ReplicaID($1)].model.index == model ? $0 + engine.waiting(at: $1) : $0
      }
      fluid.limit.setBacklog(of: model, to: Double(waiting))
    }
    fluid.time = now
  }

  /// Lets a window begin with the requests that the fluid limit says are waiting: those that arrived last.
  ///
  /// They are the requests that the workload has at that time, and have waited since they arrived. The batches that
  /// they begin in are in the midst of their time. What the
  /// replicas still hold of a window before is not put in again.
  ///
  /// - Complexity: O(minutes of waiting + requests that wait).
  mutating func carryBacklog() {
    guard fluid.limit.hasBacklog else { return }
    var since = [Instant](repeating: now, count: scenario.fleet.models.count)
    for model in scenario.fleet.models.indices where fluid.limit.backlog(of: model) >= 1 {
      let held = (0..<engine.count).reduce(0) {
        path[ReplicaID($1)].model.index == model ? $0 + Int(path[ReplicaID($1)].outstanding) : $0
      }
      let missing = fluid.limit.backlog(of: model) + fluid.limit.inService(of: model) - Double(held)
      let share = fluid.limit.share(of: model) * fluid.engineShare
      if missing >= 1, share > 0 { since[model] = arrivalTime(before: missing / share) }
    }
    guard let first = since.min(), first < now else { return }
    requests.source.restart(at: first)
    beginColumn()
    meter.place = .none
    while requests.source.nextTime < now {
      if requests.source.isAtColumnStart { beginColumn() }
      let drawnPlace = requests.source.nextPlace
      let arrival = requests.source.take()
      let model = requests.store.intendedModel[Int(arrival.textIndex)]
      guard arrival.time >= since[model.index] else { continue }
      requests.simulated += 1
      admit(arrival, drawnAt: drawnPlace)
    }
    requests.windowsBegun += 1
    journal.draws.note(.windows)
    engine.stagger(by: cloud.stream(.windows, 1).draws(of: requests.windowsBegun), now: now)
  }

  /// Since when so many requests are expected to have arrived; no longer ago than clients wait, or a day.
  private borrowing func arrivalTime(before requests: Double) -> Instant {
    let longest = min(TimeSpan(nanoseconds: meter.timeout), .hours(24))
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
