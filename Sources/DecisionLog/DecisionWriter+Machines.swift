// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

extension DecisionWriter {
  /// A step of the spot manager, which is asked for its reasons.
  public mutating func write(
    _ event: SpotManager.Event, at now: Instant, _ effects: [SpotManager.Effect],
    by manager: SpotManager
  ) {
    switch event {
    case .adopted(let machine, let pool):
      begin(LoggedEvent.Spot.adopted, at: now)
      line.field("machine", machine.index)
      line.field("pool", pool.index)
    case .started: begin(LoggedEvent.Spot.started, at: now)
    case .target(let machines):
      begin(LoggedEvent.Spot.target, at: now)
      line.field("machines", machines)
    case .scheduled(let pool, let minimum, let maximum):
      begin(LoggedEvent.Spot.scheduled, at: now)
      line.field("pool", pool.index)
      line.field("minimum", minimum)
      line.field("maximum", maximum)
    case .launched(let launch, let machine):
      begin(LoggedEvent.Spot.launched, at: now)
      line.field("launch", launch.index)
      line.field("machine", machine.index)
    case .launchFailed(let launch, let failure):
      begin(LoggedEvent.Spot.launchFailed, at: now)
      line.field("launch", launch.index)
      line.field("why", failure.rawValue)
    case .ready(let machine):
      begin(LoggedEvent.Spot.ready, at: now)
      line.field("machine", machine.index)
    case .rebalanceRecommended(let machine):
      begin(LoggedEvent.Spot.rebalanceRecommended, at: now)
      line.field("machine", machine.index)
    case .noticed(let machine, let deadline):
      begin(LoggedEvent.Spot.noticed, at: now)
      line.field("machine", machine.index)
      line.field("deadline", deadline)
    case .found(let machine, let found):
      begin(LoggedEvent.Spot.found, at: now)
      line.field("machine", machine.index)
      write(found)
    case .priced(let pool, let price):
      begin(LoggedEvent.Spot.priced, at: now)
      line.field("pool", pool.index)
      line.field("price_nanodollars_per_hour", price.nanodollarsPerHour)
    case .unhealthy(let machine):
      begin(LoggedEvent.Spot.unhealthy, at: now)
      line.field("machine", machine.index)
    case .gone(let machine):
      begin(LoggedEvent.Spot.gone, at: now)
      line.field("machine", machine.index)
    case .wake: begin(LoggedEvent.Spot.wake, at: now)
    }
    line.key("decision")
    line.begin("[")
    for effect in effects { write(effect, by: manager) }
    line.end("]")
    line.endLine()
  }

  private mutating func write(_ found: FoundMachine) {
    line.field("pool", found.pool.index)
    switch found.standing {
    case .starting: line.field("standing", "starting")
    case .ready: line.field("standing", "ready")
    case .atRisk: line.field("standing", "at_risk")
    case .noticed(let deadline):
      line.field("standing", "noticed")
      line.field("deadline", deadline)
    case .draining: line.field("standing", "draining")
    }
    line.field("is_fallback", found.isFallback)
    line.field("since", found.since)
  }

  private mutating func write(_ effect: SpotManager.Effect, by manager: SpotManager) {
    line.begin()
    switch effect {
    case .launch(let launch, let pool):
      line.field("do", "launch")
      line.field("launch", launch.index)
      line.field("pool", pool.index)
      line.field("because", manager.reason(of: launch)?.rawValue ?? "")
    case .cancel(let launch):
      line.field("do", "cancel")
      line.field("launch", launch.index)
      line.field("because", "surplus")
    case .cordon(let machine):
      line.field("do", "cordon")
      line.field("machine", machine.index)
      line.field("because", "noticed")
    case .avoid(let machine):
      line.field("do", "avoid")
      line.field("machine", machine.index)
      line.field("because", "atRisk")
    case .evacuate(let machine):
      line.field("do", "evacuate")
      line.field("machine", machine.index)
      let isUnhealthy = manager.releaseReason(of: machine) == .unhealthy
      line.field("because", isUnhealthy ? "unhealthy" : "deadline")
    case .release(let machine):
      line.field("do", "release")
      line.field("machine", machine.index)
      // A machine of a launch that nobody knows is released without being taken note of.
      let reason = manager.releaseReason(of: machine) ?? .unasked
      line.field("because", reason.rawValue)
    case .wake(let time):
      line.field("do", "wake")
      line.field("at", time)
    }
    line.end()
  }

  /// A step of the autoscaler.
  public mutating func write(
    _ event: CostAwareAutoscaler.Event, at now: Instant, _ effects: [CostAwareAutoscaler.Effect]
  ) {
    switch event {
    case .missed: begin(LoggedEvent.Autoscaler.missed, at: now)
    case .observed(let seen):
      begin(LoggedEvent.Autoscaler.observed, at: now)
      line.field("true_at", seen.time)
      line.field("engine_nanohertz", seen.engineRate.nanoPerSecond)
      line.field("queue_wait_ns", seen.queueWait?.nanoseconds)
      line.field("p99_ns", seen.p99?.nanoseconds)
      line.field("ready", seen.readyMachines)
      line.field("starting", seen.startingMachines)
      line.field("committed_nanodollars_per_hour", seen.committedRate.nanodollarsPerHour)
      line.key("effective")
      if let effective = seen.effectiveMachines { line.value(effective) } else { line.null() }
    }
    line.key("decision")
    line.begin("[")
    for effect in effects {
      line.begin()
      switch effect {
      case .decide(let decision):
        line.field("do", "scale")
        line.field("desired", decision.desired)
        line.field("granted", decision.granted)
        line.field("because", decision.reason.rawValue)
        line.key("denied_by")
        if let denial = decision.denial { line.value(denial.rawValue) } else { line.null() }
      case .degrade(let step):
        line.field("do", "degrade")
        line.field("to", step.logged)
      case .optimizeAggressively: line.field("do", "optimize_aggressively")
      }
      line.end()
    }
    line.end("]")
    line.endLine()
  }
}
