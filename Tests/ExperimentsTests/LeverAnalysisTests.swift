// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Experiments
import Scenario
import Testing

@Suite("What levers are worth")
struct LeverAnalysisTests {
  /// Machines at 10 instead of 15 USD/h, and requests of 20 instead of 40 ms: 3 machines instead of 6.
  private static let study = """
    plimsoll_levers: 1
    about: two levers
    scenario: fleet.yaml
    replications: 4
    over: [ "fleet.one.machines=2,3,4,6" ]
    levers:
      - { lever: discount, off: [ fleet.one.price=15 USD/h ] }
      - { lever: speed, off: [ "models.server.on.t.batch.latency={ 1: 40ms }" ] }
      - { lever: nothing, off: [ policies.queue.limit=1_000 ] }
    """

  private func load(_ text: String) throws -> LeverStudy {
    try LeverStudy.load(
      "study.yaml", files: ServerFleet.files(["study.yaml": text]),
      sizeProblem: LeverAnalysis.sizeProblem)
  }

  private func explain(_ text: String, jobs: Int = 2) async throws -> LeverAnswer {
    try await LeverAnalysis(load(text), seed: nil, jobs: jobs, load: ServerFleet.load)
      .run { _, _ in }
  }

  @Test("is worked out by hand for two levers and one that does nothing")
  func worked() async throws {
    let answer = try await explain(Self.study)
    // USD/h of the smallest fleet: none 6·15, discount 6·10, speed 3·15, both 3·10; 730 h a month.
    let hourly = [90.0, 60, 45, 30]
    for coalition in answer.coalitions {
      #expect(!coalition.holdsNowhere)
      #expect(coalition.size == [coalition.members & 2 == 0 ? "6" : "3"])
      #expect(coalition.bills == [Double](repeating: hourly[coalition.members & 3] * 730, count: 4))
    }
    #expect(answer.coalitions.map(\.members) == Array(0...7))
    let known = [
      (name: "discount", alone: 30.0, removed: 15.0, share: 22.5),
      (name: "speed", alone: 45, removed: 30, share: 37.5),
      (name: "nothing", alone: 0, removed: 0, share: 0),
    ]
    for (lever, known) in zip(answer.levers, known) {
      #expect(lever.name == known.name)
      #expect(abs(lever.alone.saving.estimate - known.alone * 730) < 1e-6)
      #expect(abs(lever.removed.saving.estimate - known.removed * 730) < 1e-6)
      #expect(abs(lever.share.saving.estimate - known.share * 730) < 1e-6)
      #expect(lever.share.saving.halfWidth < 1e-6)
      #expect(lever.cents == Int(known.share * 73_000))
      #expect(!lever.share.isDoubtful)
    }
    // As its scenario has it: three machines at 10 USD/h, which hold.
    #expect(answer.operated.bill.estimate == 21_900)
    #expect(answer.operated.verdicts.allSatisfy { $0.verdict == .holds })
  }

  @Test("shares fleets between coalitions, and comes out the same on one job and on three")
  func sharing() async throws {
    let (one, three) = (
      try await explain(Self.study, jobs: 1), try await explain(Self.study, jobs: 3)
    )
    // Four coalitions look at three of four sizes at most; the lever that does nothing adds none.
    #expect(one.effort.fleets <= 1 + 4 * 3)
    #expect(one.coalitions == three.coalitions)
    #expect(one.levers == three.levers)
    #expect(
      (one.effort.fleets, one.effort.requests) == (
        three.effort.fleets, three.effort.requests
      ))
  }

  @Test("marks whatever rests on a coalition that holds at no size")
  func nowhere() async throws {
    let answer = try await explain(
      Self.study.replacing("2,3,4,6", with: "2,3,4"))
    // Without speed even four machines are 90 % busy.
    let nowhere = answer.coalitions.filter(\.holdsNowhere)
    #expect(nowhere.map(\.members) == [0b000, 0b001, 0b100, 0b101])
    #expect(nowhere.allSatisfy { $0.size == ["4"] && !$0.lacking.isEmpty })
    let bill = try #require(nowhere.first?.bills.first)
    #expect(abs(bill - 4 * 15 * 730) < 1e-6)
    #expect(answer.levers.map(\.alone.isDoubtful) == [true, true, true])
    #expect(answer.levers.map(\.removed.isDoubtful) == [false, true, false])
    let areAllDoubtful = answer.levers.allSatisfy { $0.share.isDoubtful }
    #expect(areAllDoubtful)
  }

  @Test("rests on orders drawn at random beyond eight levers, and still adds up")
  func sampled() async throws {
    let more = (1...7).map { "  - { lever: idle \($0), off: [ policies.queue.limit=1_000 ] }" }
    let answer = try await explain(
      Self.study.replacing("replications: 4", with: "replications: 4\norders: 40") + "\n"
        + more.joined(separator: "\n"))
    #expect(answer.study.orders == 40)
    #expect(answer.levers.count == 10)
    let shares = answer.levers.map(\.share.saving)
    #expect(abs(shares.reduce(0) { $0 + $1.estimate } - 60 * 730) < 1e-6)
    #expect(shares[2...].allSatisfy { $0.estimate == 0 })
    // The share of either rests on which of the two came first in an order, 15 USD/h more or less.
    for (share, known) in zip(shares, [22.5, 37.5]) {
      #expect(share.halfWidth > 0)
      #expect(abs(share.estimate - known * 730) < 3 * share.halfWidth)
    }
  }

  @Test("of what is random has intervals, and shares that add up to the cent")
  func cents() async throws {
    let text = """
      plimsoll_levers: 1
      scenario: fleet.yaml
      set:
        - fleet.two.market=spot
        - fleet.two.price=7.77 USD/h
        - 'fleet.two.lifetime={ exponential: { mean: 30min } }'
        - 'fleet.two.down={ exponential: { mean: 30min } }'
        - 'cloud={ answer: 5s, boot: 10s, load: 10s }'
      replications: 4
      over: [ "fleet.one.machines=3,6" ]
      levers:
        - { lever: spot, off: [ fleet.two.price=13.33 USD/h ] }
        - { lever: fewer, off: [ fleet.two.machines=3 ] }
        - { lever: speed, off: [ "models.server.on.t.batch.latency={ 1: 40ms }" ] }
      """
    let answer = try await explain(text)
    let before = LeverAnswer.cents(answer.baseline.estimate)
    let after = LeverAnswer.cents(answer.optimised.estimate)
    #expect(before - answer.levers.reduce(0) { $0 + $1.cents } == after)
    #expect(answer.levers[0].share.saving.halfWidth > 0)
    for lever in answer.levers {
      #expect(abs(Double(lever.cents) / 100 - lever.share.saving.estimate) <= 0.02)
    }
  }

  @Test("tells all that is wrong with a study at once, with the key")
  func mistakes() throws {
    let error = #expect(throws: ScenarioErrors.self) {
      try load(
        """
        plimsoll_levers: 1
        scenario: missing.yaml
        replications: 1
        over: [ "fleet.one.machines=1..2.." ]
        levers:
          - { lever: a, off: [ x=1 ] }
          - { lever: a, of: [ x=1 ] }
        """)
    }
    let keys = error?.errors.map(\.keyPath) ?? []
    for key in ["scenario", "replications", "over[0]", "levers[1].of"] {
      #expect(keys.contains(key), "\(key) in \(keys)")
    }
    #expect(throws: ScenarioErrors.self) {
      try load(Self.study.replacing("fleet.one.price=15", with: "fleet.won.price=15"))
    }
  }
}

extension String {
  /// The text with each occurrence of another replaced.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}
