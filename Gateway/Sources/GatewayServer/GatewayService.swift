// SPDX-License-Identifier: Apache-2.0

import Digests
import GatewayCore
import NIOCore
import NIOHTTP1
import OpenAIProtocol
import Policies
import Quantities
import Serving

/// The gateway on its event loop: carries out what the driver of the request path asks for, over HTTP.
///
/// Everything it holds is touched on that loop only.
final class GatewayService: RequestHandler {
  let configuration: Configuration
  let loop: any EventLoop
  var driver: GatewayDriver
  var exchanges: [UInt64: Exchange] = [:]
  var measures = Measures()
  let access: LogFile?
  let decisions: LogFile?
  /// Whether it ends: it takes no new requests.
  private(set) var isDraining = false
  private let clients: [EngineClient]
  private let start: NIODeadline
  private let startDate: UTCDate
  private let modelList: [UInt8]
  private var nextNumber: UInt64 = 0
  private var isRunning = false

  /// What is measured beside what the driver counts.
  struct Measures {
    var duration = Histogram(edges: Histogram.answerEdges)
    var firstByte = Histogram(edges: Histogram.answerEdges)
    var own = Histogram(edges: Histogram.ownEdges)
    var unauthorised: UInt64 = 0
    var invalid: UInt64 = 0
    var connections = 0
    var connectionsRefused: UInt64 = 0
  }

  init(
    _ configuration: Configuration, on loop: any EventLoop, startingAt date: UTCDate,
    access: LogFile?, decisions: LogFile?
  ) {
    self.configuration = configuration
    self.loop = loop
    self.access = access
    self.decisions = decisions
    start = .now()
    startDate = date
    driver = GatewayDriver(configuration.fleet, log: decisions == nil ? nil : date)
    clients = configuration.engines.map { EngineClient($0, configuration.patience, on: loop) }
    var names = configuration.fleet.models.map(\.name)
    if configuration.fleet.difficulty != nil || configuration.fleet.fixedModel != nil {
      names.append("auto")
    }
    let models = names.map {
      #"{"id":\#(JSONText.quoted($0)),"object":"model","created":0,"owned_by":"plimsoll"}"#
    }
    modelList = Array(#"{"object":"list","data":[\#(models.joined(separator: ","))]}"#.utf8)
    flushLog()
  }

  var limits: Configuration.Limits { configuration.limits }

  var now: Instant { Instant(nanoseconds: (NIODeadline.now() - start).nanoseconds) }

  /// The date of now.
  var date: UTCDate { startDate + now.sinceStart }

  /// Whether it takes requests, and an engine does too.
  var isReady: Bool { !isDraining && driver.isReady }

  /// Takes no new requests from now on.
  func drain() { isDraining = true }

  // MARK: Requests

  func handle(_ request: ClientRequest, on client: ClientHandler) {
    nextNumber += 1
    let number = nextNumber
    do throws(APIError) {
      try take(request, number, on: client)
    } catch {
      if error.status == 401 { measures.unauthorised += 1 } else { measures.invalid += 1 }
      respond(error, number, on: client)
      log(number, request.head.uri, status: error.status)
    }
  }

  private func take(
    _ request: ClientRequest, _ number: UInt64, on client: ClientHandler
  ) throws(APIError) {
    let path = request.head.uri.split(separator: "?", maxSplits: 1).first.map(String.init) ?? "/"
    let key = try self.key(of: request)
    if path == "/v1/models" || path.hasPrefix("/v1/models/") {
      return try listModels(path, request, number, on: client)
    }
    guard let endpoint = Endpoint(path: path) else {
      throw APIError(
        status: 404, message: "Unknown request URL: \(request.head.method) \(path.prefix(200)).",
        type: "invalid_request_error", code: "unknown_url")
    }
    guard request.head.method == .POST else {
      throw APIError(
        status: 405, message: "Use POST for \(path).", type: "invalid_request_error",
        code: "method_not_supported")
    }
    guard !isDraining, exchanges.count < limits.requests else {
      throw APIError(
        status: 503, message: "The gateway takes no more requests.", type: "server_error",
        code: "overloaded", retryAfter: 1)
    }
    let body = try ModelRequest(request.body, endpoint: endpoint)
    let model = try self.model(of: body, for: key)
    let exchange = Exchange(
      number: number, request: body, key: key, passing: Self.passed(request.head.headers),
      from: client, limit: 1 << 20)
    let arrival = self.arrival(of: body, asking: model, for: key, request.head.headers)
    exchanges[number] = exchange
    client.number = number
    let wait = TimeAmount.nanoseconds(configuration.fleet.timeout.nanoseconds)
    let bound = NIOLoopBound(self, eventLoop: loop)
    exchange.timer = loop.scheduleTask(in: wait) { bound.value.patienceEnded(number) }
    if let model = driver.arrived(number, arrival, at: now) {
      exchange.model = model
      run()
    } else {
      end(exchange)
      client.number = nil
      throw Self.unknownModel(body.model)
    }
  }

  private func key(of request: ClientRequest) throws(APIError) -> Configuration.Key {
    let digests = configuration.keys.map(\.digest)
    guard let secret = Secret.bearer(request.head.headers.first(name: "authorization")),
      let place = Secret.find(secret, among: digests)
    else {
      throw APIError(
        status: 401, message: "Incorrect API key provided.", type: "invalid_request_error",
        code: "invalid_api_key")
    }
    return configuration.keys[place]
  }

  private static func unknownModel(_ name: String) -> APIError {
    APIError(
      status: 404,
      message: "The model `\(name.prefix(200))` does not exist or you do not have access to it.",
      type: "invalid_request_error", parameter: "model", code: "model_not_found")
  }

  /// The number of the model that is asked for; `nil` for `auto`.
  private func model(
    of body: ModelRequest, for key: Configuration.Key
  ) throws(APIError) -> Int? {
    guard body.model != "auto" else {
      // The router may choose any model, so who may not use all of them has to name one.
      guard key.models == nil, body.endpoint != .embeddings else {
        throw Self.unknownModel(body.model)
      }
      return nil
    }
    guard let model = configuration.fleet.models.firstIndex(where: { $0.name == body.model }),
      key.models?.contains(model) != false
    else { throw Self.unknownModel(body.model) }
    return model
  }

  private func arrival(
    of body: ModelRequest, asking model: Int?, for key: Configuration.Key, _ headers: HTTPHeaders
  ) -> Arrival {
    // Four bytes a token are what English prose has; it decides only whether a context window holds the request.
    var arrival = Arrival(
      tenant: key.tenant, model: model, promptTokens: max(1, body.tape.bytes.count / 4),
      outputTokens: body.mostTokens ?? 256)
    if model == nil, configuration.fleet.fixedModel == nil { arrival.text = body.judgedText }
    let control = headers["cache-control"].joined(separator: ",").lowercased()
    arrival.choices = body.choices
    let mayShare = configuration.fleet.cache != nil || configuration.fleet.sharing != nil
    if mayShare, body.isDeterministic, body.choices == 1, !control.contains("no-store"),
      !control.contains("no-cache")
    {
      arrival.isShared = true
      let bytes = CanonicalBytes(body.tape, endpoint: body.endpoint).bytes
      arrival.content = SHA256.digest(of: bytes).bytes
    }
    if let session = headers.first(name: "x-plimsoll-session") {
      let digest = SHA256.digest(of: Array("\(key.tenant):\(session)".utf8)).bytes
      arrival.session = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } | 1
    }
    return arrival
  }

  /// What engines are told of a client's headers: the context of its trace.
  private static func passed(_ headers: HTTPHeaders) -> [(String, String)] {
    ["traceparent", "tracestate"].compactMap { name in
      headers.first(name: name).map { (name, $0) }
    }
  }

  private func listModels(
    _ path: String, _ request: ClientRequest, _ number: UInt64, on client: ClientHandler
  ) throws(APIError) {
    guard request.head.method == .GET else {
      throw APIError(
        status: 405, message: "Use GET for \(path.prefix(200)).", type: "invalid_request_error")
    }
    var body = modelList
    if path != "/v1/models" {
      let name = String(path.dropFirst("/v1/models/".count))
      guard configuration.fleet.models.contains(where: { $0.name == name }) else {
        throw Self.unknownModel(name)
      }
      body = Array(
        #"{"id":\#(JSONText.quoted(name)),"object":"model","created":0,"owned_by":"plimsoll"}"#.utf8
      )
    }
    client.respond(
      status: 200,
      headers: [("content-type", "application/json"), ("x-request-id", Self.id(number))], body: body
    )
    log(number, path, status: 200)
  }

  static func id(_ number: UInt64) -> String { "plimsoll-\(number)" }

  func clientGone(_ number: UInt64) {
    guard let exchange = exchanges[number] else { return }
    exchange.client = nil
    exchange.timer?.cancel()
    logEnd(of: exchange, status: 499, how: "client_gone")
    driver.clientLeft(number, at: now)
    if exchange.call == nil { exchanges[number] = nil }
    run()
  }

  /// The time is over that a client waits.
  private func patienceEnded(_ number: UInt64) {
    guard let exchange = exchanges[number], exchange.client != nil else { return }
    fail(exchange, .timedOut)
    driver.clientLeft(number, at: now)
    if exchange.call == nil { exchanges[number] = nil }
    run()
  }

  func clientWritable(_ number: UInt64, _ isWritable: Bool) {
    exchanges[number]?.call?.reads(isWritable)
  }

  // MARK: Commands

  /// Carries out what the driver asks for, until it asks for nothing more.
  func run() {
    guard !isRunning else { return }
    isRunning = true
    while true {
      let commands = driver.takeCommands()
      if commands.isEmpty { break }
      for command in commands { carryOut(command) }
    }
    isRunning = false
    flushLog()
  }

  private func flushLog() {
    guard let decisions else { return }
    let lines = driver.takeLogLines()
    if !lines.isEmpty { decisions.append(lines) }
  }

  private func carryOut(_ command: Command) {
    switch command {
    case .call(let number, let replica, let attempt): call(number, replica.index, attempt)
    case .cancel(let number):
      guard let exchange = exchanges[number] else { return }
      exchange.call?.cancel()
      exchange.call = nil
      if exchange.client == nil { exchanges[number] = nil }
    case .retry(let number, let time): schedule(at: time) { $0.driver.retryDue(number, at: $0.now) }
    case .wake(let engine, let time): schedule(at: time) { $0.driver.rested(engine, at: $0.now) }
    case .serve(let number, let answer, let age):
      guard let exchange = exchanges[number] else { return }
      send(answer, to: exchange, "hit", [("age", "\(age.nanoseconds / 1_000_000_000)")])
    case .share(let number, let answer):
      guard let exchange = exchanges[number] else { return }
      send(answer, to: exchange, "join", [])
    case .finish(let number, let cost):
      guard let exchange = exchanges[number] else { return }
      finish(exchange, cost)
    case .fail(let number, let failure):
      guard let exchange = exchanges[number] else { return }
      fail(exchange, failure)
      if exchange.call == nil { exchanges[number] = nil }
    }
  }

  private func schedule(at time: Instant, _ action: @escaping (GatewayService) -> Void) {
    let bound = NIOLoopBound((self, action), eventLoop: loop)
    let delay = max(0, (time - now).nanoseconds)
    loop.scheduleTask(in: .nanoseconds(delay)) {
      bound.value.1(bound.value.0)
      bound.value.0.run()
    }
  }

  private func call(_ number: UInt64, _ engine: Int, _ attempt: Int) {
    guard let exchange = exchanges[number] else { return }
    exchange.beginCall()
    exchange.attempts = attempt
    exchange.model = configuration.fleet.engines[engine].model
    let call = EngineCall(number: number, engine: engine)
    exchange.call = call
    clients[engine].send(
      call, path: exchange.request.endpoint.path,
      headers: exchange.passedHeaders + [("x-request-id", Self.id(number))],
      body: exchange.request.body(forModel: configuration.engines[engine].model), for: self)
  }

  // MARK: Answers

  private func headers(_ exchange: Exchange, _ contentType: String) -> [(String, String)] {
    [
      ("content-type", contentType), ("x-request-id", Self.id(exchange.number)),
      ("x-plimsoll-model", configuration.fleet.models[exchange.model].name),
    ]
  }

  /// Sends an answer that was made before.
  private func send(
    _ answer: KeptAnswer, to exchange: Exchange, _ how: String, _ more: [(String, String)]
  ) {
    exchange.model = answer.model
    exchange.facts = AnswerFacts()
    exchange.client?.respond(
      status: 200,
      headers: headers(exchange, answer.contentType)
        + [("x-plimsoll-cache", how), ("x-plimsoll-cost", "0.000000000")] + more,
      body: answer.body)
    measureEnd(of: exchange)
    logEnd(of: exchange, status: 200, how: how, bytes: answer.body.count)
    end(exchange)
  }

  private func finish(_ exchange: Exchange, _ cost: USD?) {
    if let client = exchange.client {
      if exchange.request.isStream {
        client.end(isWhole: true)
      } else {
        var fields = headers(exchange, "application/json") + [("x-plimsoll-cache", "miss")]
        if let cost { fields.append(("x-plimsoll-cost", cost.rounded(places: 9))) }
        client.respond(status: 200, headers: fields, body: exchange.kept)
      }
      measureEnd(of: exchange)
      logEnd(of: exchange, status: 200, how: "completed", bytes: client.bytesOut, cost: cost)
    }
    end(exchange)
  }

  /// Tells a client of a failure: by a status where nothing was sent yet, else by an event, and the connection ends.
  private func fail(_ exchange: Exchange, _ failure: CallFailure) {
    guard let client = exchange.client else { return }
    exchange.client = nil
    exchange.timer?.cancel()
    if client.hasBegun {
      client.write(Array("data: ".utf8) + failure.error.body + Array("\n\n".utf8))
      client.end(isWhole: false)
      logEnd(of: exchange, status: 200, how: "failed_in_stream", bytes: client.bytesOut)
      return
    }
    var fields = headers(exchange, "application/json")
    // What an engine was called for in vain has been tried again already: one layer owns retries.
    if failure.kind != .refused || failure.error.code == "insufficient_quota" {
      fields.append(("x-should-retry", "false"))
    }
    if let seconds = failure.error.retryAfter { fields.append(("retry-after", "\(seconds)")) }
    let body = failure.body ?? failure.error.body
    client.respond(status: failure.error.status, headers: fields, body: body)
    measureEnd(of: exchange)
    logEnd(
      of: exchange, status: failure.error.status, how: failure.error.code ?? "failed",
      bytes: body.count)
  }

  private func respond(_ error: APIError, _ number: UInt64, on client: ClientHandler) {
    var fields = [("content-type", "application/json"), ("x-request-id", Self.id(number))]
    if let seconds = error.retryAfter { fields.append(("retry-after", "\(seconds)")) }
    client.respond(status: error.status, headers: fields, body: error.body)
  }

  private func end(_ exchange: Exchange) {
    exchange.timer?.cancel()
    exchange.client = nil
    exchanges[exchange.number] = nil
  }

  private static func seconds(_ span: TimeAmount) -> Double { Double(span.nanoseconds) / 1e9 }

  private func measureEnd(of exchange: Exchange) {
    let now = NIODeadline.now()
    measures.duration.add(Self.seconds(now - exchange.arrived))
    guard exchange.attempts == 0, let written = exchange.written, let first = exchange.firstByte,
      !exchange.request.isStream
    else { return }
    // All but the time between the request's last byte to the engine and the answer's last byte from it.
    measures.own.add(Self.seconds((written - exchange.arrived) + (now - first)))
  }
}

extension GatewayService: CallObserver {
  func callWritten(_ call: EngineCall) {
    guard let exchange = exchanges[call.number], exchange.call === call else { return }
    exchange.written = .now()
    if exchange.client?.isWritable == false { call.reads(false) }
  }

  func callBegan(_ call: EngineCall) {}

  func call(_ call: EngineCall, took bytes: ByteBuffer) {
    guard let exchange = exchanges[call.number], exchange.call === call else { return }
    let isStream = exchange.request.isStream && call.head?.status == .ok
    guard isStream else {
      exchange.keep(bytes.readableBytesView, upTo: limits.answer)
      return
    }
    do throws(EventStream.TooLarge) {
      for event in try exchange.events.take(bytes.readableBytesView) { pass(event, of: exchange) }
    } catch {
      call.cancel()
      callFailed(call, Self.garbage("An event of the engine is too large."))
    }
  }

  /// Passes an event on at once.
  private func pass(_ event: [UInt8], of exchange: Exchange) {
    guard !exchange.facts.isError else { return }
    let isUsage = exchange.facts.take(event: EventStream.data(of: event))
    if isUsage, exchange.request.addsUsage { return }
    exchange.keep(event, upTo: limits.answer)
    if exchange.firstByte == nil {
      exchange.firstByte = .now()
      if let client = exchange.client {
        client.begin(
          status: 200,
          headers: headers(exchange, "text/event-stream; charset=utf-8")
            + [("cache-control", "no-cache"), ("x-plimsoll-cache", "miss")])
        driver.started(exchange.number, at: now)
        measures.firstByte.add(Self.seconds(.now() - exchange.arrived))
      }
    }
    exchange.client?.write(event)
    if exchange.firstByte != nil, let written = exchange.written, exchange.facts.pieces == 1,
      exchange.attempts == 0, let first = exchange.firstByte
    {
      measures.own.add(Self.seconds((written - exchange.arrived) + (.now() - first)))
    }
  }

  private static func garbage(_ message: String) -> CallFailure {
    CallFailure(
      .garbage,
      APIError(status: 502, message: message, type: "server_error", code: "engine_garbage"))
  }

  func callEnded(_ call: EngineCall) {
    guard let exchange = exchanges[call.number], exchange.call === call, let head = call.head else {
      return
    }
    exchange.call = nil
    if exchange.firstByte == nil { exchange.firstByte = .now() }
    guard head.status == .ok else { return fail(exchange, with: head) }
    if exchange.request.isStream {
      guard exchange.facts.isDone, !exchange.facts.isError else {
        let failure = CallFailure(
          .brokenOff,
          APIError(
            status: 502, message: "The engine's stream ended before its answer.",
            type: "server_error", code: "engine_broke_off"))
        return driverFailed(call.number, failure)
      }
    } else {
      guard exchange.isWhole else {
        return driverFailed(call.number, Self.garbage("The engine's answer is too large."))
      }
      guard let tape = try? JSONTape(exchange.kept), tape.nodes[0].kind == .object else {
        return driverFailed(call.number, Self.garbage("The engine's answer is no JSON."))
      }
      exchange.facts = AnswerFacts(body: exchange.kept)
    }
    let answer = KeptAnswer(
      contentType: exchange.request.isStream
        ? "text/event-stream; charset=utf-8" : "application/json",
      body: exchange.kept, model: exchange.model)
    driver.completed(call.number, answer, exchange.facts, isWhole: exchange.isWhole, at: now)
    run()
    // Its client had gone, and its call went on for others.
    if exchange.client == nil { exchanges[call.number] = nil }
  }

  private func fail(_ exchange: Exchange, with head: HTTPResponseHead) {
    let status = Int(head.status.code)
    let seconds = head.headers.first(name: "retry-after").flatMap { Int64($0) }
    var body: [UInt8]?
    if exchange.kept.count <= 65_536, let tape = try? JSONTape(exchange.kept),
      tape.member("error") != nil
    {
      body = exchange.kept
    }
    let error = APIError(
      status: (400..<600).contains(status) ? status : 502,
      message: "The engine answered with status \(status).", type: "server_error",
      code: "engine_status")
    driverFailed(
      exchange.number,
      CallFailure(
        .status(status), error, retryAfter: seconds.map { .seconds(min(max($0, 0), 3_600)) },
        body: body))
  }

  func callFailed(_ call: EngineCall, _ failure: CallFailure) {
    guard let exchange = exchanges[call.number], exchange.call === call else { return }
    exchange.call = nil
    driverFailed(call.number, failure)
  }

  private func driverFailed(_ number: UInt64, _ failure: CallFailure) {
    driver.failed(number, failure, at: now)
    run()
    if let exchange = exchanges[number], exchange.client == nil, exchange.call == nil {
      exchanges[number] = nil
    }
  }
}

extension GatewayService {
  private func log(_ number: UInt64, _ path: String, status: Int) {
    access?.append(
      Array(
        """
        {"at":"\(date)","request":"\(Self.id(number))","path":\
        \(JSONText.quoted(String(path.prefix(200)))),"status":\(status)}\n
        """.utf8))
  }

  /// Notes how a request ended; neither its text nor its answer nor its key.
  private func logEnd(
    of exchange: Exchange, status: Int, how: String, bytes: Int = 0, cost: USD? = nil
  ) {
    guard let access else { return }
    let usage = exchange.facts.usage
    let spent = cost.map { "\($0.nanodollars)" } ?? "null"
    let milliseconds = Self.seconds(.now() - exchange.arrived) * 1_000
    access.append(
      Array(
        """
        {"at":"\(date)","request":"\(Self.id(exchange.number))",\
        "path":"\(exchange.request.endpoint.path)","status":\(status),\
        "how":\(JSONText.quoted(how)),"key":\(JSONText.quoted(exchange.key.name)),\
        "tenant":\(JSONText.quoted(configuration.fleet.tenants[exchange.key.tenant])),\
        "model":\(JSONText.quoted(configuration.fleet.models[exchange.model].name)),\
        "stream":\(exchange.request.isStream),"attempt":\(exchange.attempts),\
        "bytes_in":\(exchange.request.tape.bytes.count),"bytes_out":\(bytes),\
        "prompt_tokens":\(usage?.prompt ?? 0),"answer_tokens":\(usage?.answer ?? 0),\
        "cost_nanodollars":\(spent),"milliseconds":\((milliseconds * 1_000).rounded() / 1_000)}\n
        """.utf8))
  }
}
