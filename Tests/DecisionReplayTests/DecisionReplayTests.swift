// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import DecisionReplay
import Foundation
import Policies
import Quantities
import RandomStreams
import Serving
import Testing

@Suite("A decision log and its replay")
struct DecisionReplayTests {
  private static let start = UTCDate(nanosecondsSince1970: 1_733_702_400_000_000_000)

  private static func header() -> DecisionHeader {
    var header = DecisionHeader(start: start, source: "a test with \"quotes\"\n")
    header.spot = SpotManager.Configuration(
      pools: [
        .init(market: .onDemand, wanted: 1, maximum: 3),
        .init(market: .spot, wanted: 2, maximum: 4, zone: "a", throughput: 0.1 + 0.2),
      ],
      fallsBackToOnDemand: true, fallbackHold: .minutes(5), failbackAfter: .minutes(10),
      initialBackOff: .minutes(3), maximumBackOff: .minutes(30))
    var scaling = CostAwareAutoscaler.Configuration(
      minimum: 1, maximum: 5, throughput: 100, startTime: .minutes(7),
      latencyTarget: .milliseconds(200), longestQueueWait: .milliseconds(100),
      budget: HourlyPrice(nanodollarsPerHour: 50_000_000_000),
      worstPrice: HourlyPrice(nanodollarsPerHour: 9_830_000_000),
      spotPrice: HourlyPrice(nanodollarsPerHour: 9_830_000_000))
    scaling.monthlyBudget = USD(nanodollars: 30_000_000_000_000)
    header.autoscaler = (scaling, 3)
    header.replicas = (0..<3).map {
      ReplicaObservation(
        model: ModelID($0 % 2), acceptsRequests: false, outstanding: 0, hasRoom: true,
        nanosecondsPerRequest: 1_000_000)
    }
    let samples = (0..<40).map {
      DifficultyCalibration.Sample(score: Double($0) / 40, trueClass: $0 / 20)
    }
    header.router = Router.Configuration(
      models: (0..<2).map {
        Router.Model(
          id: ModelID($0), qualityByClass: [0.9, 0.5 + 0.4 * Double($0)], contextWindow: 8_192,
          nanosecondsPerRequest: Int64($0 + 1))
      },
      rule: .difficulty(
        Router.QualityRule(
          calibration: DifficultyCalibration(samples, classCount: 2), qualityFloor: 0.8,
          uncertaintyBand: 0.05)), longestWait: .seconds(2))
    header.cache = ResponseCache.Configuration(capacity: 10)
    header.deduplicator = Deduplicator.Configuration()
    header.ledger = CostLedger.Configuration(
      limit: USD(nanodollars: 3_000_000_000), tenantLimits: [USD(nanodollars: 2_000_000_000)])
    header.spot?.launchTimeOut = .minutes(2)
    header.spot?.startTimeOut = .minutes(10)
    header.spot?.mostUnhealthy = .whole
    header.cooldown = Cooldown.Configuration()
    var path = PathSettings(requestedModel: ModelID(1))
    path.storeRule = .production
    path.budget = PathSettings.Budget(
      period: .hours(1), estimate: USD(nanodollars: 1_000_000))
    path.timeout = .minutes(5)
    path.longestWait = .milliseconds(20)
    path.replicas = header.replicas
    path.replicas[1].acceptsRequests = true
    header.path = path
    return header
  }

  /// A log with an event of each kind, without its decisions: what a gateway would be fed.
  private static var events: [String] {
    func at(_ second: Int) -> String { "2024-12-09T00:0\(second / 50):\(10 + second % 50).5Z" }
    let key = String(repeating: "0123456789abcdef", count: 2)
    let bodies = [
      #""policy":"spot","event":"adopted","machine":0,"pool":0"#,
      #""policy":"spot","event":"adopted","machine":1,"pool":1"#,
      #""policy":"spot","event":"started""#,
      #""policy":"spot","event":"launched","launch":0,"machine":2"#,
      #""policy":"spot","event":"ready","machine":2"#,
      #""policy":"spot","event":"rebalance_recommended","machine":1"#,
      #""policy":"spot","event":"noticed","machine":1,"deadline":"2024-12-09T00:02:00Z""#,
      #""policy":"spot","event":"launch_failed","launch":1,"why":"insufficientCapacity""#,
      #""policy":"spot","event":"gone","machine":1"#,
      #""policy":"spot","event":"scheduled","pool":0,"minimum":2,"maximum":3"#,
      #""policy":"spot","event":"target","machines":3"#,
      #""policy":"spot","event":"wake""#,
      #""policy":"autoscaler","event":"missed""#,
      """
      "policy":"autoscaler","event":"observed","true_at":"2024-12-09T00:00:15Z","engine_nanohertz":\
      400000000000,"queue_wait_ns":1000000,"p99_ns":null,"ready":3,"starting":0,\
      "committed_nanodollars_per_hour":20000000000,"effective":2.5
      """,
      #""policy":"router","event":"plan","text":0,"score":0.7,"has_simple":false,"has_medium":true"#,
      """
      "policy":"router","event":"route","text":0,"prompt_tokens":100,"output_tokens":50,\
      "session":"00000000000000ff","goes_down":false,"replicas":[[1,1,3,1],[0,1,0,0]]
      """,
      """
      "policy":"dispatcher","event":"choose","model":1,"longest_wait_ns":null,\
      "replicas":[[1,1,4,1]]
      """,
      #""policy":"cache","event":"cleared""#,
      #""policy":"cache","event":"primed","key":"\#(key)","stored_at":"2024-12-08T23:59:00Z""#,
      #""policy":"cache","event":"look_up","key":"\#(key)","is_deterministic":true"#,
      """
      "policy":"cache","event":"answered","key":"\(key)","status":500,"finish_reason":"length",\
      "is_complete":true,"choices":1,"is_deterministic":true,"is_no_store":false
      """,
      """
      "policy":"dedup","event":"join","key":"\(key)","is_deterministic":true,"waiter":1,\
      "deadline":null
      """,
      """
      "policy":"dedup","event":"join","key":"\(key)","is_deterministic":true,"waiter":2,\
      "deadline":"2024-12-09T00:09:00Z"
      """,
      #""policy":"dedup","event":"leave","flight":"0000000200000000","waiter":1"#,
      #""policy":"dedup","event":"land","flight":"0000000200000000","outcome":"retryable_failure""#,
      """
      "policy":"ledger","event":"reserve","tenant":0,"estimate_nanodollars":1000000000,\
      "deadline":null
      """,
      #""policy":"ledger","event":"settle","reserved":"0000000100000000","actual_nanodollars":null"#,
      #""policy":"ledger","event":"period""#,
      """
      "policy":"spot","event":"found","machine":3,"pool":1,"standing":"noticed",\
      "deadline":"2024-12-09T00:03:00Z","is_fallback":false,"since":"2024-12-08T23:00:00Z"
      """,
      """
      "policy":"spot","event":"found","machine":4,"pool":0,"standing":"draining",\
      "is_fallback":true,"since":"2024-12-08T23:00:00Z"
      """,
      #""policy":"spot","event":"priced","pool":1,"price_nanodollars_per_hour":9000000000"#,
      #""policy":"spot","event":"unhealthy","machine":2"#,
      """
      "policy":"dispatcher","event":"added","model":1,"nanoseconds_per_request":500000,\
      "replicas":[]
      """,
      """
      "policy":"dispatcher","event":"added","model":2,"nanoseconds_per_request":700000,\
      "replicas":[]
      """,
      """
      "policy":"dispatcher","event":"choose","model":1,"longest_wait_ns":null,\
      "replicas":[[3,1,0,1]]
      """,
      """
      "policy":"cooldown","event":"ended","replica":3,"outcome":"refused",\
      "retry_after_ns":20000000000,"replicas":[]
      """,
      #""policy":"dispatcher","event":"retired","replica":0,"replicas":[[0,1,0,1]]"#,
      """
      "policy":"dispatcher","event":"added","model":0,"nanoseconds_per_request":900000,\
      "replicas":[]
      """,
      #""policy":"path","event":"planned","text":0,"score":0.7,"has_simple":false,"has_medium":true"#,
      arrived(1), answered(1, key),
      #""policy":"path","event":"replica_changed","replica":1,"change":"sent","has_room":true"#,
      #""policy":"path","event":"started","request":"0000000000000001""#,
      arrived(2), answered(2, key),
      #""policy":"path","event":"client_left","request":"0000000000000001""#,
      """
      "policy":"path","event":"completed","request":"0000000000000001","status":200,\
      "finish_reason":"stop","is_complete":true,"choices":1,"is_deterministic":true,\
      "is_no_store":false,"cost_nanodollars":1000
      """,
      #""policy":"path","event":"replica_changed","replica":1,"change":"ended","count":1,"has_room":true"#,
      #""policy":"path","event":"replica_changed","replica":0,"change":"accepts","accepts":true"#,
      #""policy":"path","event":"replica_changed","replica":2,"change":"room","has_room":false"#,
      arrived(3), answered(3, key),
      #""policy":"path","event":"replica_changed","replica":1,"change":"lost""#,
      #""policy":"path","event":"failed","request":"0000000000000003","how":"lost""#,
      #""policy":"path","event":"retry_due","request":"0000000000000003""#,
      #""policy":"path","event":"degraded","to":"reject""#,
      #""policy":"path","event":"called","replica":1,"outcome":"refused","retry_after_ns":null"#,
      #""policy":"path","event":"rested","replica":1"#,
      #""policy":"cooldown","event":"forgotten","replica":1"#,
    ]
    return bodies.enumerated().map { "{\"at\":\"\(at($0.offset))\",\($0.element)}" }
  }

  private static func arrived(_ request: Int) -> String {
    """
    "policy":"path","event":"arrived","request":"000000000000000\(request)",\
    "arrival":"2024-12-09T00:00:30Z","tenant":0,"prompt_tokens":100,"output_tokens":50,"text":0,\
    "session":"00000000000000ff","is_deterministic":true,"is_held":false
    """
  }

  private static func answered(_ request: Int, _ key: String) -> String {
    """
    "policy":"path","event":"store_answered","request":"000000000000000\(request)",\
    "key":"\(key)","answer":"miss"
    """
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  static func log() throws -> [String] {
    var writer = JSONLine(start: start)
    writer.write(header())
    var driver = DecisionReplay()
    let first = String(decoding: writer.bytes.dropLast(), as: UTF8.self)
    return try ([first] + events).map {
      String(decoding: try driver.decide(bytes($0)).dropLast(), as: UTF8.self)
    }
  }

  @Test("decides every kind of event, and decides it alike when its own log is fed to it")
  func roundTrip() throws {
    let lines = try Self.log()
    #expect(lines.count == Self.events.count + 1)
    #expect(lines.dropFirst().allSatisfy { $0.contains("\"decision\":") })
    var replay = DecisionReplay()
    for line in lines { #expect(try replay.feed(Self.bytes(line)) == nil) }
    #expect(replay.matching == lines.count)
    // Anybody can read it.
    for line in lines {
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(line.utf8))
      }
    }
  }

  @Test("says what was decided and why")
  func reasons() throws {
    let lines = try Self.log()
    func decision(_ event: String) throws -> String {
      let line = try #require(lines.first { $0.contains("\"event\":\"\(event)\"") })
      return String(line[try #require(line.range(of: "\"decision\":")).upperBound...].dropLast())
    }
    #expect(
      try decision("started").hasPrefix(
        #"[{"do":"launch","launch":0,"pool":1,"because":"missing"},{"do":"wake","at":"2024"#))
    #expect(
      try decision("rebalance_recommended")
        == #"[{"do":"avoid","machine":1,"because":"atRisk"},"#
        + #"{"do":"launch","launch":1,"pool":1,"because":"missing"}]"#)
    #expect(try decision("leave") == #"{"answer":"goesOn"}"#)
    #expect(
      try decision("answered") == #"{"admission":"status","entries":1,"evicted":0,"expired":0}"#)
    #expect(try decision("look_up").hasPrefix(#"{"answer":"hit","age_ns":"#))
    #expect(try decision("reserve") == #"{"reserved":"0000000100000000"}"#)
    #expect(try decision("settle") == #"{"answer":"settled","spent_nanodollars":1000000000}"#)
    #expect(try decision("found").hasPrefix(#"[{"do":"cordon","machine":3,"because":"noticed"}"#))
    #expect(
      try decision("unhealthy").hasPrefix(
        #"[{"do":"release","machine":2,"because":"unhealthy"},"#
          + #"{"do":"evacuate","machine":2,"because":"unhealthy"}"#))
    #expect(try decision("added") == #"{"replica":3}"#)
    #expect(
      try decision("arrived") == #"{"do":"ask","reserved":"0000000100000000","model":1,"row":null}"#
    )
    #expect(try decision("store_answered") == #"{"do":"send","replica":1,"row":0}"#)
    #expect(try decision("client_left") == #"{"do":"nothing"}"#)
    #expect(
      try decision("completed")
        == #"{"do":"several","steps":[{"request":"0000000000000002","do":"end","outcome":"joined"}],"#
        + #""offer":{"key":"0123456789abcdef0123456789abcdef","admission":"admitted"}}"#)
    #expect(
      try decision("failed") == #"{"do":"retry","at":"2024-12-09T00:01:13.500000000Z"}"#)
    #expect(try decision("retry_due") == #"{"do":"end","outcome":"failed","attempt":1}"#)
    #expect(try decision("ended") == #"{"rests_until":"2024-12-09T00:01:05.500000000Z"}"#)
  }

  @Test("makes the choices of a driver again whose replicas come and go")
  func replicasThatChange() throws {
    var stream = RandomStream(seed: 7, replication: 0, purpose: .testing, entity: 41)
    func roll(_ sides: Int) -> Int { Int(stream.next() % UInt64(sides)) }
    var header = DecisionHeader(start: Self.start, source: "a driver")
    header.cooldown = Cooldown.Configuration()
    var writer = DecisionWriter(header)
    var board = ReplicaBoard([])
    var cooldowns = Cooldowns()
    var dispatcher = LeastLoaded()
    for number in 0..<600 {
      let now = Instant.start + .seconds(Int64(number))
      let replica = ReplicaID(board.count > 0 ? roll(board.count) : 0)
      switch board.count == 0 ? 0 : roll(8) {
      case 0:
        let added = board.add(
          ReplicaObservation(
            model: ModelID(roll(2)), acceptsRequests: true, outstanding: 0, hasRoom: true,
            nanosecondsPerRequest: Int64(1 + roll(3))))
        cooldowns.forget(added)
        writer.write(added: added, at: now, among: board)
      case 1:
        board.retire(replica)
        writer.write(retired: replica, at: now, among: board)
      case 2:
        let until = cooldowns.step(.failed(retryAfter: nil), of: replica, among: board, at: now)
        writer.write(
          ended: .failed(retryAfter: nil), of: replica, at: now, among: board, restsUntil: until)
      case 3, 4:
        // An end of requests that no line tells of by itself.
        board.update(replica.index) { $0.outstanding = 0 }
      default:
        let model = ModelID(roll(2))
        let choice = dispatcher.choose(of: model, among: &board)
        writer.write(choiceOf: model, within: nil, at: now, among: board, choice)
        if case .replica(let chosen) = choice {
          board.update(chosen.index) { $0.outstanding += 1 }
        }
      }
    }
    let lines = writer.line.bytes.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count > 300 && board.count < 60)
    var replay = DecisionReplay()
    for line in lines { #expect(try replay.feed(Array(line)) == nil) }
  }

  @Test("shows the first line that comes out otherwise")
  func difference() throws {
    var lines = try Self.log()
    let changed = try #require(lines.firstIndex { $0.contains(#""granted":"#) })
    lines[changed] = lines[changed].replacingOccurrences(of: #""granted":"#, with: #""granted":1"#)
    var replay = DecisionReplay()
    var found: DecisionReplay.Difference?
    for line in lines where found == nil { found = try replay.feed(Self.bytes(line)) }
    #expect(found?.line == changed + 1)
    #expect(found?.recorded == lines[changed])
    #expect(found?.replayed != found?.recorded)
  }

  @Test(
    "says where a line cannot be read, what was found and what is allowed",
    arguments: [
      ("", "this is no object"), ("[]", "this is no object"), ("{\"at\":", "this is no object"),
      (
        #"{"at":"yesterday","policy":"spot","event":"wake"}"#,
        #"at: is "yesterday"; allowed: a time"#
      ),
      (#"{"at":null,"policy":"spot","event":"wake"}"#, "at: is null; allowed: a time"),
      (#"{"at":"2024-12-09T00:00:00Z","event":"wake"}"#, "policy: is missing; allowed: text"),
      (
        #"{"at":"2024-12-09T00:00:00Z","policy":"spot","event":"exploded"}"#,
        #"event: is "exploded"; allowed: adopted, started"#
      ),
      (
        #"{"at":"2024-12-09T00:00:00Z","policy":"spot","event":"ready","machine":-1}"#,
        "machine: is -1; allowed: a number from 0"
      ),
      (
        #"{"at":"2024-12-09T00:00:00Z","policy":"spot","event":"ready","machine":1e99}"#,
        "machine: is 1e+99; allowed: a whole number"
      ),
      (
        #"{"at":"2024-12-09T00:00:00Z","policy":"router","event":"route","text":7}"#,
        "text: is 7; allowed: a text that has been planned"
      ),
      (
        #"{"at":"2024-12-09T00:00:00Z","policy":"dispatcher","event":"choose","replicas":[[9,1,1,1]]}"#,
        "replicas: is a list; allowed: replicas from 0 to 2"
      ),
    ])
  func unreadable(line: String, message: String) throws {
    var writer = JSONLine(start: Self.start)
    writer.write(Self.header())
    var replay = DecisionReplay()
    _ = try replay.decide(Array(writer.bytes.dropLast()))
    let error = #expect(throws: DecisionLogError.self) { try replay.decide(Self.bytes(line)) }
    #expect(error?.line == 2)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("refuses a log of an older version with a sentence")
  func olderVersion() throws {
    var replay = DecisionReplay()
    let line =
      #"{"plimsoll":"decisions","version":1,"start":"2024-12-09T00:00:00Z","source":"a test"}"#
    let error = #expect(throws: DecisionLogError.self) { try replay.decide(Self.bytes(line)) }
    #expect(
      error?.description
        == "line 1: version: is 1, which this version of Plimsoll does not read; allowed: 2, "
        + "so record the log again")
  }

  @Test("refuses another version, and settings that no policy takes")
  func headers() throws {
    var writer = JSONLine(start: Self.start)
    writer.write(Self.header())
    let good = String(decoding: writer.bytes.dropLast(), as: UTF8.self)
    for (from, to, key) in [
      (#""version":2"#, #""version":3"#, "version"),
      (#""hand_over_limit":3"#, #""hand_over_limit":256"#, "path.hand_over_limit"),
      (#""period_ns":3600000000000"#, #""period_ns":0"#, "path.budget.period_ns"),
      (#""replicas":[[1,"#, #""replicas":[[3,"#, "path.replicas"),
      (#""ttl_ns":3600000000000"#, #""ttl_ns":0"#, "cache.ttl_ns"),
      (#""throughput":0.30000000000000004"#, #""throughput":0"#, "spot.pools[1].throughput"),
      (#""classes_at_least":[["#, #""classes_at_least":[[1.0,"#, "router.classes_at_least"),
      (#""replicas":[{"model":0"#, #""replicas":[{"model":-1"#, "replicas[0].model"),
      (#""replicas":[{"model":0"#, #""replicas":[{"model":256"#, "replicas[0].model"),
      (#""models":[{"model":0"#, #""models":[{"model":-1"#, "router.models[0].model"),
      (#""limit_nanodollars":3"#, #""limit_nanodollars":-3"#, "ledger.limit_nanodollars"),
    ] {
      let bad = good.replacingOccurrences(of: from, with: to)
      try #require(bad != good)
      var replay = DecisionReplay()
      let error = #expect(throws: DecisionLogError.self) { try replay.decide(Self.bytes(bad)) }
      #expect(error?.key == key)
      #expect(error?.line == 1)
    }
  }
}
