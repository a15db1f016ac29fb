// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities
import Scenario

/// The autoscaler with what it sees, and what it did.
struct ScalingControl: ~Copyable {
  var autoscaler: CostAwareAutoscaler?
  /// Whether there is one.
  let isOn: Bool
  /// What a machine of each pool does of what one of the common type does.
  let effectiveness: [Double]
  /// How often it looks.
  let period: TimeSpan
  /// What it sees next.
  var lastScrape: FleetObservation?
  /// What is counted since the last scrape.
  var scrape: ScrapeWindow
  /// Since when the scrape counts.
  var scrapeBegan: Instant
  /// Room for what it wants done.
  var effects = EffectBuffer<CostAwareAutoscaler.Effect>()
  /// How often it wanted more machines than its budget has room for.
  var budgetDenials: Int64 = 0
  /// The most that was ever given up.
  var highestDegradation = DegradationStep.none
  /// Whether it ever let batches grow beyond what they should be.
  var reachedForLargerBatches = false

  /// The autoscaler of a scenario; off where it has none.
  init(_ scenario: Scenario, at now: Instant) {
    isOn = scenario.policies.autoscaling != nil
    effectiveness = scenario.policies.autoscaling?.effectiveness ?? []
    period = scenario.policies.autoscaling?.configuration.period ?? .zero
    autoscaler = scenario.policies.autoscaling.map {
      CostAwareAutoscaler(
        $0.configuration, machines: scenario.fleet.pools.reduce(0) { $0 + $1.wanted(at: now) })
    }
    scrape = ScrapeWindow(models: scenario.fleet.models.count)
    scrapeBegan = now
  }
}
