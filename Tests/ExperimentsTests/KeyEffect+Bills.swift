// SPDX-License-Identifier: GPL-3.0-or-later

extension KeyEffect {
  private static let replayed =
    "fleet.spot.price={ replay: history.json, zone: us-east-1a, type: t }"
  private static let wandering =
    "fleet.spot.price={ mean: 3 USD/h, deviation: 20%, reversion: 30min, step: 5min }"
  private static let jumping =
    "fleet.spot.price={ mean: 3 USD/h, deviation: 20%, reversion: 30min, step: 5min, "
    + "jumps: { every: 30min, factor: 2 } }"

  static let prices: [KeyEffect] = [
    KeyEffect("prices", "prices=dear-onDemand.yaml"),
    KeyEffect("regions", "prices=no-regions.yaml"),
    KeyEffect("machines.TYPE.onDemand", "prices=dear-onDemand.yaml"),
    KeyEffect("machines.TYPE.spot", "prices=dear-spot.yaml", in: [spotPool]),
    KeyEffect("machines.TYPE.reserved", "prices=dear-reserved.yaml", in: [reserved]),
    KeyEffect("machines.TYPE.savings", "prices=dear-savings.yaml", in: [plan]),
    KeyEffect(
      "machines.TYPE.familySavings", "prices=dear-familySavings.yaml",
      in: [
        plan, "commitments.c.family=t",
      ]),
    KeyEffect(
      "machines.TYPE.onDemand[].from", "prices=dated-later.yaml", in: ["prices=dated.yaml"]),
    KeyEffect(
      "machines.TYPE.onDemand[].price", "prices=dated-dear.yaml", in: ["prices=dated.yaml"]),
    KeyEffect("fleet.POOL.price", "fleet.base.price=12 USD/h"),
    KeyEffect(
      "fleet.POOL.price.replay", "fleet.spot.price.replay=other-history.json",
      in: [
        spotPool, replayed,
      ]),
    KeyEffect(
      "fleet.POOL.price.zone", "fleet.spot.price.zone=us-east-1b", in: [spotPool, replayed]),
    KeyEffect("fleet.POOL.price.type", "fleet.spot.price.type=u", in: [spotPool, replayed]),
    KeyEffect("fleet.POOL.price.mean", "fleet.spot.price.mean=4 USD/h", in: [spotPool, wandering]),
    KeyEffect(
      "fleet.POOL.price.deviation", "fleet.spot.price.deviation=30%",
      in: [
        spotPool, wandering,
      ]),
    KeyEffect(
      "fleet.POOL.price.reversion", "fleet.spot.price.reversion=1h",
      in: [
        spotPool, wandering,
      ]),
    KeyEffect("fleet.POOL.price.step", "fleet.spot.price.step=10min", in: [spotPool, wandering]),
    KeyEffect(
      "fleet.POOL.price.at_most", "fleet.spot.price.at_most=2.5 USD/h",
      in: [
        spotPool, wandering,
      ]),
    KeyEffect(
      "fleet.POOL.price.jumps.every", "fleet.spot.price.jumps.every=10min",
      in: [
        spotPool, jumping,
      ]),
    KeyEffect(
      "fleet.POOL.price.jumps.factor", "fleet.spot.price.jumps.factor=3",
      in: [
        spotPool, jumping,
      ]),
  ]

  private static let reserved = "commitments.c={ kind: reservation, type: t, machines: 1 }"
  private static let paid =
    "commitments.c={ kind: reservation, type: t, machines: 1, price: 1 USD/h, upfront: 1_000 USD, term: 1y }"
  private static let plan = "commitments.c={ kind: savings_plan, commit: 3 USD/h }"

  static let bills: [KeyEffect] = [
    KeyEffect("billing", "billing=gcp"),
    KeyEffect(
      "commitments.COMMITMENT.kind",
      "commitments.c={ kind: capacity_reservation, type: t, machines: 1, zone: us-east-1a }",
      in: ["commitments.c={ kind: reservation, type: t, machines: 1, zone: us-east-1a }"]),
    KeyEffect("commitments.COMMITMENT.type", "commitments.c.type=u", in: [reserved]),
    KeyEffect("commitments.COMMITMENT.machines", "commitments.c.machines=2", in: [reserved]),
    KeyEffect("commitments.COMMITMENT.zone", "commitments.c.zone=us-east-1b", in: [reserved]),
    KeyEffect("commitments.COMMITMENT.price", "commitments.c.price=5 USD/h", in: [reserved]),
    KeyEffect("commitments.COMMITMENT.upfront", "commitments.c.upfront=2_000 USD", in: [paid]),
    KeyEffect("commitments.COMMITMENT.term", "commitments.c.term=3y", in: [paid]),
    KeyEffect(
      "commitments.COMMITMENT.from", "commitments.c.from=2024-12-09T13:00:00Z",
      in: [
        reserved
      ]),
    KeyEffect(
      "commitments.COMMITMENT.until", "commitments.c.until=2024-12-09T13:00:00Z",
      in: [
        reserved
      ]),
    KeyEffect("commitments.COMMITMENT.commit", "commitments.c.commit=4 USD/h", in: [plan]),
    KeyEffect("commitments.COMMITMENT.family", "commitments.c.family=t", in: [plan]),
    KeyEffect("costs", "costs.net=20 USD/month", in: ["costs.net=10 USD/month"]),
    KeyEffect(
      "costs.COST.gb", "costs.disk.gb=20",
      in: [
        "costs.disk={ gb: 10, per_gb_month: 1 USD }"
      ]),
    KeyEffect(
      "costs.COST.per_gb_month", "costs.disk.per_gb_month=2 USD",
      in: [
        "costs.disk={ gb: 10, per_gb_month: 1 USD }"
      ]),
    KeyEffect(
      "costs.COST.per_gb", "costs.net.per_gb=2 USD",
      in: [
        "workload.output_tokens=100", "costs.net={ per_gb: 1 USD, bytes_per_token: 1_000 }",
      ]),
    KeyEffect(
      "costs.COST.bytes_per_token", "costs.net.bytes_per_token=2_000",
      in: [
        "workload.output_tokens=100", "costs.net={ per_gb: 1 USD, bytes_per_token: 1_000 }",
      ]),
  ]
}
