// SPDX-License-Identifier: GPL-3.0-or-later

import CloudModel
import FleetSimulation
import Foundation
import Numerics
import Quantities
import Recording
import ReplicaModel
import Scenario
import Serving
import SimulationTesting
import Testing
import Workload

/// Requests on a machine that the cloud takes back. Numbers are the acceptance tests of the control plane.
@Suite("Requests at an interruption")
struct NoticeTests {
  /// What a run of the fleet came to, with its decisions as JSON objects.
  private struct Answer {
    let record: ReplicationRecord
    let decisions: [[String: Any]]

    /// The times of fleet events of a kind, in seconds.
    func times(_ kind: FleetEvent.Kind) -> [Double] {
      record.fleetEvents.filter { $0.kind == kind }.map { ($0.time - .start).inSeconds }
    }
  }

  /// Two machines on demand and four of spot, some hundred requests of 150 s on each; the spot machine in
  /// the first place is taken at 1,120 s, and a new one takes 420 s to start.
  private func run(
    lead: TimeSpan?, interrupted: Bool = true, migrations: Int = 3
  ) throws -> Answer {
    var builder = ScenarioBuilder()
    builder.horizon = .hours(1)
    builder.length = .minutes(50)
    builder.arrivals = .poisson(.constant(Rate(roundingPerSecond: 4)))
    builder.outputTokens = try Distribution.gamma(mean: 180, cv: 0.9)
    builder.timeout = .minutes(10)
    builder.migrationLimit = migrations
    var spot = ScenarioBuilder.Pool()
    for index in 0..<2 {
      spot.name = index == 0 ? "base" : "spot"
      spot.market = index == 0 ? .onDemand : .spot
      spot.wanted = index == 0 ? 2 : 4
      spot.model = BatchModel(
        maximumBatch: 1, maximumDelay: .zero, lanes: 300,
        latency: [BatchLatency.Point(batchSize: 1, time: .seconds(150))], noise: .none)
      let zero = try Distribution(.constant(0))
      spot.launch = .staged(
        LaunchLaw.Stages(
          answer: zero, boot: try Distribution(.constant(420)), image: zero, load: zero))
      if index == 1 {
        // Machines come and go from two days before the start: it is up for longer than that.
        let end = CapacityLaw.schedule(
          up: .hours(50) + .seconds(1_120), down: .hours(9), phase: .hours(50))
        spot.places = [interrupted ? end : .always, .always, .always, .always, .always]
        spot.notice = lead.map { .always($0) } ?? .none
      }
      if index == 0 { builder.pools[0] = spot } else { builder.pools.append(spot) }
    }
    var lines: [UInt8] = []
    let record = try FleetSimulation.run(
      try builder.build(), seed: 5, replication: 0, decisions: { lines += $0 })
    let decisions = try lines.split(separator: UInt8(ascii: "\n")).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
    return Answer(record: record, decisions: decisions)
  }

  @Test("are served to their end, and none is sent to a machine with a notice")
  func notice() throws {
    let calm = try run(lead: nil, interrupted: false)
    let answer = try run(lead: .seconds(120))
    #expect(answer.times(.noticed) == [1_000])
    #expect(answer.times(.requested).first == 1_000)
    #expect(answer.times(.ready).contains(1_420))
    // Ten seconds before the end those move that came in the last 40 s before the notice, some 27 (four a
    // second on six machines); the others finish in their 150 s.
    #expect((10...50).contains(answer.record.migrations))
    let counts = answer.record.requests
    #expect(counts[.completed] == counts.arrived)
    #expect(counts.arrived == calm.record.requests.arrived)
    #expect(answer.record.outputTokens == calm.record.outputTokens)
    let chosen = answer.decisions.filter { $0["event"] as? String == "choose" }
    // The place of the lost machine is that of the third replica.
    let toLost = chosen.filter { ($0["decision"] as? [String: Any])?["replica"] as? Int == 2 }
    let last = try #require(toLost.last?["at"] as? String)
    #expect(toLost.count > 50 && last <= "2024-12-09T00:16:40.1", "\(last)")
    #expect(chosen.count == Int(answer.record.simulatedRequests + answer.record.migrations))
  }

  @Test(
    "are served to their end with a late notice or none, and one machine replaces the lost one",
    arguments: [30, 0])
  func lateNotice(lead: Int64) throws {
    let answer = try run(lead: lead == 0 ? nil : .seconds(lead))
    let counts = answer.record.requests
    #expect(answer.times(.requested).count == 1)
    #expect(answer.times(.requested).first == Double(1_120 - lead))
    #expect(answer.record.migrations > 70)
    #expect(counts[.completed] == counts.arrived)
  }

  @Test("fail once where they may not move, and are counted once")
  func withoutMigration() throws {
    let answer = try run(lead: nil, migrations: 0)
    let counts = answer.record.requests
    #expect(answer.record.migrations == 0)
    #expect((70...140).contains(counts[.failed]))
    #expect(counts[.completed] + counts[.failed] == counts.arrived)
  }
}
