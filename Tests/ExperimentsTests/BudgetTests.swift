// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Reporting
import Scenario
import Testing

/// Budgets are targets of the whole, and what contradicts the operated fleet is said.
@Suite("Budgets and the operated fleet")
struct BudgetTests {
  private static let study = """
    plimsoll_levers: 1
    about: one lever
    scenario: fleet.yaml
    replications: 4
    set: [ "targets=[ p99(latency) <= 150ms, monthly_cost <= 25_000 USD ]" ]
    over: [ "fleet.one.machines=2,3,4,6" ]
    levers:
      - { lever: speed, off: [ "models.server.on.t.batch.latency={ 1: 40ms }" ] }
    """

  private func explain(_ text: String) async throws -> LeverAnswer {
    let study = try LeverStudy.load(
      "study.yaml", files: ServerFleet.files(["study.yaml": text]),
      sizeProblem: LeverAnalysis.sizeProblem)
    return try await LeverAnalysis(study, seed: nil, jobs: 2, load: ServerFleet.load)
      .run { _, _ in }
  }

  private func optimize(_ over: String, set: [String] = []) async throws -> OptimumAnswer {
    try await Optimisation("fleet.yaml", over: [over], effort: Optimisation.Effort(), seed: nil) {
      try ServerFleet.load(set + $0)
    }.run { _, _ in }
  }

  @Test("a coalition's fleet is the cheapest that holds the service, though it breaks the budget")
  func coalitions() async throws {
    let answer = try await explain(Self.study)
    // Six machines of 40 ms and three of 20 ms: 43,800 and 21,900 USD, of which the budget allows the second.
    #expect(answer.coalitions.map(\.size) == [["6"], ["3"]])
    #expect(answer.coalitions.map { $0.bills[0] } == [43_800, 21_900])
    #expect(answer.coalitions.allSatisfy { !$0.holdsNowhere })
    #expect(answer.budgets == ["monthly_cost <= 25_000 USD"])
    #expect(answer.operated.size == ["3"] && LeverReport(answer).contradictions.isEmpty)
    #expect(
      LeverReport(answer).table.contains("With all levers on: monthly_cost <= 25_000 USD holds."))
  }

  @Test("a fleet with a budget and no service target is refused, since the smallest would do")
  func nothingButBudget() async {
    let text = Self.study.split(separator: "p99(latency) <= 150ms, ").joined()
    await #expect(throws: NoTargets.self) { try await explain(text) }
    await #expect(throws: NoTargets.self) {
      try await optimize("fleet.one.machines=1..3", set: ["targets=[ monthly_cost <= 1 USD ]"])
    }
  }

  @Test(
    "an operated fleet outside the grid that is cheaper and holds contradicts the answer, and that is said"
  )
  func outside() async throws {
    // As operated: three machines, of which the grid has four and six.
    let text = Self.study.split(separator: "2,3,4,6").joined(separator: "4,6")
    let answer = try await explain(text)
    #expect(answer.operated.size == nil)
    let said = try #require(LeverReport(answer).contradictions.first)
    #expect(
      said.contains("is not in the grid") && said.contains("7,300.00 USD a month less"), "\(said)")

    let found = try await optimize("fleet.one.machines=4..6")
    #expect(found.outcome == .winner(0) && found.operated?.standing == .holds)
    let sentence = try #require(OptimumReport(found).sentences.last)
    #expect(sentence.contains("which is not in the grid, costs 21,900.00 USD"), "\(sentence)")
    #expect(sentence.contains("contradicts the answer"))
  }

  @Test("levers that cost more than they save together are said to contradict what levers are for")
  func raised() async throws {
    // The lever is a dearer machine that does the same: 15 instead of 10 USD/h.
    let answer = try await explain(
      """
      plimsoll_levers: 1
      scenario: fleet.yaml
      replications: 4
      set: [ fleet.one.price=15 USD/h ]
      over: [ "fleet.one.machines=2,3,4" ]
      levers:
        - { lever: dear, off: [ fleet.one.price=10 USD/h ] }
      """)
    let said = try #require(LeverReport(answer).contradictions.first)
    #expect(said.contains("10,950.00 USD a month more than with none"), "\(said)")
  }

  @Test("the cheapest that holds the service is named, and that no point keeps within the budget")
  func broken() async throws {
    let targets = "targets=[ p99(latency) <= 150ms, monthly_cost <= 20_000 USD ]"
    let answer = try await optimize("fleet.one.machines=1..6", set: [targets])
    #expect(answer.outcome == .winner(2) && answer.points[2].standing == .holds)
    let sentences = OptimumReport(answer).sentences
    #expect(sentences[0].contains("holding all service targets is point 2"))
    #expect(
      sentences[1].hasPrefix("It does not keep within the budget (monthly_cost <= 20_000 USD)"))
  }
}
