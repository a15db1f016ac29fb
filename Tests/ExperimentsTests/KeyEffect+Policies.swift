// SPDX-License-Identifier: GPL-3.0-or-later

extension KeyEffect {
  private static let away = [
    spotPool, "fleet.spot.down=15min", "fleet.base.machines={ min: 1, max: 4 }",
    "policies.spot={ fallback: onDemand, hold: 1min, failback_after: 2min }",
  ]
  private static let zones = [
    spotPool, "fleet.spot.machines={ min: 0, max: 4 }",
    "fleet.other={ type: t, zone: us-east-1b, market: spot, machines: { min: 0, max: 4 }, price: 4 USD/h, "
      + "serves: { m: 1 }, lifetime: { exponential: { mean: 20min } } }",
    "policies.spot={ fallback: none, machines: 5 }",
  ]

  static let spotPolicy: [KeyEffect] = [
    KeyEffect(
      "policies.queue.limit", "policies.queue.limit=1", in: ["workload.arrivals.rate=20/s"]),
    KeyEffect("policies.spot.policy", "policies.spot.policy=reference", in: away),
    KeyEffect(
      "policies.spot.fallback", "policies.spot.fallback=none",
      in: [
        spotPool, "fleet.spot.down=15min", "fleet.base.machines={ min: 1, max: 4 }",
        "policies.spot={ fallback: onDemand, machines: 3 }",
      ]),
    KeyEffect("policies.spot.hold", "policies.spot.hold=5min", in: away),
    KeyEffect("policies.spot.failback_after", "policies.spot.failback_after=9min", in: away),
    KeyEffect("policies.spot.machines", "policies.spot.machines=3", in: zones),
    KeyEffect("policies.spot.overprovision", "policies.spot.overprovision=2", in: zones),
    KeyEffect("policies.spot.zone_cap", "policies.spot.zone_cap=25%", in: zones),
    KeyEffect(
      "policies.spot.zone_loss_floor", "policies.spot.zone_loss_floor=3",
      in: zones + [
        "policies.spot.zone_cap=75%"
      ]),
    KeyEffect(
      "policies.spot.rebalance", "policies.spot.rebalance=ignore",
      in: [
        spotPool, "fleet.spot.notice={ lead: 1min, rebalance: { ahead: 5min } }",
        "policies.spot={ fallback: none }",
      ]),
    KeyEffect(
      "policies.spot.drain_guard", "policies.spot.drain_guard=110s",
      in: [
        spotPool, "fleet.spot.lifetime={ exponential: { mean: 3min } }", "fleet.spot.notice=2min",
        "policies.spot={ fallback: none }", "requests.for=20min", "client.timeout=1min",
        "models.m.on.t.batch.latency={ 1: 20s }", "workload.arrivals.rate=0.3/s",
      ]),
    KeyEffect(
      "policies.spot.migrations", "policies.spot.migrations=0",
      in: [
        spotPool, "fleet.spot.lifetime={ exponential: { mean: 30s } }", "requests.for=20min",
        "policies.spot={ fallback: none }", "workload.arrivals.rate=20/s", "cloud.boot=1s",
        "cloud.load=1s",
      ]),
    KeyEffect(
      "policies.spot.back_off.initial", "policies.spot.back_off.initial=5min",
      in: away + [
        "policies.spot.back_off={ initial: 10s, max: 10min }"
      ]),
    KeyEffect(
      "policies.spot.back_off.max", "policies.spot.back_off.max=10s",
      in: away + [
        "policies.spot.back_off={ initial: 10s, max: 10min }"
      ]),
  ]

  private static let stamped = cached + ["requests.from=10min"]
  private static let ledger =
    "policies.ledger={ budget: 5 USD/h, period: 1min, tenants: { a: 3 USD/h, b: 3 USD/h } }"
  private static let charged = ["workload.tenants={ a: 60%, b: 40% }", ledger]

  static let requestPolicies: [KeyEffect] = [
    KeyEffect("policies.router.policy", "policies.router={ policy: reference }", in: routed),
    KeyEffect("policies.router.kind", "policies.router={ kind: fixed, model: weak }", in: routed),
    KeyEffect(
      "policies.router.model", "policies.router.model=weak",
      in: routed + [
        "policies.router={ kind: fixed, model: m }"
      ]),
    KeyEffect("policies.router.quality_floor", "policies.router.quality_floor=0.5", in: routed),
    KeyEffect("policies.router.uncertainty", "policies.router.uncertainty=0.5", in: routed),
    KeyEffect(
      "policies.router.longest_wait", "policies.router.longest_wait=1ms",
      in: routed + [
        "workload.arrivals.rate=30/s"
      ]),
    KeyEffect("policies.cache", "policies.cache=off", in: cached),
    KeyEffect(
      "policies.cache.policy", "policies.cache={ policy: reference, ttl: 1min }", in: cached),
    KeyEffect("policies.cache.ttl", "policies.cache.ttl=10s", in: cached),
    KeyEffect(
      "policies.cache.jitter", "policies.cache.jitter=90%",
      in: cached + [
        "policies.cache.ttl=10s"
      ]),
    KeyEffect("policies.cache.capacity", "policies.cache.capacity=3", in: cached),
    KeyEffect("policies.cache.latency", "policies.cache.latency=50ms", in: cached),
    KeyEffect(
      "policies.cache.hit_rate", "policies.cache.hit_rate=50%",
      in: [
        "policies.cache={ hit_rate: 10% }"
      ]),
    KeyEffect("policies.dedup", "policies.dedup=on", in: [content, "workload.deterministic=100%"]),
    KeyEffect(
      "policies.dedup.policy", "policies.dedup={ policy: reference }",
      in: [
        content, "workload.deterministic=100%", "policies.dedup={ policy: production }",
        "workload.arrivals.rate=30/s",
      ]),
    KeyEffect(
      "policies.dedup.max_waiters", "policies.dedup.max_waiters=1",
      in: [
        content, "workload.deterministic=100%", "policies.dedup={ max_waiters: 100 }",
        "workload.arrivals.rate=30/s", "workload.content.catalogue=2",
      ]),
    KeyEffect("policies.ledger.policy", "policies.ledger.policy=reference", in: charged),
    KeyEffect("policies.ledger.budget", "policies.ledger.budget=0.01 USD/h", in: charged),
    KeyEffect(
      "policies.ledger.period", "policies.ledger.period=2min",
      in: charged + [
        "policies.ledger.budget=1 USD/h"
      ]),
    KeyEffect(
      "policies.ledger.tenants.TENANT", "policies.ledger.tenants.a=0.01 USD/h", in: charged),
  ]

  static let autoscaler: [KeyEffect] = [
    KeyEffect("policies.autoscaler.policy", "policies.autoscaler.policy=reference", in: scaled),
    KeyEffect("policies.autoscaler.budget", "policies.autoscaler.budget=20 USD/h", in: scaled),
    KeyEffect(
      "policies.autoscaler.monthly_budget", "policies.autoscaler.monthly_budget=10_000 USD/month",
      in: scaled),
    KeyEffect("policies.autoscaler.p99", "policies.autoscaler.p99=200ms", in: scaled),
    KeyEffect(
      "policies.autoscaler.longest_wait", "policies.autoscaler.longest_wait=1ms", in: scaled),
    KeyEffect("policies.autoscaler.every", "policies.autoscaler.every=5min", in: scaled),
    KeyEffect("policies.autoscaler.utilization", "policies.autoscaler.utilization=40%", in: scaled),
  ]
}
