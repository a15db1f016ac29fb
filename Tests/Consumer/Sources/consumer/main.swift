// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import Foundation
import Policies
import Quantities
import RequestPath
import Serving
import TokenEngine

// Two on-demand machines and up to four spot ones at the prices of the reference design.
let settings = SpotManager.Configuration(
  pools: [
    .init(market: .onDemand, wanted: 2, maximum: 6, price: try HourlyPrice(parsing: "32.77 USD/h")),
    .init(market: .spot, wanted: 4, maximum: 4, price: try HourlyPrice(parsing: "9.83 USD/h")),
  ],
  fallsBackToOnDemand: true, fallbackHold: .minutes(5), failbackAfter: .minutes(10),
  initialBackOff: .minutes(3), maximumBackOff: .minutes(30))
var manager = SpotManager(settings)
var effects = EffectBuffer<SpotManager.Effect>()
var header = DecisionHeader(start: UTCDate(nanosecondsSince1970: 0), source: "consumer")
header.spot = settings
var log = DecisionWriter(header)

@MainActor
func tell(_ event: SpotManager.Event, at seconds: Int64) {
  let now = Instant.start + .seconds(seconds)
  effects.removeAll()
  manager.step(event, at: now, into: &effects)
  log.write(event, at: now, effects.effects, by: manager)
}

for machine in 0..<6 {
  tell(.adopted(MachineID(machine), pool: PoolID(machine / 2 > 0 ? 1 : 0)), at: 0)
}
tell(.started, at: 0)
tell(.noticed(MachineID(5), deadline: .start + .seconds(130)), at: 10)
precondition(
  effects.effects.contains(.launch(LaunchID(0), PoolID(1))), "a lost machine is replaced")

// The process ends here and another goes on.
let saved = try JSONEncoder().encode(manager.snapshot())
manager = try SpotManager(
  settings, restoring: JSONDecoder().decode(SpotManager.Snapshot.self, from: saved))
tell(.launched(LaunchID(0), MachineID(6)), at: 20)
precondition(effects.effects.isEmpty, "the launch is known")

// A request goes to the first of two replicas, and an engine makes three tokens for it.
let model = Router.Model(
  id: ModelID(0), qualityByClass: [], contextWindow: 8_192, nanosecondsPerRequest: 2_000_000)
let replica = ReplicaObservation(
  model: model.id, acceptsRequests: true, outstanding: 0, hasRoom: true,
  nanosecondsPerRequest: 2_000_000)
let router = Router(.init(models: [model], rule: .fixed(model.id), longestWait: .seconds(1)))
var path = RequestPath(
  .init(router: router, requestedModel: model.id), replicas: [replica, replica])
path.planned(router.plan(for: "Prove that sqrt(2) is irrational."), of: 0, at: .start)
var ticket = Ticket(arrival: .start, number: 1, promptTokens: 100, outputTokens: 3, mark: 0)
let reception = path.arrived(&ticket, RequestFacts(isDeterministic: false), at: .start)
precondition(reception == .decided(.send(ReplicaID(0))), "the first of equals is chosen")
let law = AffineStepLaw(
  perStep: 15_000_000_000_000, perSequence: 0, perContextToken: 0, perPrefillToken: 0)
var engine = TokenReplica(scheduler: VLLMScheduler(settings: VLLMSettings()), law: law)
engine.add(TokenRequest(id: 1, arrival: 0, promptTokens: 100, outputTokens: 3), at: 0)
while engine.nextTime < .max { engine.step() }
precondition(engine.outcomes.last?.time == 45_000_000, "three tokens take three steps of 15 ms")

print("\(log.count) decisions, \(log.line.bytes.count) bytes, \(saved.count) bytes of snapshot")
print("the fleet costs \(manager.committedRate)")
