// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Policies
import Quantities
import Recording
import Scenario
import Serving
import Workload

extension Replication where Engine: ~Copyable {
  /// Lets the autoscaler look at the scrape before this one, and takes the next.
  ///
  /// What it sees is one period old, as a scrape is. Where requests run, it is what they met since the last
  /// scrape, or within a minute where few came; elsewhere it is the fluid limit: the rate of arrivals against
  /// the throughput of the machines that serve, and the queue that this leaves.
  mutating func autoscale() {
    let seen = scaling.lastScrape
    scaling.lastScrape = observe()
    let isEnough = scaling.scrape.answered >= Self.fewestAnswers
    if requests.areArriving && isEnough { noteEngineShare() }
    if !requests.areArriving || isEnough || now - scaling.scrapeBegan >= .minutes(1) {
      scaling.scrape.reset()
      scaling.scrapeBegan = now
    }
    if let seen {
      scaling.effects.removeAll()
      scaling.autoscaler?.step(.observed(seen), at: now, into: &scaling.effects)
      if logsMachines { path.log?.write(.observed(seen), at: now, scaling.effects.effects) }
      for effect in scaling.effects.effects { carryOut(effect) }
    }
    events.schedule(.autoscale, at: now + scaling.period, .policy)
  }

  private mutating func carryOut(_ effect: CostAwareAutoscaler.Effect) {
    switch effect {
    case .decide(let decision):
      tell(.target(machines: decision.granted))
      if decision.denial == .budget || decision.denial == .pace { scaling.budgetDenials += 1 }
      if now >= .start && now < horizonEnd {
        journal.series.append(
          SeriesPoint(
            time: now, name: "machines_target", pool: "", value: Double(decision.granted)))
      }
    case .degrade(let step):
      path.degraded(to: step, at: now)
      scaling.highestDegradation = max(scaling.highestDegradation, step)
    case .optimizeAggressively:
      // The design's way out: batches up to the largest that was measured. Cache and routing are on.
      engine.enlargeBatches()
      scaling.reachedForLargerBatches = true
    }
  }

  /// What a scrape says now.
  ///
  /// This and what it asks change nothing, and say that they may: the compiler would copy the whole simulation
  /// for a method that does not, every few seconds of a month.
  private mutating func observe() -> FleetObservation {
    var ready = 0
    var effective = 0.0
    for pool in scenario.fleet.pools.indices {
      ready += cloud.places.serving(in: pool)
      effective += Double(cloud.places.serving(in: pool)) * scaling.effectiveness[pool]
    }
    let starting = cloud.launches.unanswered + cloud.places.starting
    var seen = FleetObservation(
      time: now, engineRate: .zero, queueWait: nil, p99: nil, readyMachines: ready,
      startingMachines: starting, committedRate: committedRate())
    if effective != Double(ready) { seen.effectiveMachines = effective }
    let since = now - scaling.scrapeBegan
    if requests.areArriving
      && (scaling.scrape.answered >= Self.fewestAnswers || since >= .minutes(1)),
      scaling.scrape.answered > 0
    {
      seen.engineRate = Rate(
        roundingPerSecond: min(busiestRate() / since.inSeconds, Rate.most))
      seen.queueWait = scaling.scrape.meanWait
      seen.p99 = scaling.scrape.p99
    } else {
      let rate = offeredRate() * fluid.engineShare
      seen.engineRate = Rate(roundingPerSecond: rate * costOfMix)
      if requests.areArriving { noteQueues() } else { advanceFluid() }
      let times = fluid.limit.times(rate: rate)
      (seen.queueWait, seen.p99) = (times.wait, times.p99)
    }
    return seen
  }

  /// Requests a second that arrive now.
  private mutating func offeredRate() -> Double {
    if now >= fluid.offered.until { fluid.offered = scenario.workload.rate(at: now) }
    return fluid.offered.rate.perSecond
  }

  /// Below so many answers between two scrapes their percentile says little.
  private static var fewestAnswers: UInt32 { 200 }

  /// Requests sent, of the model whose replicas they keep busiest, in requests of the strongest model.
  private mutating func busiestRate() -> Double {
    let cost = scenario.policies.autoscaling?.costOfModel ?? []
    var most = 0.0
    for model in cost.indices {
      most = max(most, Double(scaling.scrape.sent(to: model)) * cost[model])
    }
    return most
  }

  /// What a request of the mix takes of the busiest model's replicas, in requests of the strongest model.
  private var costOfMix: Double {
    let cost = scenario.policies.autoscaling?.costOfModel ?? []
    return cost.indices.reduce(0) { max($0, cost[$1] * fluid.limit.share(of: $1)) }
  }

  /// Remembers what part of the arrivals reaches replicas: what cache and flights leave.
  private mutating func noteEngineShare() {
    let expected = offeredRate() * (now - scaling.scrapeBegan).inSeconds * costOfMix
    guard expected > 0 else { return }
    let share = min(1, busiestRate() / expected)
    // An exponential mean over about a hundred scrapes.
    fluid.engineShare += (share - fluid.engineShare) / 100
  }

  /// What all machines and open launches cost an hour, these at the dearest market they may end on.
  private mutating func committedRate() -> HourlyPrice {
    guard let scaling = scenario.policies.autoscaling else {
      return HourlyPrice(nanodollarsPerHour: 0)
    }
    var rate =
      Int64(cloud.launches.unanswered) * scaling.configuration.worstPrice.nanodollarsPerHour
    var covered = scaling.committedMachines
    rate += scaling.commitmentRate.nanodollarsPerHour
    for pool in scenario.fleet.pools.indices {
      var machines = cloud.places.held(in: pool)
      if scenario.fleet.pools[pool].cloud.market == .onDemand {
        let free = min(machines, covered)
        machines -= free
        covered -= free
      }
      guard machines > 0 else { continue }
      let position = scenario.fleet.pools[pool].cloud.prices.position(at: now)
      let price = scenario.fleet.pools[pool].cloud.prices.changes[position].price
      rate += Int64(machines) * price.nanodollarsPerHour
    }
    return HourlyPrice(nanodollarsPerHour: rate)
  }
}
