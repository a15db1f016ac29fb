// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Decides how many machines the fleet should have, within a budget that counts what is on its way.
///
/// Two loops: every few minutes a forecast of the demand over the time that a machine needs to start,
/// and every few seconds a look at the queue, with panic when the demand doubles. Latency is only a
/// guard: it blocks scaling down, and asks for one machine more when it has been missed twice. What is
/// missing is waited for. Sources of the rules: Kubernetes HPA, Knative KPA, NVIDIA Dynamo's planner.
///
/// It is a value that steps and sees observations that are seconds old, never the fleet itself.
public struct CostAwareAutoscaler: Sendable {
  /// Something that happened.
  public enum Event: Equatable, Sendable {
    /// A scrape came.
    case observed(FleetObservation)
    /// A scrape failed.
    case missed
  }

  /// Something to be done.
  public enum Effect: Equatable, Sendable {
    /// Have so many machines, and the reason.
    case decide(ScaleDecision)
    /// Give up so much, and nothing beyond it.
    case degrade(DegradationStep)
    /// The reference design's way out: larger batches, a cache and routing, never undone.
    case optimizeAggressively
  }

  /// What it was told at its start.
  public let configuration: Configuration
  var target: Int
  var floor: Int
  var floorDue = Instant(nanoseconds: .min)
  /// What was seen in the longest window that anything looks back to.
  var history: DemandHistory
  var panic = PanicWindow()
  var lateLooks = 0
  var misses = 0
  var mayShrinkAt = Instant(nanoseconds: .min)
  var step = DegradationStep.none
  var stepSince = Instant(nanoseconds: .min)
  var pace: BudgetPace?
  /// The machines, ready or starting, that were last seen, and when that was true.
  var present = 0
  var seenAt: Instant?

  /// An autoscaler of a fleet that has so many machines; its fewest when it is not told.
  public init(_ configuration: Configuration, machines: Int? = nil) {
    self.configuration = configuration
    target = machines ?? configuration.minimum
    floor = configuration.minimum
    let longest = max(configuration.scaleDownWindow, configuration.startTime)
    history = DemandHistory(
      capacity: Int(longest.nanoseconds / max(1, configuration.period.nanoseconds)) + 2)
    pace = configuration.monthlyBudget.map { BudgetPace(monthly: $0) }
  }

  /// Takes in one event and appends what is to be done about it.
  ///
  /// - Complexity: O(looks in the longest window).
  public mutating func step(
    _ event: Event, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    switch event {
    case .missed:
      miss(at: now, into: &effects)
    case .observed(let seen):
      guard configuration.rule == .production else {
        stepAsReference(seen, at: now, into: &effects)
        return
      }
      // A scrape that overtook a later one tells nothing new.
      if let seenAt, seen.time < seenAt { return }
      seenAt = seen.time
      pace?.observe(rate: seen.committedRate, at: now)
      present = seen.readyMachines + seen.startingMachines
      let isStale = (now - seen.time).nanoseconds > configuration.period.nanoseconds * 3
      guard let wait = seen.queueWait, !isStale else {
        miss(at: now, into: &effects)
        return
      }
      misses = 0
      look(seen, wait: wait, at: now, into: &effects)
    }
  }

  /// Holds; when metrics stay away, at what there is if that is more than what was wanted.
  ///
  /// KEDA's `fallback` with `currentReplicasIfHigher` (kedacore/keda-docs, ScaledObject specification).
  private mutating func miss(at now: Instant, into effects: inout EffectBuffer<Effect>) {
    misses += 1
    let kept = min(present, configuration.maximum)
    guard configuration.rule == .production, misses == configuration.toleratedMisses, kept > target
    else { return }
    effects.append(
      .decide(
        ScaleDecision(time: now, desired: target, granted: kept, reason: .hold, denial: nil)))
    target = kept
  }

  /// How many scrapes in a row have failed or lacked a metric; meanwhile the target stays.
  public var missedLooks: Int { misses }

  // MARK: Production

  private mutating func look(
    _ seen: FleetObservation, wait: TimeSpan, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    let rate = seen.engineRate.perSecond
    // Machines that are slower or faster than the common type count for what they do.
    var unit = 1.0
    if let effective = seen.effectiveMachines, effective > 0, seen.readyMachines > 0 {
      unit = effective / Double(seen.readyMachines)
    }
    // Worked out once: a method that reads the settings would copy all of them at each call.
    let safe = configuration.throughput * unit * configuration.safeUtilization
    let fewest = configuration.minimum
    func machines(for rate: Double) -> Int {
      let needed = safe > 0 ? (rate / safe).rounded(.up) : 0
      return max(fewest, Int(min(needed, 1e6)))
    }
    if now >= floorDue {
      floor = machines(for: forecast(rate, at: now))
      floorDue = now + configuration.floorPeriod
    }
    var desired = max(floor, machines(for: rate))
    var reason = desired > configuration.minimum ? ScaleDecision.Reason.demand : .minimum
    let recent = history.rates(within: .seconds(6), at: now, and: rate)
    let shortTerm = machines(for: recent.sum / recent.count)
    if let panicked = panic.desired(ready: seen.readyMachines, shortTerm: shortTerm, at: now),
      panicked > desired
    {
      (desired, reason) = (panicked, .panic)
    }
    let present = seen.readyMachines + seen.startingMachines
    if wait > configuration.longestQueueWait, seen.startingMachines == 0, present + 1 > desired {
      (desired, reason) = (present + 1, .queue)
    }
    let isLate = (seen.p99 ?? .zero) > configuration.latencyTarget
    lateLooks = isLate ? lateLooks + 1 : 0
    if lateLooks >= 2, seen.startingMachines == 0, present + 1 > desired {
      (desired, reason) = (present + 1, .latency)
    }
    history.remember(DemandHistory.Demand(time: now, rate: rate, desired: desired))
    let denial = settle(desired, reason, seen, at: now, into: &effects)
    degrade(
      isDenied: denial == .budget || denial == .pace,
      isLate: isLate || wait > configuration.longestQueueWait,
      seen, at: now, into: &effects)
  }

  /// The rate that is to be expected when a machine that is launched now is ready: what the last such
  /// time added is added again.
  private func forecast(_ rate: Double, at now: Instant) -> Double {
    guard let oldest = history.oldest(within: configuration.startTime, at: now) else { return rate }
    let rise = (rate - oldest.rate) / (now - oldest.time).inSeconds
    return rate + max(0, rise) * configuration.startTime.inSeconds
  }

  /// Moves the target towards what is wanted as far as budget and patience allow.
  private mutating func settle(
    _ desired: Int, _ reason: ScaleDecision.Reason, _ seen: FleetObservation, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) -> ScaleDecision.Denial? {
    let wanted = min(desired, configuration.maximum)
    var denial: ScaleDecision.Denial? = desired > wanted ? .maximum : nil
    var granted = target
    if wanted > target {
      let hourly = affordableMachines(seen, within: configuration.budget)
      let paced = pace.map { affordableMachines(seen, within: $0.limit(at: now)) } ?? hourly
      granted = target + min(wanted - target, hourly, paced)
      if granted < wanted { denial = paced < hourly ? .pace : .budget }
    } else if wanted < target {
      granted = shrunk(to: wanted, seen, at: now)
    }
    guard granted != target || denial == .budget || denial == .pace else { return denial }
    if granted < target { mayShrinkAt = now + configuration.scaleDownPeriod }
    let isNews = granted != target
    target = granted
    if isNews || denial != nil {
      effects.append(
        .decide(
          ScaleDecision(
            time: now, desired: desired, granted: granted, reason: reason, denial: denial)))
    }
    return denial
  }

  /// How many more machines the budget pays at the price that the dearest may cost.
  ///
  /// Machines that were wanted before and nobody has asked for yet, such as those that wait out a
  /// back-off, will cost too; those on their way are in the committed rate already.
  private func affordableMachines(
    _ seen: FleetObservation, within budget: HourlyPrice
  ) -> Int {
    let worst = configuration.worstPrice.nanodollarsPerHour
    guard worst > 0 else { return .max / 2 }
    let awaited = max(0, target - seen.readyMachines - seen.startingMachines)
    let free = budget.nanodollarsPerHour - seen.committedRate.nanodollarsPerHour
    return max(0, Int(max(0, free) / worst) - awaited)
  }

  /// One step down, or a tenth, when the highest demand of the window allows it and latency is well
  /// inside its target.
  private func shrunk(to wanted: Int, _ seen: FleetObservation, at now: Instant) -> Int {
    guard now >= mayShrinkAt else { return target }
    let highest = history.mostDesired(
      within: configuration.scaleDownWindow, at: now, butAtLeast: wanted)
    guard highest < target else { return target }
    let guardLine = configuration.latencyTarget.inSeconds * 0.8
    guard let p99 = seen.p99, p99.inSeconds < guardLine else { return target }
    let lowest = HorizontalScaling.lowestAfterPeriod(
      of: target, pods: 1, share: Share(billionths: 100_000_000))
    return max(highest, lowest, configuration.minimum)
  }

  /// One step down the ladder for every minute of missed targets without money; one up for every
  /// minute without.
  private mutating func degrade(
    isDenied: Bool, isLate: Bool, _ seen: FleetObservation, at now: Instant,
    into effects: inout EffectBuffer<Effect>
  ) {
    let dwell = TimeSpan.seconds(60)
    let isBad = isDenied && isLate
    let isGood =
      !isLate && (seen.p99 ?? .zero).inSeconds < configuration.latencyTarget.inSeconds * 0.8
    let next = isBad ? step.rawValue + 1 : isGood ? step.rawValue - 1 : step.rawValue
    guard let changed = DegradationStep(rawValue: next), changed != step else { return }
    guard stepSince.nanoseconds == .min || now - stepSince >= dwell else { return }
    step = changed
    stepSince = now
    effects.append(.degrade(changed))
  }

  // MARK: The reference design

  /// One tick of `CostAwareAutoscaler.scale_decision`: the cost is never counted, and nothing ends.
  ///
  /// What it leaves open, how many machines a latency needs, is taken as ready × (p99 ÷ target - 1).
  private mutating func stepAsReference(
    _ seen: FleetObservation, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    // Without traffic the metric is 0, which is below the band.
    let p99 = (seen.p99 ?? .zero).inSeconds
    let goal = configuration.latencyTarget.inSeconds
    if p99 > goal * 1.2 {
      let wanted = (Double(seen.readyMachines) * (p99 / goal - 1)).rounded(.up)
      let need = max(1, Int(min(wanted, 1e6)))
      let cost = Int128(need) * Int128(configuration.spotPrice.nanodollarsPerHour)
      if cost <= configuration.budget.nanodollarsPerHour {
        move(to: min(configuration.maximum, target + need), at: now, into: &effects)
      } else {
        effects.append(.optimizeAggressively)
      }
    } else if p99 < goal * 0.7 {
      move(to: max(0, target - 1), at: now, into: &effects)
    }
  }

  private mutating func move(
    to machines: Int, at now: Instant, into effects: inout EffectBuffer<Effect>
  ) {
    guard machines != target else { return }
    target = machines
    effects.append(
      .decide(
        ScaleDecision(
          time: now, desired: machines, granted: machines, reason: .reference, denial: nil)))
  }
}
