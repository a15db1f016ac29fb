// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import Quantities
import RandomStreams
import Recording
import ReplicaModel
import Scenario
import Serving

extension Replication where Engine: ~Copyable {
  /// Puts the record together and checks every law of conservation.
  consuming func finish(replication: Int) throws -> ReplicationRecord {
    reachHorizon()
    var record = ReplicationRecord(replication: replication, edges: scenario.latencyEdges)
    noteReplicaUse()
    endWindow()
    let weights = weigh(&record)
    record.sections = meter.sections.sections(&meter.recorder, weights: weights)
    record.sample = meter.plan?.finished()
    record.promptTokens = TokenCount(meter.recorder.promptTokens)
    record.outputTokens = TokenCount(meter.recorder.outputTokens)
    record.billedTime = scenario.run.horizon
    let billing = billing()
    let rentals = cloud.machines.map(\.rental)
    let workload = scenario.workload
    let bill = try billing.bill(for: rentals, answeredTokens: answeredTokens(record)) {
      workload.expectedRequests(from: $0.lowerBound, for: $0.upperBound - $0.lowerBound)
    }
    record.invoice = bill.invoice
    record.charges = bill.charges
    tallyMachines(&record)
    tallyPolicies(&record)
    tallyDraws(&record)
    allocateCosts(&record, weights: weights)
    record.fleetEvents = journal.fleetEvents
    record.series = journal.series + meter.recorder.series(from: meter.minuteOrigin)
    let work = engine.work(at: now)
    record.batches = work.batches
    record.batchedRequests = work.batchedRequests
    record.batchesOutsideMeasurements = work.batchesOutsideMeasurements
    tallyTokens(work, &record, weights: weights)
    let account = (engineTime.atEnd ?? currentTime()) - engineTime.atStart
    record.busyTime = account.busy
    record.idleTime = account.idle
    record.simulatedRequests = requests.simulated
    record.migrations = path.handOvers
    record.workloadDigest = requests.digest
    try hold(
      work.tokens?.isStuck != true, "an engine goes on while it holds requests",
      "an engine that cannot")
    try hold(
      engine.conservation == nil, "the requests, tokens and blocks of every engine add up",
      engine.conservation ?? "")
    try checkRequests(record)
    try checkPolicies()
    try checkTime(account)
    try checkInvoice(record, billed: billing.machineTime(of: rentals))
    return record
  }

  /// The billing of this replication, with the prices that were drawn for it.
  private borrowing func billing() -> Billing {
    scenario.billing(
      of: scenario.fleet.pools.map { pool in
        guard let law = pool.cloud.priceLaw else { return pool.cloud }
        let entity = entityNumber(of: pool.cloud.name)
        return pool.cloud.priced(
          at: law.series(
            over: scenario.run.horizon, wander: cloud.stream(.price, entity),
            shots: cloud.stream(.priceJumps, entity)))
      })
  }

  /// Puts the strata together: each stands for all the time of its kind.
  private mutating func weigh(_ record: inout ReplicationRecord) -> [UInt64] {
    var weights: [UInt64] = [1]
    switch scenario.run.requests {
    case .once(let window):
      record.measuredTime = window.length
    case .sampled:
      record.measuredTime = scenario.run.horizon
      record.weightUnit = WindowPlan.unit
      weights = meter.plan?.weights ?? [WindowPlan.unit]
    }
    record.requests = meter.recorder.counts
    if Engine.knowsTokens {
      let none = record.times.latency
      record.times.tokens = (none, none, none)
    }
    var answeredTokens = Int128(0)
    var answeredBy = [UInt64](repeating: 0, count: meter.recorder.cells)
    var good = [UInt64](repeating: 0, count: meter.limits.count)
    for (number, weight) in weights.enumerated() {
      let stratum = meter.recorder.stratum(number)
      record.weighted.add(stratum.counts, times: weight)
      record.times = record.times.joined(stratum.times) {
        var sum = $0
        sum.merge($1, times: weight)
        return sum
      }
      answeredTokens += Int128(stratum.answeredTokens) * Int128(weight)
      answeredBy = zip(answeredBy, stratum.answeredBy).map { $0 + $1 * weight }
      good = zip(good, stratum.good).map { $0 + $1 * weight }
    }
    record.tallies.append(Tally(name: "answered_tokens", label: "", value: answeredTokens))
    for (limits, count) in zip(meter.limits, good) {
      record.tallies.append(Tally(name: "goodput", label: "\(limits)", value: Int128(count)))
    }
    let classes = scenario.workload.mix.classNames
    for (cell, count) in answeredBy.enumerated() where count > 0 {
      let model = scenario.fleet.models[cell / classes.count].name
      record.tallies.append(
        Tally(
          name: "answered", label: "\(model)/\(classes[cell % classes.count])",
          value: Int128(count)))
    }
    for (stratum, weight) in weights.enumerated() {
      let (offered, available) = meter.recorder.minutes(of: stratum)
      record.sampledMinutes += offered
      record.minutes += offered * weight
      record.minutesAvailable += available * weight
    }
    return weights
  }

  /// For how long places were up, machines were rented and machines served, by pool, in the horizon.
  private mutating func tallyMachines(_ record: inout ReplicationRecord) {
    let end = horizonEnd
    func inside(_ from: Instant, _ to: Instant) -> Int128 {
      Int128(max(0, (min(to, end) - max(from, .start)).nanoseconds))
    }
    var sums = scenario.fleet.pools.map { _ in (up: Int128(0), rented: Int128(0), served: Int128(0))
    }
    for index in cloud.places.indices {
      cloud.places.countUpTime(index, until: end, horizon: end)
      sums[cloud.places[index].pool].up += Int128(cloud.places[index].upTime.nanoseconds)
    }
    for machine in cloud.machines {
      sums[machine.rental.pool].rented += inside(machine.rental.from, machine.rental.to)
      if let from = machine.servesFrom {
        // Until it is given or taken back, or its requests were moved away before that.
        let to = min(machine.closedAt ?? .never, machine.rental.to)
        sums[machine.rental.pool].served += inside(from, to)
      }
    }
    for (pool, sum) in zip(scenario.fleet.pools, sums) {
      let values = [("place_up_ns", sum.up), ("rented_ns", sum.rented), ("serving_ns", sum.served)]
      for (name, value) in values {
        record.tallies.append(Tally(name: name, label: pool.cloud.name, value: value))
      }
    }
    let spot = ServingCounts(
      cloud.machines.filter { scenario.fleet.pools[$0.rental.pool].cloud.market == .spot },
      until: end)
    record.tallies += [
      Tally(name: "without_spot_ns", label: "", value: Int128(spot.times[0].nanoseconds)),
      Tally(name: "all_spot_lost", label: "", value: Int128(spot.losses)),
    ]
    for (count, time) in ServingCounts(cloud.machines, until: end).times.enumerated()
    where time > .zero {
      record.tallies.append(
        Tally(name: "serving_count_ns", label: "\(count)", value: Int128(time.nanoseconds)))
    }
  }

  /// A digest of when requests come, how long they are and what they ask, at times spread over the horizon:
  /// equal where the same are drawn, whatever was done with them and in whatever windows.
  private mutating func streamDigest() -> UInt64 {
    var digest: UInt64 = 0
    guard requests.areSimulated else { return digest }
    for part in 0..<Int64(16) {
      let time = Instant.start + TimeSpan(nanoseconds: scenario.run.horizon.nanoseconds / 16 * part)
      // From the middle of a cell all that come before would be drawn too.
      requests.source.restart(at: requests.source.cellStart(at: time))
      for _ in 0..<16 where requests.source.nextTime != .never {
        let request = requests.source.take()
        let lengths = UInt64(request.promptTokens) << 32 | UInt64(request.outputTokens)
        let time = UInt64(bitPattern: request.time.nanoseconds)
        digest = mixed(mixed(digest ^ time) ^ mixed(lengths) ^ request.contentID)
      }
    }
    return digest
  }

  /// What the policies met that no outcome of a request shows.
  private mutating func tallyPolicies(_ record: inout ReplicationRecord) {
    for (pool, digest) in zip(scenario.fleet.pools, cloud.capacityDigests) {
      record.tallies.append(
        Tally(
          name: "capacity_digest", label: pool.cloud.name,
          value: Int128(Int64(bitPattern: digest))))
    }
    var counts = [("stream_digest", Int64(bitPattern: streamDigest()))]
    if let budget = path.budget {
      counts.append(("budget_refusals", budget.refusals))
      counts.append(("charged", budget.charged.nanodollars))
    }
    if requests.store.isUsed {
      counts.append(("cache_evictions", Int64(requests.store.cache.evictions)))
    }
    if scaling.isOn {
      counts.append(("budget_denials", scaling.budgetDenials))
      counts.append(("highest_degradation", Int64(scaling.highestDegradation.rawValue)))
      counts.append(("larger_batches", scaling.reachedForLargerBatches ? 1 : 0))
    }
    for (name, value) in counts {
      record.tallies.append(Tally(name: name, label: "", value: Int128(value)))
    }
  }

  /// What engines did with tokens while requests were measured, by weight.
  private borrowing func tallyTokens(
    _ work: EngineWork, _ record: inout ReplicationRecord, weights: [UInt64]
  ) {
    guard let tokens = work.tokens else { return }
    for (position, count) in tokens.counts.enumerated() {
      let value = zip(engineTime.use, weights).reduce(Int128(0)) { sum, part in
        part.0.tokens.isEmpty ? sum : sum + part.0.tokens[position] * Int128(part.1)
      }
      record.tallies.append(Tally(name: count.name, label: "", value: value))
    }
    record.tallies.append(Tally(name: "too_long", label: "", value: Int128(requests.tooLong)))
  }

  /// What was drawn, and the order statistics of requests where no draw reaches them.
  ///
  /// Of requests it follows from their laws what is drawn; policies that never ask leave some of it unused.
  private mutating func tallyDraws(_ record: inout ReplicationRecord) {
    for pool in scenario.fleet.pools where pool.cloud.priceLaw != nil { journal.draws.note(.price) }
    if case .sampled = scenario.run.requests { journal.draws.note(.windows) }
    for purpose in scenario.workload.purposes(isAsked: !scenario.policies.requests.areTrivial) {
      journal.draws.note(purpose)
    }
    if requests.store.isUsed && scenario.workload.mix.catalogueCount > 0 {
      journal.draws.note(.cachePriming)
    }
    if requests.store.fixedHits != nil { journal.draws.note(.fixedHits) }
    if scenario.fleet.pools.contains(where: { $0.replicas.contains { $0.service.isRandom } }) {
      journal.draws.note(.serviceTime)
    }
    if scaling.isOn { journal.draws.requestsReachMachines = true }
    if !scenario.costs.egress.isEmpty { journal.draws.requestsReachBill = true }
    record.tallies.append(journal.draws.tally)
    if journal.draws.leaveRequests { tallyOrderStatistics(&record) }
  }

  /// The order statistics that measures and targets name; none where times are not kept.
  private mutating func tallyOrderStatistics(_ record: inout ReplicationRecord) {
    var asked: [(RequestTime, Share)] = []
    for time in RequestTime.allCases {
      asked += OrderStatistic.usualShares.map { (time, $0) }
    }
    for target in scenario.targets {
      if case .time(let time, .quantile(let share)) = target.measure { asked.append((time, share)) }
    }
    for (time, share) in asked {
      guard let times = meter.recorder.inOrder(time),
        let found = OrderStatistic(
          time, share, of: times, population: record.weighted.population(of: UInt64(times.count))),
        !record.tallies.contains(where: {
          $0.name == found.tally.name && $0.label == found.tally.label
        })
      else { continue }
      record.tallies.append(found.tally)
    }
  }

  /// The tokens of all answers up to the horizon: as many for each request that is expected as the
  /// measured ones had.
  private borrowing func answeredTokens(_ record: ReplicationRecord) -> Int128 {
    guard record.weighted.arrived > 0 else { return 0 }
    let offered = scenario.workload.expectedRequests(for: scenario.run.horizon)
    return record.tally("answered_tokens").scaled(
      by: Int128(offered), over: Int128(record.weighted.arrived))
  }

  private borrowing func checkRequests(_ record: ReplicationRecord) throws(ConservationError) {
    let ended = RequestOutcome.allCases.reduce(UInt64(0)) { $0 + record.requests[$1] }
    let onReplicas = (0..<engine.count).reduce(0) {
      $0 + engine.requestsHeld(by: $1) { $0.isMeasured }
    }
    let inFlight =
      onReplicas + path.countWaiting { $0.isMeasured } + requests.displaced.count { $0.isMeasured }
    try hold(
      record.requests.arrived == ended + UInt64(inFlight),
      "requests arrived = ended + held by replicas + waiting for another's call or a replica",
      "\(record.requests.arrived) arrived, \(ended) ended, \(inFlight) in flight")
    try hold(
      record.latency.count == record.weighted.answered,
      "every answered request has one latency",
      "\(record.weighted.answered) answered, \(record.latency.count) latencies, by weight")
    let outstanding = (0..<engine.count).reduce(0) { $0 + Int(path[ReplicaID($1)].outstanding) }
    let held = (0..<engine.count).reduce(0) { $0 + engine.requestsHeld(by: $1) }
    try hold(
      outstanding == held, "requests sent to replicas = requests that they hold",
      "\(outstanding) outstanding, \(held) held")
  }

  /// Every row belongs to a request that a replica holds, or that waits for another's call.
  private borrowing func checkPolicies() throws(ConservationError) {
    let used = path.kept
    let held =
      requests.displaced.count { $0.row >= 0 }
      + (0..<engine.count).reduce(0) { $0 + engine.requestsHeld(by: $1) { $0.row >= 0 } }
    try hold(
      held == used.alone + path.flightCount,
      "requests of policies on replicas, or between two = those alone + flights",
      "\(held) on replicas or between, \(used.alone) alone, \(path.flightCount) flights"
    )
    try hold(
      used.inFlights >= path.flightCount, "every flight has a request",
      "\(used.inFlights) requests in \(path.flightCount) flights")
  }

  /// busy + idle + overhead = rented, in lane time from the start to the horizon.
  private borrowing func checkTime(_ account: FleetTime) throws(ConservationError) {
    let rented = rentedTime()
    try hold(
      account.sum == rented, "busy + idle + overhead = rented lane time",
      "\(account.busy) + \(account.idle) + \(account.overhead) against \(rented)")
  }

  /// What the lines of machines say was held is what was rented, rounded by the rules of billing.
  private borrowing func checkInvoice(
    _ record: ReplicationRecord, billed: MachineTime
  ) throws(ConservationError) {
    var invoiced = MachineTime.zero
    for line in record.invoice where line.isMachineTime { invoiced += line.usage ?? .zero }
    var charged = MachineTime.zero
    for charge in record.charges where [.usage, .used].contains(charge.kind) {
      charged += charge.usage ?? .zero
    }
    let allocated = record.tallies.reduce(Int128(0)) {
      $1.name.hasPrefix("cost_") ? $0 + $1.value : $0
    }
    try hold(
      !requests.areSimulated || allocated == Int128(record.total.nanodollars),
      "workload + idle + overhead + the rest = the invoice",
      "\(allocated) nanodollars allocated, \(record.total.nanodollars) on the invoice")
    try hold(
      billed == invoiced, "machine time on the invoice = machine time billed",
      "\(invoiced) on the invoice, \(billed) billed")
    try hold(
      billed == charged, "machine time charged by the month = machine time billed",
      "\(charged) charged, \(billed) billed")
  }

  private borrowing func hold(
    _ condition: Bool, _ law: String, _ found: @autoclosure () -> String
  ) throws(ConservationError) {
    guard condition else { throw ConservationError(law: law, found: found()) }
  }
}

extension Scenario {
  /// The billing of this scenario's fleet, at the mean prices where prices are drawn.
  package var billing: Billing { billing(of: fleet.pools.map(\.cloud)) }

  /// The billing of the same pools at other prices.
  func billing(of pools: [PoolModel]) -> Billing {
    Billing(
      rules: costs.rules, pools: pools, commitments: costs.commitments, fixedCosts: costs.fixed,
      egress: costs.egress, start: run.start, horizon: run.horizon)
  }
}
