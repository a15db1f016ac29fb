// SPDX-License-Identifier: Apache-2.0

import GatewayCore
import OpenAIProtocol
import Policies
import Quantities
import Serving
import Testing

/// The driver in virtual time: no socket, no clock.
struct GatewayDriverTests {
  static func settings(engines: Int = 1, budget: Int64? = nil) -> FleetSettings {
    var settings = FleetSettings(
      models: [
        ServedModel(
          name: "m", artefact: "m",
          price: TokenPrice(
            prompt: USD(nanodollars: 1_000_000), cached: .zero, answer: USD(nanodollars: 2_000_000))
        )
      ],
      engines: (0..<engines).map {
        EngineSeat(name: "e\($0)", model: 0, limit: 8, timePerRequest: .milliseconds(10))
      }, tenants: ["a", "b"])
    settings.cache = ResponseCache.Configuration()
    settings.sharing = Deduplicator.Configuration()
    settings.timeout = .seconds(60)
    if let budget {
      settings.ledger = CostLedger.Configuration(limit: USD(nanodollars: budget))
      settings.estimate = USD(nanodollars: 1_000)
    }
    return settings
  }

  static func arrival(_ tenant: Int = 0, content: UInt8 = 1, isShared: Bool = true) -> Arrival {
    var arrival = Arrival(tenant: tenant, model: 0, promptTokens: 10, outputTokens: 10)
    arrival.isShared = isShared
    arrival.content = [content]
    return arrival
  }

  static let answer = KeptAnswer(contentType: "application/json", body: Array("{}".utf8), model: 0)

  static var facts: AnswerFacts {
    AnswerFacts(
      body: Array(
        #"{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}"#
          .utf8))
  }

  static func time(_ milliseconds: Int64) -> Instant { .start + .milliseconds(milliseconds) }

  /// The commands in short: what, and for whom.
  static func names(_ commands: [Command]) -> [String] {
    commands.map { command in
      switch command {
      case .call(let number, let engine, let attempt): "call \(number) \(engine.index) \(attempt)"
      case .cancel(let number): "cancel \(number)"
      case .retry(let number, _): "retry \(number)"
      case .wake(let engine, _): "wake \(engine.index)"
      case .serve(let number, _, _): "serve \(number)"
      case .share(let number, _): "share \(number)"
      case .finish(let number, let cost): "finish \(number) \(cost?.nanodollars ?? -1)"
      case .fail(let number, let failure): "fail \(number) \(failure.error.status)"
      }
    }
  }

  static func failure(_ kind: CallFailure.Kind) -> CallFailure {
    CallFailure(kind, APIError(status: 502, message: "", type: "server_error"))
  }

  @Test("a call, then a hit; another tenant has no part in it")
  func hit() {
    var driver = GatewayDriver(Self.settings())
    driver.arrived(1, Self.arrival(), at: Self.time(0))
    #expect(Self.names(driver.takeCommands()) == ["call 1 0 0"])
    driver.completed(1, Self.answer, Self.facts, isWhole: true, at: Self.time(10))
    // 100 tokens at 1 nanodollar and 10 at 2.
    #expect(Self.names(driver.takeCommands()) == ["finish 1 120"])
    driver.arrived(2, Self.arrival(), at: Self.time(20))
    driver.arrived(3, Self.arrival(1), at: Self.time(20))
    #expect(Self.names(driver.takeCommands()) == ["serve 2", "call 3 0 0"])
    #expect(driver.inFlight == 1)
  }

  @Test("20 at once make one call; the caller leaves, and 19 get the answer")
  func join() {
    var driver = GatewayDriver(Self.settings())
    for number in UInt64(1)...20 { driver.arrived(number, Self.arrival(), at: Self.time(0)) }
    #expect(Self.names(driver.takeCommands()) == ["call 1 0 0"])
    driver.clientLeft(1, at: Self.time(1))
    #expect(driver.takeCommands().isEmpty)
    driver.completed(1, Self.answer, Self.facts, isWhole: true, at: Self.time(8))
    #expect(Self.names(driver.takeCommands()) == (2...20).map { "share \($0)" })
    #expect(driver.inFlight == 0 && driver.flightCount == 0)
    #expect(driver.observation(of: 0).outstanding == 0)
  }

  @Test(
    "when all have left, the call is cancelled", arguments: [[1, 2, 3], [3, 2, 1], [2, 1, 3]])
  func allLeave(_ order: [UInt64]) {
    var driver = GatewayDriver(Self.settings())
    for number in UInt64(1)...3 { driver.arrived(number, Self.arrival(), at: Self.time(0)) }
    _ = driver.takeCommands()
    for number in order { driver.clientLeft(number, at: Self.time(1)) }
    #expect(Self.names(driver.takeCommands()) == ["cancel 1"])
    #expect(driver.inFlight == 0 && driver.flightCount == 0)
    #expect(driver.observation(of: 0).outstanding == 0)
  }

  @Test("a failure that may pass is tried again at another engine, within its limit")
  func retry() {
    var driver = GatewayDriver(Self.settings(engines: 2))
    driver.arrived(1, Self.arrival(), at: Self.time(0))
    #expect(Self.names(driver.takeCommands()) == ["call 1 0 0"])
    for attempt in 1...2 {
      driver.failed(1, Self.failure(.status(500)), at: Self.time(1))
      #expect(Self.names(driver.takeCommands()).contains("retry 1"))
      driver.retryDue(1, at: Self.time(100))
      #expect(Self.names(driver.takeCommands()).last?.hasPrefix("call 1") == true)
      #expect(driver.tally.retries == UInt64(attempt))
    }
    driver.failed(1, Self.failure(.status(500)), at: Self.time(200))
    #expect(Self.names(driver.takeCommands()).contains("fail 1 502"))
    #expect(driver.inFlight == 0)
  }

  @Test("an error of the request is not tried again, and all who wait get it")
  func permanent() {
    var driver = GatewayDriver(Self.settings(engines: 2))
    for number in UInt64(1)...3 { driver.arrived(number, Self.arrival(), at: Self.time(0)) }
    _ = driver.takeCommands()
    driver.failed(1, Self.failure(.status(422)), at: Self.time(1))
    #expect(Self.names(driver.takeCommands()) == ["fail 1 502", "fail 2 502", "fail 3 502"])
    #expect(driver.observation(of: 0).acceptsRequests)
    #expect(driver.inFlight == 0)
  }

  @Test("what has begun is not made again for its client; those who wait get another call")
  func midStream() {
    var driver = GatewayDriver(Self.settings(engines: 2))
    driver.arrived(1, Self.arrival(), at: Self.time(0))
    driver.arrived(2, Self.arrival(), at: Self.time(0))
    _ = driver.takeCommands()
    driver.started(1, at: Self.time(1))
    driver.failed(1, Self.failure(.brokenOff), at: Self.time(2))
    let names = Self.names(driver.takeCommands())
    #expect(names.first == "fail 1 502" && names.last?.hasPrefix("call 2") == true)
    driver.completed(2, Self.answer, Self.facts, isWhole: true, at: Self.time(3))
    #expect(Self.names(driver.takeCommands()) == ["finish 2 120"])
    #expect(driver.inFlight == 0 && driver.flightCount == 0)
  }

  @Test("retries are a share of the traffic")
  func storm() {
    var settings = Self.settings(engines: 2)
    settings.retries.percent = 10
    var driver = GatewayDriver(settings)
    var calls = 0
    for number in UInt64(1)...1_000 {
      driver.arrived(number, Self.arrival(isShared: false), at: Self.time(Int64(number)))
      var commands = driver.takeCommands()
      while !commands.isEmpty {
        var next: [Command] = []
        for command in commands {
          switch command {
          case .call(let number, _, _):
            calls += 1
            driver.failed(number, Self.failure(.brokenOff), at: Self.time(Int64(number)))
          case .retry(let number, _): driver.retryDue(number, at: Self.time(Int64(number)))
          default: break
          }
          next += driver.takeCommands()
        }
        commands = next
      }
    }
    // 10 at first and a tenth of 1,000.
    #expect(driver.tally.retries <= 110)
    #expect(calls <= 1_110)
    #expect(driver.tally.retriesDenied > 0)
    #expect(driver.inFlight == 0)
  }

  @Test(
    "a budget holds 50 estimates of 200 at once, and 441 more one by one when they cost a tenth")
  func budget() {
    var settings = Self.settings(engines: 1, budget: 50_000)
    settings.engines[0].limit = 1_000
    settings.models[0].price = TokenPrice(
      prompt: USD(nanodollars: 1_000_000), cached: .zero, answer: .zero)
    var driver = GatewayDriver(settings)
    func arrive(_ numbers: ClosedRange<UInt64>, _ driver: inout GatewayDriver) -> [UInt64] {
      for number in numbers {
        driver.arrived(number, Self.arrival(isShared: false), at: Self.time(0))
      }
      return driver.takeCommands().compactMap {
        if case .call(let number, _, _) = $0 { number } else { nil }
      }
    }
    let first = arrive(1...200, &driver)
    #expect(first.count == 50)
    #expect(driver.tally.overBudget == 150)
    for number in first {
      driver.completed(number, Self.answer, Self.facts, isWhole: true, at: Self.time(1))
    }
    _ = driver.takeCommands()
    // Each cost 100 of the 1,000 nanodollars put aside: 5,000 are spent, and 45 estimates fit at once.
    #expect(driver.ledger?.total.spent == USD(nanodollars: 5_000))
    var answered = 0
    for number in UInt64(201)...1_000 {
      for number in arrive(number...number, &driver) {
        driver.completed(number, Self.answer, Self.facts, isWhole: true, at: Self.time(2))
        answered += 1
      }
    }
    // One after the other: the last fits while 1,000 are left.
    #expect(answered == 441)
    #expect(driver.ledger?.total.reserved == .zero)
  }

  @Test("who names a model gets that model or nothing")
  func named() {
    var settings = Self.settings(engines: 2)
    settings.models.append(ServedModel(name: "n", artefact: "n"))
    settings.engines[1].model = 1
    var driver = GatewayDriver(settings)
    var arrival = Self.arrival()
    arrival.model = 1
    driver.arrived(1, arrival, at: Self.time(0))
    #expect(Self.names(driver.takeCommands()) == ["call 1 1 0"])
    driver.accepts(ReplicaID(1), false, at: Self.time(1))
    arrival.content = [9]
    driver.arrived(2, arrival, at: Self.time(1))
    #expect(Self.names(driver.takeCommands()) == ["fail 2 503"])
    arrival.model = nil
    #expect(driver.arrived(3, arrival, at: Self.time(1)) == nil, "auto is not configured")
    #expect(driver.inFlight == 1)
  }

  @Test("an answer that was cut, or is too large, is not kept")
  func notKept() {
    var driver = GatewayDriver(Self.settings())
    let cut = AnswerFacts(body: Array(#"{"choices":[{"finish_reason":"length"}]}"#.utf8))
    driver.arrived(1, Self.arrival(), at: Self.time(0))
    driver.completed(1, Self.answer, cut, isWhole: true, at: Self.time(1))
    driver.arrived(2, Self.arrival(content: 2), at: Self.time(2))
    driver.completed(2, Self.answer, Self.facts, isWhole: false, at: Self.time(3))
    #expect(driver.storeFigures?.count == 0)
    #expect(driver.tally.unpriced == 1)
  }
}

/// The bytes of kept answers.
struct MemoryStoreTests {
  @Test("bytes never exceed their budget under churn, and what was used last stays")
  func churn() {
    let limit = 10_000
    var store = MemoryStore(ResponseCache.Configuration(), bytes: limit)
    for number in UInt64(0)..<5_000 {
      let size = Int(number &* 7_919 % 1_500)
      let answer = KeptAnswer(
        contentType: "", body: [UInt8](repeating: 0, count: size), model: 0)
      store.keep(CacheKey(high: 0, low: number % 700), answer, at: .start)
      #expect(store.bytes <= limit)
      let (found, kept) = store.lookUp(
        CacheKey(high: 0, low: number % 700), isDeterministic: true, at: .start)
      #expect(found == .hit(age: .zero) && kept?.body.count == size)
    }
    #expect(store.evictions > 0)
    store.keep(
      CacheKey(high: 1, low: 1),
      KeptAnswer(contentType: "", body: [UInt8](repeating: 0, count: limit), model: 0), at: .start)
    #expect(store.lookUp(CacheKey(high: 1, low: 1), isDeterministic: true, at: .start).0 == .miss)
  }
}
