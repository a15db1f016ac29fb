// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import DecisionReplay
import Policies
import Quantities
import RandomStreams
import RequestPath
import Serving
import Testing

@Suite("The decisions of a path in the log")
struct PathDecisionTests {
  /// A fleet that writes a log, with requests that share calls, fail, lose replicas and go away.
  private func fleet(
    _ configuration: RequestPath.Configuration, about subjects: DecisionSubjects = .policies
  ) -> VirtualFleet {
    var fleet = VirtualFleet(
      configuration, replicas: PathSetting.replicas(2), queueLimit: 4,
      log: UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000), about: subjects)
    fleet.cost = USD(nanodollars: 7)
    var dice = RandomStream(seed: 5, replication: 0, purpose: .testing, entity: 0)
    for number in 0..<UInt64(400) {
      let now = time(Int64(number) * 4)
      var request = VirtualFleet.Request(number: number, content: number / 6)
      request.isDeterministic = dice.nextUniform() < 0.8
      if dice.nextUniform() < 0.2 { request.leavesAfter = .milliseconds(11) }
      if dice.nextUniform() < 0.1 { request.failure = .retryable }
      fleet.schedule(.arrives(request), at: now)
      if number % 50 == 49 {
        fleet.schedule(.replica(0, isUp: false), at: now)
        fleet.schedule(.replica(0, isUp: true), at: now + .milliseconds(50))
      }
    }
    return fleet
  }

  private func lines(_ log: [UInt8]) -> [[UInt8]] {
    log.split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  @Test(
    "are made again by the replay, to the byte",
    arguments: [Deduplicator.Rule.production, .reference])
  func replay(rule: Deduplicator.Rule) throws {
    var configuration = PathSetting.configuration(budget: 1_500, timeout: .milliseconds(60))
    configuration.deduplication =
      rule == .production ? Deduplicator.Configuration(maximumWaiters: 2) : .reference
    var fleet = fleet(configuration)
    fleet.run()
    let written = lines(fleet.log)
    var replay = DecisionReplay()
    for line in written {
      if let difference = try replay.feed(line) {
        Issue.record("line \(difference.line): \(difference.recorded), not \(difference.replayed)")
        return
      }
    }
    #expect(replay.matching == written.count)
    let text = String(decoding: fleet.log, as: UTF8.self)
    for event in ["plan", "route", "choose", "join", "land", "leave", "reserve", "settle"] {
      #expect(text.contains("\"event\":\"\(event)\""), "an event \(event)")
    }
  }

  @Test("say of each look-up what the store held")
  func lookUps() {
    var fleet = fleet(PathSetting.configuration(store: true))
    fleet.run()
    let text = String(decoding: fleet.log, as: UTF8.self)
    for answer in ["hit", "miss", "bypass"] {
      #expect(text.contains("\"answer\":\"\(answer)\""), "an answer \(answer)")
    }
  }

  @Test("change no decision by being written")
  func sameDecisions() {
    let configuration = PathSetting.configuration(sharing: true, budget: 1_500)
    var written = fleet(configuration)
    var silent = fleet(configuration)
    silent.path = RequestPath(configuration, replicas: PathSetting.replicas(2))
    silent.path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    written.run()
    silent.run()
    #expect(written.ends == silent.ends)
    #expect(written.sent == silent.sent)
    #expect(silent.log.isEmpty)
  }

  @Test("are not written about requests where only those about machines are asked for")
  func onlyMachines() {
    var path = RequestPath(PathSetting.configuration(), replicas: PathSetting.replicas(1))
    let header = DecisionHeader(start: UTCDate(nanosecondsSince1970: 0), source: "a test")
    path.begin(DecisionWriter(header), about: .machines)
    path.planned(RoutePlan(place: 0, atFloor: 0, reason: .fixed), of: 0, at: .start)
    var ticket = Ticket(arrival: .start, number: 1, promptTokens: 1, outputTokens: 1, mark: 0)
    _ = path.arrived(&ticket, RequestFacts(isDeterministic: true), at: .start)
    let count = path.log?.count
    #expect(count == 0)
  }
}
