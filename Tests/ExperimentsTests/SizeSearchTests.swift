// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import FleetSimulation
import Recording
import Reporting
import Scenario
import Testing

/// The fleet of each coalition of levers beside what trying every size by hand comes to.
@Suite("The cheapest size of a coalition")
struct SizeSearchTests {
  /// Spot machines take the place of machines that an autoscaler rents on demand: more places are cheaper, though
  /// none at all hold the targets too, and without requests every size has the same bill.
  private static let scaled = """
    plimsoll_levers: 1
    scenario: fleet.yaml
    replications: 4
    set:
      - targets=[ p99(latency) <= 500ms ]
      - 'cloud={ answer: 5s, boot: 10s, load: 10s }'
      - 'fleet.one.machines={ min: 2, max: 8 }'
      - 'fleet.two={ type: t, zone: us-east-1a, market: spot, machines: { min: 0, max: 2 }, price: 3 USD/h, lifetime: { exponential: { mean: 2h } }, down: { exponential: { mean: 20min } }, notice: 120s, serves: { server: 1 } }'
      - 'policies.autoscaler={ every: 60s, budget: 1_000 USD/h, p99: 600ms, utilization: 60% }'
      - 'policies.spot={ fallback: onDemand }'
    over: [ "fleet.two.machines.max=0..3" ]
    levers:
      - { lever: speed, off: [ "models.server.on.t.batch.latency={ 1: 40ms }" ] }
      - { lever: scaling, off: [ "policies.autoscaler=~" ] }
      - { lever: nothing, off: [ policies.queue.limit=999 ] }
    """

  /// With the discount the order of the bills is another: machines of the second pool are the dear ones without it.
  private static let fixed = """
    plimsoll_levers: 1
    scenario: fleet.yaml
    replications: 4
    set: [ "targets=[ p99(latency) <= 150ms ]", fleet.two.price=4 USD/h, workload.arrivals.rate=97/s ]
    over: [ "fleet.one.machines=1,2,3,4", "fleet.two.machines=0,1,2,3" ]
    levers:
      - { lever: discount, off: [ fleet.two.price=20 USD/h ] }
      - { lever: nothing, off: [ policies.queue.limit=999 ] }
    """

  private func study(_ text: String) throws -> LeverStudy {
    try LeverStudy.load(
      "study.yaml", files: ServerFleet.files(["study.yaml": text]),
      sizeProblem: LeverAnalysis.sizeProblem)
  }

  /// The mean bill of the cheapest size that holds, with each size simulated and judged.
  private func cheapest(_ study: LeverStudy, _ members: Int) throws -> Double {
    var bills: [Double] = []
    for size in try SweepDesign(vary: study.sizes).points(seed: 0) {
      let loaded = try ServerFleet.load(study.overrides(of: members) + size.overrides)
      let records = try (0..<study.replications).map {
        try FleetSimulation.run(loaded.scenario, seed: loaded.scenario.run.seed, replication: $0)
      }
      let verdicts = Judge(
        Measures(loaded.scenario, records: records), references: [], confidence: 0.95
      ).verdicts(on: loaded.scenario.targets, look: 1)
      #expect(verdicts[0].verdict != .undecided, "\(members) \(size.values)")
      guard verdicts[0].verdict == .holds else { continue }
      let all = records.map { $0.total.monthly(over: $0.billedTime).inDollars }
      bills.append(all.reduce(0, +) / Double(all.count))
    }
    return try #require(bills.min())
  }

  @Test("is that of all sizes, in every coalition", arguments: [scaled, fixed])
  func everySize(text: String) async throws {
    let study = try study(text)
    let answer = try await LeverAnalysis(study, seed: nil, jobs: 2, load: ServerFleet.load)
      .run { _, _ in }
    var bills: [Int: Double] = [:]
    for coalition in answer.coalitions {
      let known = try cheapest(study, coalition.members)
      bills[coalition.members] = known
      let found = coalition.bills.reduce(0, +) / Double(coalition.bills.count)
      #expect(abs(found - known) < 1e-6, "\(coalition.members): \(coalition.size)")
      #expect(!coalition.holdsNowhere && coalition.undecided.isEmpty)
    }
    let whole = 1 << answer.levers.count - 1
    for (number, lever) in answer.levers.enumerated() {
      let without = try #require(bills[whole ^ 1 << number])
      let with = try #require(bills[whole])
      #expect(abs(lever.removed.saving.estimate - (without - with)) < 1e-6, "\(lever.name)")
    }
    // What does nothing is worth nothing, wherever it is missing.
    let nothing = try #require(answer.levers.last)
    for worth in [nothing.alone, nothing.removed, nothing.share] {
      #expect(abs(worth.saving.estimate) < 1e-6)
    }
  }

  @Test("at the largest value offered is told of, since a larger one may be cheaper")
  func edge() async throws {
    let answer = try await LeverAnalysis(
      try study(Self.scaled), seed: nil, jobs: 2, load: ServerFleet.load
    ).run { _, _ in }
    #expect(answer.largest == ["3"])
    // All four with the autoscaler; without it the fewest machines that hold are the cheapest.
    let said =
      "4 of 8 coalitions are cheapest at the largest value offered, fleet.two.machines.max=3"
    #expect(LeverReport(answer).table.contains(said))
  }

  @Test(
    "takes one fleet for each size of each coalition at most, and fewer where no autoscaler sizes it"
  )
  func cost() async throws {
    func fleets(_ text: String) async throws -> (run: Int, limit: Int) {
      let analysis = try LeverAnalysis(
        try study(text), seed: nil, jobs: 2, load: ServerFleet.load)
      return (try await analysis.run { _, _ in }.fleets, analysis.fleetLimit)
    }
    // Eight coalitions of four sizes and the operated fleet, which is one of them.
    let scaled = try await fleets(Self.scaled)
    #expect(scaled.limit == 33 && scaled.run <= 32)
    let fixed = try await fleets(Self.fixed)
    #expect(fixed.limit == 65 && fixed.run < 32)
  }
}
