// SPDX-License-Identifier: Apache-2.0

import Foundation
import GatewayCore
import Policies
import Quantities
import Yams

extension Configuration {
  /// Reads a gateway's file.
  ///
  /// - Parameter environment: where secrets named by `key_variable` are looked up.
  public init(file: String, environment: [String: String]) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw FileError(file, "cannot be read")
    }
    guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
      throw FileError(file, "is no text of at most 1 MiB")
    }
    guard !text.utf8.contains(UInt8(ascii: "*")) || !text.contains("&") else {
      throw FileError(file, "anchors and aliases are not read")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw FileError(file, "\(error)")
    }
    var reader = try KeyReader(root, file: file, path: "")
    let folder = (file as NSString).deletingLastPathComponent
    let models = try Self.models(&reader)
    let (seats, engines) = try Self.engines(&reader, models, environment)
    let (tenants, keys) = try Self.keys(&reader, models, folder: folder)
    fleet = FleetSettings(models: models, engines: seats, tenants: tenants)
    self.engines = engines
    self.keys = keys
    try readListeners(&reader, environment)
    try readClient(&reader)
    try readPolicies(&reader, folder: folder)
    try readStore(&reader)
    try readTelemetry(&reader)
    try reader.end()
  }

  private static func models(_ reader: inout KeyReader) throws(FileError) -> [ServedModel] {
    var section = try reader.section("models")
    var prices = try reader.section("prices")
    var models: [ServedModel] = []
    for name in section.names() {
      guard name != "auto" else { throw section.fail(name, "auto asks the router for a model") }
      var keys = try section.section(name)
      var quality = try keys.section("quality")
      var model = ServedModel(name: name, artefact: try keys.text("artefact") ?? name)
      model.quality = try quality.share("table") ?? 0
      var matrix = try quality.section("matrix")
      for label in matrix.names() {
        model.qualityByClass.append(try matrix.share(label) ?? 0)
      }
      try quality.end()
      model.context = try keys.count("context", in: 1...1_000_000_000) ?? .max
      if prices.has(name) {
        var price = try prices.section(name)
        let prompt = try price.money("prompt")
        guard let prompt, let answer = try price.money("answer") else {
          throw prices.fail(name, "prompt and answer are expected: USD for a million tokens")
        }
        model.price = TokenPrice(
          prompt: prompt, cached: try price.money("cached") ?? prompt, answer: answer)
        try price.end()
      }
      try keys.end()
      models.append(model)
    }
    for name in prices.names() where !models.contains(where: { $0.name == name }) {
      throw prices.fail(name, "is no model of the file")
    }
    guard (1...8).contains(models.count) else {
      throw reader.fail("models", "1 to 8 models are expected")
    }
    return models.enumerated().sorted {
      ($0.element.quality, $0.offset) < ($1.element.quality, $1.offset)
    }.map(\.element)
  }

  private static func engines(
    _ reader: inout KeyReader, _ models: [ServedModel], _ environment: [String: String]
  ) throws(FileError) -> ([EngineSeat], [Engine]) {
    var section = try reader.section("engines")
    var seats: [EngineSeat] = []
    var engines: [Engine] = []
    for name in section.names() {
      var keys = try section.section(name)
      let model = try keys.required("model")
      guard let number = models.firstIndex(where: { $0.name == model }) else {
        throw keys.fail("model", "\(model) is no model of the file")
      }
      let address = try keys.required("address")
      let parts = address.split(separator: ":")
      guard parts.count == 2, let port = Int(parts[1]), (1...65_535).contains(port) else {
        throw keys.fail("address", "HOST:PORT is expected")
      }
      var key: String?
      if let variable = try keys.text("key_variable") {
        guard let secret = environment[variable], !secret.isEmpty else {
          throw keys.fail("key_variable", "the environment has no \(variable)")
        }
        key = secret
      }
      seats.append(
        EngineSeat(
          name: name, model: number, limit: Int32(try keys.count("limit", in: 1...100_000) ?? 256),
          timePerRequest: try keys.span("time_per_request") ?? .milliseconds(100)))
      engines.append(
        Engine(
          host: String(parts[0]), port: port, model: try keys.text("model_name") ?? model, key: key)
      )
      try keys.end()
    }
    guard (1...1_000).contains(engines.count) else {
      throw reader.fail("engines", "1 to 1,000 engines are expected")
    }
    return (seats, engines)
  }

  private static func keys(
    _ reader: inout KeyReader, _ models: [ServedModel], folder: String
  ) throws(FileError) -> ([String], [Key]) {
    var section = try reader.section("keys")
    var tenants: [String] = []
    var keys: [Key] = []
    for name in section.names() {
      var key = try section.section(name)
      let tenant = try key.required("tenant")
      if !tenants.contains(tenant) { tenants.append(tenant) }
      guard let digest = Secret.digest(hexadecimal: try key.required("sha256")) else {
        throw key.fail(
          "sha256", "64 hexadecimal digits are expected: plimsoll-gateway hash-key makes them")
      }
      var allowed: [Int]?
      if let names = try key.texts("models") {
        allowed = []
        for model in names {
          guard let number = models.firstIndex(where: { $0.name == model }) else {
            throw key.fail("models", "\(model) is no model of the file")
          }
          allowed?.append(number)
        }
      }
      keys.append(
        Key(
          name: name, digest: digest, tenant: tenants.firstIndex(of: tenant) ?? 0, models: allowed))
      try key.end()
    }
    guard (1...10_000).contains(keys.count) else {
      throw reader.fail("keys", "1 to 10,000 keys are expected")
    }
    return (tenants, keys)
  }

  private static func listener(_ keys: inout KeyReader) throws(FileError) -> Listener {
    Listener(
      host: try keys.text("host") ?? "127.0.0.1",
      port: try keys.count("port", in: 0...65_535) ?? 8080)
  }

  private mutating func readListeners(
    _ reader: inout KeyReader, _ environment: [String: String]
  ) throws(FileError) {
    var section = try reader.section("listeners")
    var open = try section.section("public")
    listener = try Self.listener(&open)
    limits.body = try open.count("body_bytes", in: 1_024...(256 << 20)) ?? limits.body
    limits.headers = try open.count("header_bytes", in: 1_024...65_536) ?? limits.headers
    limits.answer = try open.count("answer_bytes", in: 1_024...(256 << 20)) ?? limits.answer
    limits.connections = try open.count("connections", in: 1...1_000_000) ?? limits.connections
    limits.requests = try open.count("requests", in: 1...1_000_000) ?? limits.requests
    limits.readTime = try open.span("read_time") ?? limits.readTime
    try open.end()
    if section.has("admin") {
      var keys = try section.section("admin")
      admin = try Self.listener(&keys)
      guard let digest = Secret.digest(hexadecimal: try keys.required("token_sha256")) else {
        throw keys.fail("token_sha256", "64 hexadecimal digits are expected")
      }
      adminDigest = digest
      try keys.end()
    }
    drainTime = try section.span("drain_time") ?? drainTime
    try section.end()
  }

  private mutating func readClient(_ reader: inout KeyReader) throws(FileError) {
    var client = try reader.section("client")
    fleet.timeout = try client.span("timeout") ?? fleet.timeout
    try client.end()
  }

  private mutating func readPolicies(
    _ reader: inout KeyReader, folder: String
  ) throws(FileError) {
    var policies = try reader.section("policies")
    if policies.has("cache") {
      var cache = try policies.section("cache")
      let standard = ResponseCache.Configuration()
      fleet.cache = ResponseCache.Configuration(
        ttl: try cache.span("ttl") ?? standard.ttl, jitter: standard.jitter,
        capacity: try cache.count("capacity", in: 1...100_000_000) ?? standard.capacity)
      try cache.end()
    }
    if policies.has("dedup") {
      var sharing = try policies.section("dedup")
      fleet.sharing = Deduplicator.Configuration(
        maximumWaiters: try sharing.count("max_waiters", in: 1...1_000_000) ?? 1_000)
      try sharing.end()
    }
    try readRouter(&policies, folder: folder)
    try readLedger(&policies)
    if policies.has("retries") {
      var retries = try policies.section("retries")
      fleet.retries.limit = try retries.count("limit", in: 0...10) ?? fleet.retries.limit
      fleet.retries.percent = try retries.count("percent", in: 0...100) ?? fleet.retries.percent
      fleet.retries.firstPause = try retries.span("pause") ?? fleet.retries.firstPause
      fleet.retries.longestPause = try retries.span("longest_pause") ?? fleet.retries.longestPause
      try retries.end()
    }
    if policies.has("cooldown") {
      var rest = try policies.section("cooldown")
      fleet.cooldown.minimumCalls = try rest.count("calls", in: 1...1_000_000) ?? 2
      fleet.cooldown.rest = try rest.span("rest") ?? fleet.cooldown.rest
      fleet.cooldown.longestRest = try rest.span("longest_rest") ?? fleet.cooldown.longestRest
      try rest.end()
    }
    if policies.has("engine") {
      var times = try policies.section("engine")
      patience.connect = try times.span("connect") ?? patience.connect
      patience.firstByte = try times.span("first_byte") ?? patience.firstByte
      patience.pieces = try times.span("pieces") ?? patience.pieces
      try times.end()
    }
    try policies.end()
  }

  private mutating func readRouter(
    _ policies: inout KeyReader, folder: String
  ) throws(FileError) {
    guard policies.has("router") else {
      if fleet.models.count == 1 { fleet.fixedModel = 0 }
      return
    }
    var router = try policies.section("router")
    switch try router.required("kind") {
    case "fixed":
      let name = try router.required("model")
      guard let model = fleet.models.firstIndex(where: { $0.name == name }) else {
        throw router.fail("model", "\(name) is no model of the file")
      }
      fleet.fixedModel = model
    case "difficulty":
      guard let floor = try router.share("quality_floor"), floor > 0, floor < 1 else {
        throw router.fail("quality_floor", "a share above 0 and below 1 is expected")
      }
      let uncertainty = try router.share("uncertainty") ?? 0
      guard uncertainty <= 0.09 else { throw router.fail("uncertainty", "at most 9% is read here") }
      let file = try router.required("texts")
      let path = file.hasPrefix("/") || folder.isEmpty ? file : "\(folder)/\(file)"
      let calibration = try LabelledTexts.calibration(path)
      let classes = calibration.classCount
      for model in fleet.models where model.qualityByClass.count != classes {
        throw router.fail(
          "kind",
          "difficulty wants quality.matrix of \(model.name) with the \(classes) classes of the texts"
        )
      }
      fleet.difficulty = DifficultyRule(
        calibration: calibration, qualityFloor: floor, uncertainty: uncertainty)
    default: throw router.fail("kind", "difficulty or fixed is expected")
    }
    fleet.longestWait = try router.span("longest_wait") ?? fleet.timeout
    try router.end()
  }

  private mutating func readLedger(_ policies: inout KeyReader) throws(FileError) {
    guard policies.has("ledger") else { return }
    var ledger = try policies.section("ledger")
    let period = try ledger.span("period") ?? .hours(1)
    guard let rate = try ledger.rate("budget") else { throw ledger.fail("budget", "is missing") }
    guard let estimate = try ledger.money("estimate") else {
      throw ledger.fail("estimate", "is missing: what is put aside for a request before it runs")
    }
    var limits: [USD]?
    if ledger.has("tenants") {
      var tenants = try ledger.section("tenants")
      limits = []
      for name in fleet.tenants {
        guard let rate = try tenants.rate(name) else { throw tenants.fail(name, "is missing") }
        limits?.append(rate.cost(of: period))
      }
      try tenants.end()
    }
    fleet.ledger = CostLedger.Configuration(limit: rate.cost(of: period), tenantLimits: limits)
    fleet.budgetPeriod = period
    fleet.estimate = estimate
    try ledger.end()
  }

  private mutating func readStore(_ reader: inout KeyReader) throws(FileError) {
    var store = try reader.section("store")
    let kind = try store.text("kind") ?? "memory"
    guard kind == "memory" else {
      throw store.fail("kind", "memory is the only store there is yet")
    }
    fleet.cacheBytes = try store.count("bytes", in: 65_536...(64 << 30)) ?? fleet.cacheBytes
    try store.end()
  }

  private mutating func readTelemetry(_ reader: inout KeyReader) throws(FileError) {
    var keys = try reader.section("telemetry")
    telemetry.access = try keys.text("access_log")
    telemetry.decisions = try keys.text("decision_log")
    telemetry.fileBytes =
      try keys.count("file_bytes", in: 65_536...(16 << 30)) ?? telemetry.fileBytes
    telemetry.files = try keys.count("files", in: 2...1_000) ?? telemetry.files
    try keys.end()
  }
}
