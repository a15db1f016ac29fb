// SPDX-License-Identifier: Apache-2.0

import Quantities
import Serving

extension SpotManager {
  /// The rules by which the fleet is kept.
  public enum Rule: String, Sendable, CaseIterable {
    /// What production systems do: replace at the notice, spread over pools, fall back, fail back.
    case production
    /// What the reference design does: replace after the loss, round-robin, and never give back.
    case reference
  }

  /// What to keep and how patiently.
  public struct Configuration: Sendable {
    /// The pools, by number.
    public var pools: [Pool]
    /// Whether missing spot machines are rented on demand.
    public var fallsBackToOnDemand: Bool
    /// For how long machines must be missing before on-demand ones are rented for them.
    public var fallbackHold: TimeSpan
    /// For how long spot must be whole before on-demand replacements are given back.
    public var failbackAfter: TimeSpan
    /// How long a pool that could not sell is left alone at first; doubles on each repetition.
    public var initialBackOff: TimeSpan
    /// The longest back-off.
    public var maximumBackOff: TimeSpan
    /// How many spot machines to keep beyond the wanted ones, as a store for interruptions.
    ///
    /// SkyServe's SpotHedge does so: Mao et al., SkyServe: Serving AI Models across Regions and
    /// Clouds with Spot Instances, 2024, arXiv:2411.01438.
    public var overprovision: Int
    /// The largest share of the spot machines that one zone may hold, rounded up to a machine.
    public var zoneCap: Share
    /// Whether a pool that took a machine back is left alone like one that could not sell.
    ///
    /// Karpenter does so for 3 minutes (github.com/aws/karpenter-provider-aws, unavailable
    /// offerings). Machines that a pool takes while it is left alone do not lengthen the back-off.
    public var backsOffAfterInterruption: Bool
    /// For how long a launched spot machine is expected to be ready soon and needs no fallback.
    ///
    /// The median time from launch to ready is a good value; zero expects nothing.
    public var expectedStart: TimeSpan
    /// The rules by which the fleet is kept.
    public var rule = Rule.production
    /// The most that all machines and open launches may cost an hour; nil for no limit.
    ///
    /// Fallback leaves enough of it for one spot machine, so that spot can come back.
    public var budget: HourlyPrice?
    /// How many on-demand machines commitments pay for.
    public var coveredMachines = 0
    /// What commitments cost an hour, used or not.
    public var commitmentRate = HourlyPrice(nanodollarsPerHour: 0)
    /// How long before its deadline a machine that is taken back hands over what it still serves.
    public var drainGuard = TimeSpan.seconds(10)
    /// Whether a machine that the cloud recommends to leave is replaced while it still serves.
    ///
    /// AWS calls that launch-before-terminate (Amazon EC2 Auto Scaling User Guide, Capacity
    /// Rebalancing); Karpenter and the AWS node termination handler do not launch for it.
    public var replacesAtRisk = true
    /// How many machines must be left when any one zone is lost; spot is laid out accordingly.
    public var zoneLossFloor = 0
    /// The longest pause after the cloud's interface was asked too often; the first is a second.
    public var longestThrottle = TimeSpan.minutes(1)

    /// How long a launch may stay without an answer before it is withdrawn and counts as refused; nil for ever.
    ///
    /// The simulator's cloud answers every launch. The reference rule waits for ever.
    public var launchTimeOut: TimeSpan?
    /// How long a launched machine may take to become ready before it is given back; nil for ever.
    public var startTimeOut: TimeSpan?
    /// The part of the machines beyond which those that fail their health check are kept; one may always go.
    public var mostUnhealthy = Share(billionths: 500_000_000)

    /// A configuration of those values; those that have a default change nothing by it.
    public init(
      pools: [Pool], fallsBackToOnDemand: Bool, fallbackHold: TimeSpan, failbackAfter: TimeSpan,
      initialBackOff: TimeSpan, maximumBackOff: TimeSpan, overprovision: Int = 0,
      zoneCap: Share = .whole, backsOffAfterInterruption: Bool = false,
      expectedStart: TimeSpan = .zero
    ) {
      self.pools = pools
      self.fallsBackToOnDemand = fallsBackToOnDemand
      self.fallbackHold = fallbackHold
      self.failbackAfter = failbackAfter
      self.initialBackOff = initialBackOff
      self.maximumBackOff = maximumBackOff
      self.overprovision = overprovision
      self.zoneCap = zoneCap
      self.backsOffAfterInterruption = backsOffAfterInterruption
      self.expectedStart = expectedStart
    }
  }
}
