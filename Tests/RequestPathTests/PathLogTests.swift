// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import DecisionReplay
import Policies
import Quantities
import RandomStreams
import RequestPath
import Serving
import Testing

@Suite("The events of a path in the log, with what becomes of requests")
struct PathLogTests {
  /// A path with everything on, whose budgets begin again every 200 ms.
  private static func configuration(
    _ rule: Deduplicator.Rule, store: Bool
  ) -> RequestPath.Configuration {
    var configuration = PathSetting.configuration(store: store, timeout: .milliseconds(60))
    configuration.deduplication =
      rule == .production ? Deduplicator.Configuration(maximumWaiters: 2) : .reference
    configuration.budget = BudgetPeriods.Configuration(
      ledger: CostLedger.Configuration(limit: USD(nanodollars: 300)), period: .milliseconds(200),
      estimate: USD(nanodollars: 10), charge: .engineWork)
    configuration.handOverLimit = 2
    configuration.longestWait = .milliseconds(25)
    var cooldown = Cooldown.Configuration()
    cooldown.rest = .milliseconds(40)
    configuration.cooldowns = Cooldowns(cooldown)
    return configuration
  }

  /// The log of a fleet whose requests share calls, fail, lose replicas and go away.
  private static func log(
    _ rule: Deduplicator.Rule = .production, store: Bool = true, storeTime: TimeSpan? = nil,
    about subjects: DecisionSubjects = .path
  ) -> [[UInt8]] {
    var fleet = VirtualFleet(
      configuration(rule, store: store), replicas: PathSetting.replicas(2), queueLimit: 4,
      log: UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000), about: subjects)
    fleet.cost = USD(nanodollars: 7)
    fleet.storeTime = storeTime
    var dice = RandomStream(seed: 6, replication: 0, purpose: .testing, entity: 0)
    for number in 0..<UInt64(1_000) {
      let now = time(Int64(number) * 3)
      var request = VirtualFleet.Request(number: number << 40, content: number / 9)
      request.isDeterministic = dice.nextUniform() < 0.8
      if dice.nextUniform() < 0.3 { request.leavesAfter = .milliseconds(11) }
      let fate = dice.nextUniform()
      if fate < 0.1 { request.failure = .retryable }
      if fate > 0.95 { request.failure = .permanent }
      fleet.schedule(.arrives(request), at: now)
      if number % 40 == 39 {
        fleet.schedule(.replica(0, isUp: false), at: now)
        fleet.schedule(.replica(0, isUp: true), at: now + .milliseconds(50))
      }
      if number % 90 == 60 { fleet.schedule(.replica(1, isUp: false), at: now) }
      if number % 90 == 75 { fleet.schedule(.replica(1, isUp: true), at: now) }
      if number == 500 {
        fleet.run(until: now)
        fleet.path.degraded(to: .reject, at: now)
      }
    }
    fleet.run()
    return fleet.log.split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  /// The first line that a replay makes otherwise.
  private static func difference(
    _ log: [[UInt8]]
  ) throws(DecisionLogError) -> DecisionReplay.Difference? {
    var replay = DecisionReplay()
    for line in log { if let found = try replay.feed(line) { return found } }
    return nil
  }

  private static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

  @Test(
    "make the same effects again on another path, to the byte",
    arguments: [Deduplicator.Rule.production, .reference],
    [nil, .milliseconds(2), TimeSpan.milliseconds(12)])
  func sameEffects(rule: Deduplicator.Rule, storeTime: TimeSpan?) throws {
    let log = Self.log(rule, storeTime: storeTime)
    if let found = try Self.difference(log) {
      Issue.record("line \(found.line): \(found.recorded), not \(found.replayed)")
    }
    let all = log.map(Self.text).joined()
    for event in [
      "planned", "arrived", "store_answered", "completed", "failed", "client_left", "retry_due",
      "replica_changed", "degraded", "called", "rested",
    ] { #expect(all.contains("\"event\":\"\(event)\""), "an event \(event)") }
    for effect in ["ask", "send", "wait", "retry", "end", "refuse", "cancel", "several", "nothing"]
    where rule == .production && storeTime == nil {
      #expect(all.contains("\"do\":\"\(effect)\""), "an effect \(effect)")
    }
  }

  @Test("stand beside the answers of the policies, and both come out as recorded")
  func withPolicies() throws {
    let log = Self.log(store: false, about: [.policies, .path])
    let found = try Self.difference(log)
    #expect(found == nil)
    let own = log.filter { Self.text($0).contains("\"policy\":\"path\"") }
    #expect(own == Array(Self.log(store: false).dropFirst()))
    #expect(log.contains { Self.text($0).contains("\"policy\":\"dedup\"") })
  }

  @Test("show an effect that was changed, at its line")
  func changedEffect() throws {
    let log = Self.log()
    for (old, new) in [
      (#""do":"send","replica":0"#, #""do":"send","replica":1"#),
      (#""outcome":"joined""#, #""outcome":"completed""#),
      (#""row":1}"#, #""row":2}"#), (#""because":"limit""#, #""because":"tooLate""#),
    ] {
      let line = try #require(log.lastIndex { Self.text($0).contains(old) })
      var changed = log
      changed[line] = Array(Self.text(log[line]).replacing(old, with: new, maxReplacements: 1).utf8)
      #expect(try Self.difference(changed)?.line == line + 1, "\(old)")
    }
  }

  @Test("show an event that was changed, at the first line that comes out otherwise for it")
  func changedEvent() throws {
    let log = Self.log()
    let line = try #require(
      log.firstIndex { Self.text($0).contains(#""how":"retryable","decision":{"do":"end""#) })
    var changed = log
    changed[line] = Array(Self.text(log[line]).replacing("retryable", with: "lost").utf8)
    #expect(try Self.difference(changed)?.line == line + 1)
    // A request that was sent and of which the path is not told: a later choice shows it.
    let sent = try #require(log.firstIndex { Self.text($0).contains(#""change":"sent""#) })
    changed = log
    changed.remove(at: sent)
    do {
      let found = try #require(try Self.difference(changed))
      #expect(found.line > sent)
    } catch {
      #expect(error is DecisionLogError)
    }
  }

  @Test("of requests that are not where a line says are refused with the line")
  func impossible() throws {
    let log = Self.log()
    for (event, allowed) in [
      ("completed", "a request on its way"), ("retry_due", "a request on its way"),
      ("store_answered", "a request on its way"), ("client_left", "a request on its way"),
    ] {
      let line = try #require(log.firstIndex { Self.text($0).contains("\"\(event)\"") })
      var changed = log
      changed[line] = Array(
        Self.text(log[line]).replacing(
          /"request":"[0-9a-f]+"/, with: "\"request\":\"00000000000000ff\""
        ).utf8)
      let error = #expect(throws: DecisionLogError.self) { try Self.difference(changed) }
      #expect(error?.line == line + 1)
      #expect(error?.problem.contains(allowed) == true, "\(error?.problem ?? "")")
    }
  }

  @Test("refuse what a request cannot meet where it is")
  func wrongPlace() throws {
    let log = Self.log()
    func first(_ part: String) throws -> Int {
      try #require(log.firstIndex { Self.text($0).contains(part) })
    }
    func refused(_ log: [[UInt8]], at line: Int, _ allowed: String) {
      let error = #expect(throws: DecisionLogError.self) { try Self.difference(log) }
      #expect(error?.line == line + 1 && error?.key == "request")
      #expect(error?.problem.contains(allowed) == true, "\(error?.problem ?? "")")
    }
    // The same request arrives twice, and is answered by the store twice.
    let asked = try first(#""do":"ask""#)
    var changed = log
    changed.insert(log[asked], at: asked + 1)
    refused(changed, at: asked + 1, "a request that is not on its way")
    let sent = try first(#""event":"store_answered""#)
    changed = log
    changed.insert(log[sent], at: sent + 1)
    refused(changed, at: sent + 1, "a request about which the store is asked")
    // One that waits for another's call fails by a call of its own.
    let waits = try first(#""do":"wait""#)
    let fails = try first(#""event":"failed""#)
    let number = try #require(Self.text(log[waits]).firstMatch(of: /"request":"[0-9a-f]+"/)).output
    changed = log
    changed.insert(
      Array(Self.text(log[fails]).replacing(/"request":"[0-9a-f]+"/, with: number).utf8),
      at: waits + 1)
    refused(changed, at: waits + 1, "a request that is at a replica, or was")
  }

  @Test("need a router, and a ledger where they have a budget, in the first line")
  func incomplete() throws {
    let first = Self.text(Self.log()[0])
    for (part, key) in [(/"router":\{.*?\},"dedup"/, "router"), (/"ledger":\{.*?\},/, "ledger")] {
      let with = key == "router" ? "\"dedup\"" : ""
      let line = first.replacing(part, with: with)
      try #require(line != first)
      let error = #expect(throws: DecisionLogError.self) {
        try Self.difference([Array(line.utf8)])
      }
      #expect(error?.line == 1 && error?.key == key)
    }
  }

  @Test("that were cut off in the midst of a line are refused there")
  func cutOff() throws {
    var log = Self.log()
    log[log.count - 1].removeLast(20)
    let error = #expect(throws: DecisionLogError.self) { try Self.difference(log) }
    #expect(error?.line == log.count)
    // What ends between two lines is a shorter log.
    #expect(try Self.difference(Array(log.dropLast())) == nil)
  }

  @Test("begin with how replicas are")
  func beginning() throws {
    let first = Self.text(Self.log()[0])
    #expect(first.contains(#""replicas":[[0,1,0,1],[1,1,0,1]]}"#))
  }
}
