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
    let seen = lastScrape
    lastScrape = observe()
    let isEnough = scrape.answered >= Self.fewestAnswers
    if acceptsArrivals && isEnough { noteEngineShare() }
    if !acceptsArrivals || isEnough || now - scrapeBegan >= .minutes(1) {
      scrape.reset()
      scrapeBegan = now
    }
    if let seen {
      scalingEffects.removeAll()
      autoscaler?.step(.observed(seen), at: now, into: &scalingEffects)
      if logsMachines { path.log?.write(.observed(seen), at: now, scalingEffects.effects) }
      for effect in scalingEffects.effects { carryOut(effect) }
    }
    events.schedule(.autoscale, at: now + scalingPeriod, .policy)
  }

  private mutating func carryOut(_ effect: CostAwareAutoscaler.Effect) {
    switch effect {
    case .decide(let decision):
      tell(.target(machines: decision.granted))
      if decision.denial == .budget || decision.denial == .pace { budgetDenials += 1 }
      if now >= .start && now < horizonEnd {
        series.append(
          SeriesPoint(
            time: now, name: "machines_target", pool: "", value: Double(decision.granted)))
      }
    case .degrade(let step):
      path.degraded(to: step, at: now)
      highestDegradation = max(highestDegradation, step)
    case .optimizeAggressively:
      // The design's way out: batches up to the largest that was measured. Cache and routing are on.
      engine.enlargeBatches()
      reachedForLargerBatches = true
    }
  }

  /// What a scrape says now.
  ///
  /// This and what it asks change nothing, and say that they may: the compiler would copy the whole simulation
  /// for a method that does not, every few seconds of a month.
  private mutating func observe() -> FleetObservation {
    var ready = 0
    var effective = 0.0
    for pool in scenario.pools.indices {
      ready += places.serving(in: pool)
      effective += Double(places.serving(in: pool)) * effectiveness[pool]
    }
    let starting = pendingLaunches + places.starting
    var seen = FleetObservation(
      time: now, engineRate: .zero, queueWait: nil, p99: nil, readyMachines: ready,
      startingMachines: starting, committedRate: committedRate())
    if effective != Double(ready) { seen.effectiveMachines = effective }
    let since = now - scrapeBegan
    if acceptsArrivals && (scrape.answered >= Self.fewestAnswers || since >= .minutes(1)),
      scrape.answered > 0
    {
      seen.engineRate = Rate(
        roundingPerSecond: min(busiestRate() / since.inSeconds, Rate.most))
      seen.queueWait = scrape.meanWait
      seen.p99 = scrape.p99
    } else {
      let rate = offeredRate() * engineShare
      seen.engineRate = Rate(roundingPerSecond: rate * costOfMix)
      if acceptsArrivals { noteQueues() } else { advanceFluid() }
      let times = fluid.times(rate: rate)
      (seen.queueWait, seen.p99) = (times.wait, times.p99)
    }
    return seen
  }

  /// Requests a second that arrive now.
  private mutating func offeredRate() -> Double {
    if now >= offered.until { offered = scenario.workload.rate(at: now) }
    return offered.rate.perSecond
  }

  /// Below so many answers between two scrapes their percentile says little.
  private static var fewestAnswers: UInt32 { 200 }

  /// Requests sent, of the model whose replicas they keep busiest, in requests of the strongest model.
  private mutating func busiestRate() -> Double {
    let cost = scenario.autoscaling?.costOfModel ?? []
    var most = 0.0
    for model in cost.indices { most = max(most, Double(scrape.sent(to: model)) * cost[model]) }
    return most
  }

  /// What a request of the mix takes of the busiest model's replicas, in requests of the strongest model.
  private var costOfMix: Double {
    let cost = scenario.autoscaling?.costOfModel ?? []
    return cost.indices.reduce(0) { max($0, cost[$1] * fluid.share(of: $1)) }
  }

  /// Remembers what part of the arrivals reaches replicas: what cache and flights leave.
  private mutating func noteEngineShare() {
    let expected = offeredRate() * (now - scrapeBegan).inSeconds * costOfMix
    guard expected > 0 else { return }
    let share = min(1, busiestRate() / expected)
    // An exponential mean over about a hundred scrapes.
    engineShare += (share - engineShare) / 100
  }

  /// What all machines and open launches cost an hour, these at the dearest market they may end on.
  private mutating func committedRate() -> HourlyPrice {
    guard let scaling = scenario.autoscaling else { return HourlyPrice(nanodollarsPerHour: 0) }
    var rate = Int64(pendingLaunches) * scaling.configuration.worstPrice.nanodollarsPerHour
    var covered = scaling.committedMachines
    rate += scaling.commitmentRate.nanodollarsPerHour
    for pool in scenario.pools.indices {
      var machines = places.held(in: pool)
      if scenario.pools[pool].cloud.market == .onDemand {
        machines -= min(machines, covered)
        covered -= places.held(in: pool) - machines
      }
      guard machines > 0 else { continue }
      let position = scenario.pools[pool].cloud.prices.position(at: now)
      let price = scenario.pools[pool].cloud.prices.changes[position].price.nanodollarsPerHour
      rate += Int64(machines) * price
    }
    return HourlyPrice(nanodollarsPerHour: rate)
  }
}
