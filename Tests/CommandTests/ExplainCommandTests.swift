// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("The command, telling what levers are worth")
struct ExplainCommandTests {
  private static let study = """
    plimsoll_levers: 1
    about: two levers
    scenario: \(SmallFleet.file(SmallFleet.text))
    replications: 4
    over: [ "fleet.one.machines=2,3,4,6" ]
    levers:
      - { lever: discount, off: [ fleet.one.price=15.01 USD/h ] }
      - { lever: speed, off: [ 'models.m.on."p4d.24xlarge".batch.latency={ 1: 40ms }' ] }
      - { lever: nothing, off: [ policies.queue.limit=1_000 ] }
    """

  private func explain(_ text: String = study, _ more: String...) throws -> Command.Answer {
    try Command.call(["explain", SmallFleet.file(text)] + more)
  }

  // Six machines carry what takes 40 ms, three what takes 20 ms. USD/h: none 6 · 15.01, discount 60,
  // speed 3 · 15.01, both 30. Shapley: discount ½(30.06 + 15.03), speed ½(45.03 + 30).
  @Test("comes to shares that are worked out by hand")
  func worked() throws {
    let rows = try explain(Self.study, "--format", "csv").output.split(separator: "\n").map(
      String.init)
    #expect(rows.count == 4)
    #expect(rows[1].contains("discount,\"21,943.80 USD\"") && rows[1].contains("\"16,457.85 USD\""))
    #expect(rows[2].contains("speed,\"32,871.90 USD\"") && rows[2].contains("\"27,385.95 USD\""))
    #expect(rows[3].contains("nothing,0.00 USD"))
  }

  @Test("draws a waterfall that adds up to the cent, beside the bill as operated")
  func waterfall() throws {
    // Two levers on one price: shares are thirds and sixths, not whole cents.
    let third = """

        - { lever: even cheaper, off: [ fleet.one.price=17.77 USD/h ] }
      """
    let output = try explain(Self.study + third).output
    let cents = try steps(output)
    #expect(cents.count == 7)
    #expect(cents["no lever"] ?? 0 > 0)
    let parts = ["discount", "speed", "nothing", "even cheaper"].compactMap { cents[$0] }
    #expect(parts.count == 4)
    #expect((cents["no lever"] ?? 0) + parts.reduce(0, +) == cents["all levers"])
    #expect(cents["all levers"] == 2_190_000)
    #expect(cents["as operated"] == 2_190_000)
  }

  /// The cents of each step of the waterfall.
  private func steps(_ output: String) throws -> [String: Int] {
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasSuffix("USD a month") })
    var steps: [String: Int] = [:]
    for line in lines[(start + 1)...].prefix(while: { !$0.isEmpty }) {
      let words = line.split(separator: " ").map(String.init)
      let place = try #require(words.lastIndex { $0.contains(".") })
      steps[words[..<place].joined(separator: " ")] = Int(
        words[place].filter { $0 != "," && $0 != "." })
    }
    return steps
  }

  @Test("prints the same on one job, on two and once more, in every format")
  func same() throws {
    for format in ["table", "csv", "json", "markdown"] {
      let answers = try ["1", "2", "2"].map {
        try explain(Self.study, "--format", format, "--jobs", $0)
      }
      #expect(answers.allSatisfy { $0.status == 0 && $0.output == answers[0].output })
      #expect(answers[0].output.contains("speed"))
    }
  }

  @Test("draws the same orders on one job and on two where there are more than eight levers")
  func orders() throws {
    let idle = (1...7).map { "\n  - { lever: idle \($0), off: [ policies.queue.limit=\($0)00 ] }" }
    let text = Self.study.split(separator: "replications: 4").joined(separator: "orders: 4")
    let answers = try ["1", "2"].map { try explain(text + idle.joined(), "--jobs", $0) }
    #expect(answers[0].output == answers[1].output)
    #expect(answers[0].output.contains("shares by 4 orders drawn at random"))
  }

  @Test("lists coalitions that hold at no size, and marks what rests on them")
  func nowhere() throws {
    let text = Self.study.split(separator: ",4,6").joined(separator: "")
    let output = try explain(text).output
    #expect(output.contains("† rests on coalitions that are known to hold at no size (4 of 8)"))
    #expect(output.contains("no lever: p99(latency) <= 200ms (fails)"))
    #expect(output.contains("(fleet.one.machines=3, which does not hold)"))
  }

  @Test("changes a value of every fleet with --set")
  func overrides() throws {
    let half = try explain(Self.study, "--set", "workload.arrivals.rate=50/s").output
    #expect(half.contains("(fleet.one.machines=2) with all"))
  }

  @Test(
    "tells what is wrong with a study, with its key",
    arguments: [
      ("fleet.one.price=15.01", "fleet.one.prize=15.01", "did you mean 'price'"),
      (
        "fleet.one.machines=2,3,4,6", "fleet.one.machines=4..2",
        "over[0]: '4..2' does not run upwards"
      ),
      ("over: [ \"fleet.one.machines=2,3,4,6\" ]", "over: []", "over: required: at least one key"),
      ("over:", "overs:", "unknown key 'overs'; did you mean 'over'?"),
      ("lever: speed", "lever: discount", "'discount' is a lever already"),
      ("off: [ policies.queue.limit=1_000 ]", "off: []", "levers[2].off: required: at least one"),
      ("replications: 4", "replications: 1", "allowed: 2 to 1000"),
      ("replications: 4", "set: [ 'targets=[]' ]", "targets: required: at least one"),
    ])
  func mistakes(part: String, other: String, message: String) throws {
    let text = Self.study.split(separator: part, omittingEmptySubsequences: false)
      .joined(separator: other)
    let answer = try explain(text)
    #expect(answer.status == 65)
    #expect(answer.messages.contains(message), "\(answer.messages)")
    #expect(answer.output.isEmpty)
  }

  @Test("ends with 66 where the study or its scenario is missing, and with 75 on a polite kill")
  func ends() throws {
    #expect(try Command.call("explain", "no-such.yaml").status == 66)
    let lost = Self.study.split(separator: "\n").map {
      $0.hasPrefix("scenario:") ? "scenario: no-such.yaml" : String($0)
    }
    #expect(try explain(lost.joined(separator: "\n")).status == 66)
    let path = SmallFleet.file(Self.study)
    let stopped = try Command.call([
      "explain", path, "--set", "requests={ from: 10min, for: 40min }",
    ]) { process in
      try Command.waitUntilItListens(process)
      try Command.waitUntilItHasWorked(process, milliseconds: 500)
      process.terminate()
    }
    #expect(stopped.status == 75)
    #expect(stopped.messages.contains("plimsoll: interrupted; "))
  }
}
