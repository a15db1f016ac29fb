// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Scenario
import Testing

@Suite("The search for the cheapest fleet")
struct OptimisationTests {
  private func search(
    _ over: [String], set: [String] = [], jobs: Int = 2, most: Int = 20
  ) async throws -> OptimumAnswer {
    var effort = Optimisation.Effort()
    effort.jobs = jobs
    effort.maximumReplications = most
    return try await Optimisation("fleet.yaml", over: over, effort: effort, seed: nil) {
      try ServerFleet.load(set + $0)
    }.run { _, _ in }
  }

  @Test("finds two cheap servers and a dear one where there are no more than two cheap ones")
  func cheapest() async throws {
    let answer = try await search([
      "fleet.one.machines=0..2", "fleet.two.machines=0..3",
    ])
    // It takes three: 10 + 10 + 20 USD/h for 730 h.
    guard case .winner(let number) = answer.outcome else {
      Issue.record("no winner: \(answer.outcome)")
      return
    }
    #expect(answer.points[number].values == ["2", "1"])
    #expect(answer.points[number].bill?.estimate == 29_200)
    #expect(answer.points[number].bill?.isExact == true)
    // Next are two and two: 60 USD/h, and one and two: 50 USD/h, which has three machines too.
    let next = try #require(answer.runnerUp)
    #expect(answer.points[next.point].values == ["1", "2"])
    #expect(next.difference.estimate == 7_300)
    #expect(answer.points[next.point].standing == .dearer)
  }

  @Test("never simulates requests of points that cost clearly more, and says what it saved")
  func effort() async throws {
    let answer = try await search(["fleet.one.machines=1..8"])
    #expect(answer.outcome == .winner(2))
    let asked = answer.points.map { $0.replications > 0 }
    #expect(asked == [true, true, true, false, false, false, false, false])
    #expect(answer.points[3...].allSatisfy { $0.standing == .dearer && $0.verdicts.isEmpty })
    #expect(answer.spent.replications == answer.points.reduce(0) { $0 + $1.replications })
    #expect(2 * answer.spent.requests < answer.grid.requests)
  }

  @Test("names no winner among fleets whose bills differ by less than the indifference")
  func inseparable() async throws {
    let close = try await search(["fleet.one.price=10.05 USD/h,10 USD/h,11 USD/h"])
    #expect(close.outcome == .inseparable([1, 0]))
    #expect(close.points[2].standing == .dearer)
    let apart = try await search(["fleet.one.price=10.20 USD/h,10 USD/h,11 USD/h"])
    #expect(apart.outcome == .winner(1))
  }

  @Test("names no winner where chance keeps two fleets from being told apart")
  func chance() async throws {
    // Prices that wander: the same law under two names for the same thing.
    let spot = [
      "fleet.two.market=spot", "fleet.two.machines=2",
      "fleet.two.lifetime={ exponential: { mean: 30min } }",
      "fleet.two.down={ exponential: { mean: 30min } }", "policies.spot={ fallback: none }",
      "cloud={ answer: 5s, boot: 10s, load: 10s }",
    ]
    let answer = try await search(["fleet.two.price=20 USD/h,20.6 USD/h"], set: spot, most: 4)
    let bills = answer.points.compactMap { $0.bill }
    #expect(bills.count == 2 && bills.allSatisfy { !$0.isExact })
    #expect(answer.outcome == .inseparable([0, 1]))
  }

  @Test(
    "tells fleets apart whose bills differ by far more than chance explains")
  func screened() async throws {
    let spot = [
      "fleet.two.market=spot", "fleet.two.lifetime={ exponential: { mean: 30min } }",
      "fleet.two.down={ exponential: { mean: 30min } }", "policies.spot={ fallback: none }",
      "cloud={ answer: 5s, boot: 10s, load: 10s }",
    ]
    let answer = try await search(["fleet.two.machines=1,6"], set: spot)
    #expect(answer.points.allSatisfy { $0.bill?.isExact == false })
    #expect(answer.outcome == .winner(0))
  }

  @Test("names none where no fleet holds, and tells what the nearest lacks")
  func none() async throws {
    let answer = try await search(
      ["fleet.one.machines=1..4"], set: ["targets=[ p99(latency) <= 10ms, availability >= 90% ]"])
    #expect(answer.outcome == .none)
    #expect(answer.points.allSatisfy { $0.standing == .fails })
    #expect(answer.runnerUp == nil)
    let best = try #require(answer.best)
    #expect(best.verdicts.map(\.verdict) == [.fails, .holds])
  }

  @Test("comes out the same on one job and on three")
  func jobs() async throws {
    let over = ["fleet.one.machines=2..4"]
    let answers = [
      try await search(over, jobs: 1), try await search(over, jobs: 3),
    ]
    #expect(answers[0].outcome == answers[1].outcome)
    #expect(answers[0].spent == answers[1].spent)
    for (one, other) in zip(answers[0].points, answers[1].points) {
      #expect(one.verdicts == other.verdicts)
      #expect(one.measures == other.measures)
      #expect(one.bill == other.bill)
    }
  }

  @Test("goes on where some scenarios are refused, and tells why")
  func refused() async throws {
    let answer = try await search(["fleet.one.machines=3,-1"])
    #expect(answer.outcome == .winner(0))
    #expect(answer.points[1].standing == .refused)
    #expect(answer.points[1].refusal.contains("fleet.one.machines"))
    await #expect(throws: ScenarioErrors.self) { try await search(["fleet.one.machines=-1,-2"]) }
  }

  @Test("tells the option in which a grammar is wrong")
  func grammar() throws {
    let error = #expect(throws: SweepGrammarErrors.self) {
      try Optimisation("fleet.yaml", over: ["a=1..2.."], effort: .init(), seed: nil) { _ in
        try ServerFleet.load([])
      }
    }
    #expect(error?.errors.first?.option == "--over a=1..2..")
  }
}
