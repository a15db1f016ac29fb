// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Catalogue
import Foundation
import Inputs
import Quantities
import Scenario
import Workload

/// `plimsoll init`: write a first scenario.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first scenario, with comments, that runs as it is.",
    discussion: """
      On a terminal it asks for what the options leave open; elsewhere that is an error. Sizes of the model, step times, \
      prices and defaults of the engine come from the catalogue (plimsoll catalogue). The fleet is made as large as the \
      highest rate needs by the engine's own throughput; plimsoll optimize finds the cheapest that holds.
      """)

  @Option(help: "The kind of service: \(InitTemplate.allCases.map(\.rawValue)).")
  var template: InitTemplate?
  @Option(help: "A model of the catalogue.")
  var model: String?
  @Option(help: "A machine of the catalogue.")
  var machine: String?
  @Option(help: "The precision of the weights, where it differs from the published one.")
  var precision: String?
  @Option(help: "The zone of the machines; by default one of a region with a price.")
  var zone: String?
  @Option(help: "Measured rates, as Prometheus, Grafana and CloudWatch export them.")
  var fromSeries: String?
  @Option(help: "Recorded requests with their tokens, in the Azure format.")
  var fromTrace: String?
  @Option(help: "A constant rate, such as 5/s, where nothing was measured.")
  var rate: String?
  @Option(help: "The 99th percentile of the time to the first token that must hold.")
  var ttft: String?
  @Option(help: "The 99th percentile of latency that must hold.")
  var latency: String?
  @Option(help: "The most that a month may cost, such as '120_000 USD'.")
  var budget: String?
  @Option(name: [.short, .long], help: "The file to write.")
  var output = "scenario.yaml"
  @Flag(help: "Write over a file that is there.")
  var force = false

  func validate() throws {
    if [fromSeries, fromTrace, rate].compactMap(\.self).count > 1 {
      throw ValidationError("give one of --from-series, --from-trace and --rate")
    }
  }

  func run() throws {
    guard force || !FileManager.default.fileExists(atPath: output) else {
      throw ValidationError("\(output) is there; --force writes over it, -o names another file")
    }
    let questions = InitQuestions()
    let template = try template ?? questions.template()
    let catalogue = Catalogue()
    let model = try known(
      "--model", self.model ?? questions.ask("--model", "which model", "llama-3.1-70b"),
      catalogue.modelNames
    ) { catalogue.model($0) }
    let machine = try known(
      "--machine", self.machine ?? questions.ask("--machine", "which machine", "p5.48xlarge"),
      catalogue.machineNames
    ) { catalogue.machine($0) }
    if let lack = model.lack, template != .reference {
      throw ValidationError(
        "\(model.name) \(lack); allowed: another model, or a scenario of your own")
    }
    let precision = try self.precision.map { text in
      guard let precision = WeightPrecision(rawValue: text) else {
        let allowed = WeightPrecision.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--precision is \(text); allowed: \(allowed)")
      }
      return precision
    }
    var scenario = try draft(
      template, model, machine, precision, try arrivals(questions),
      questions, catalogue)
    let read = try load(scenario)
    let throughput = read.fleet.pools.flatMap(\.replicas).reduce(0) {
      $0 + $1.service.maximumThroughput
    }
    let peak = try peak()
    let needed = max(1, Int((peak / (throughput * 0.8)).rounded(.up)))
    guard needed <= 10_000 else {
      throw ValidationError(
        "\(needed) machines would be needed; allowed: 10000. Take a larger machine")
    }
    scenario.meanRate = try mean() ?? peak
    scenario.machines = needed
    scenario.sizing =
      "\(formatted(throughput, places: 1)) requests a second each at most; the highest rate is "
      + "\(formatted(peak, places: 1)) a second"
    let whole = try load(scenario)
    try Failure.reporting {
      try FileAside(path: output).write { try $0.write(contentsOf: Data(scenario.text.utf8)) }
      // The first line of the scenario names it; an editor then completes and checks keys.
      let attributes = try? FileManager.default.attributesOfItem(atPath: output)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { return }
      let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
      try PrintSchema.write(to: folder.appendingPathComponent(PrintSchema.fileName).path)
    }
    for warning in whole.origin.warnings {
      Terminal.tell("plimsoll: \(output): warning: \(warning)\n")
    }
    Terminal.print(
      """
      \(output): \(model.name) on \(needed) \(machine.name), \(scenario.targets.count) targets. What next:
        plimsoll check \(output)
        plimsoll optimize \(output) --over fleet.base.machines=1..\(max(4, needed + 2))
        plimsoll report

      """)
  }

  // MARK: What is asked for

  private func known<Entry>(
    _ option: String, _ name: String, _ names: [String], _ find: (String) -> Entry?
  ) throws -> Entry {
    if let entry = find(name) { return entry }
    let nearest = nearestEntry(to: name, among: names).map { "; the nearest is \($0)" } ?? ""
    throw ValidationError(
      "\(option) is \(name), which the catalogue does not have\(nearest); plimsoll catalogue lists all"
    )
  }

  private func arrivals(_ questions: InitQuestions) throws -> (
    source: InitScenario.Arrivals, start: String, horizon: TimeSpan
  ) {
    if let path = fromSeries {
      let series = try reading(path) { bytes throws(TraceErrors) in try RateSeries(bytes) }
      guard let first = series.rows.first, let last = series.rows.last else {
        throw ValidationError("\(path) has no rows")
      }
      let start = series.isDated ? "\(UTCDate(nanosecondsSince1970: first.time))" : Self.someDay
      let begin = series.isDated ? first.time : 0
      return (
        .series(
          path: relative(path), notes: "mean \(formatted(series.mean, places: 1)) a second"),
        start, TimeSpan(nanoseconds: last.until - begin)
      )
    }
    if let path = fromTrace {
      let trace = try trace(path)
      return (
        .trace(path: relative(path), notes: "\(trace.requests.count) requests with their tokens"),
        trace.isDated ? "\(UTCDate(nanosecondsSince1970: trace.span.first))" : Self.someDay,
        TimeSpan(nanoseconds: max(60_000_000_000, trace.span.last - trace.span.first + 1))
      )
    }
    let text =
      try rate ?? questions.ask("--rate", "how many requests a second, or --from-series", "5/s")
    _ = try rateOf(text)
    return (.rate(text), Self.someDay, .hours(1))
  }

  /// A start for what has no date.
  private static let someDay = "2026-06-01T00:00:00Z"

  private func rateOf(_ text: String) throws -> Double {
    guard let rate = try? Rate(parsing: text) else {
      throw ValidationError("--rate is \(text); allowed: a rate such as 5/s or 300/min")
    }
    return rate.perSecond
  }

  /// The highest rate, in requests a second.
  private func peak() throws -> Double {
    if let path = fromSeries {
      let series = try reading(path) { bytes throws(TraceErrors) in try RateSeries(bytes) }
      return series.rows.map(\.rate.perSecond).max() ?? 0
    }
    if let path = fromTrace {
      // By the minute: what comes within one is evened out by the line of those who wait.
      var counts: [Int64: Int] = [:]
      for request in try trace(path).requests {
        counts[request.time.nanoseconds / 60_000_000_000, default: 0] += 1
      }
      return Double(counts.values.max() ?? 0) / 60
    }
    return try rate.map(rateOf) ?? rateOf("5/s")
  }

  /// The mean rate of a series, in requests a second.
  private func mean() throws -> Double? {
    try fromSeries.map { path in
      try reading(path) { bytes throws(TraceErrors) in try RateSeries(bytes) }.mean
    }
  }

  private func trace(_ path: String) throws -> ReplayTrace {
    try reading(path) { bytes throws(TraceErrors) in
      var parser = TraceParser()
      parser.read(bytes, ofSize: bytes.count)
      return try parser.finish()
    }
  }

  private func reading<Value>(
    _ path: String, _ body: ([UInt8]) throws(TraceErrors) -> Value
  ) throws -> Value {
    let bytes = try Terminal.bytes(of: path)
    do {
      return try body(bytes)
    } catch {
      for problem in error.errors {
        Terminal.tell(
          "\(path):\(problem.line):\(problem.column): found \(problem.found), allowed: \(problem.allowed)\n"
        )
      }
      throw ExitStatus.invalidScenario.code
    }
  }

  /// The path as the scenario names it: from its own folder.
  private func relative(_ path: String) -> String {
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().standardizedFileURL.path
    let full = URL(fileURLWithPath: path).standardizedFileURL.path
    if folder == FileManager.default.currentDirectoryPath { return path }
    return full.hasPrefix(folder + "/") ? String(full.dropFirst(folder.count + 1)) : full
  }

  // MARK: The draft

  private func draft(
    _ template: InitTemplate, _ model: CatalogueModel, _ machine: CatalogueMachine,
    _ precision: WeightPrecision?,
    _ arrivals: (source: InitScenario.Arrivals, start: String, horizon: TimeSpan),
    _ questions: InitQuestions, _ catalogue: Catalogue
  ) throws -> InitScenario {
    let sheet = catalogue.device(machine.device)?.quantity("memory")?.value ?? 0
    let memory = machine.deviceMemory.map(Double.init) ?? sheet
    let replicas =
      template == .reference
      ? 1
      : InitScenario.replicas(of: model, in: precision, on: machine, memory: memory)
    guard let replicas else {
      let needed = formatted(model.card(in: precision).weightBytes / 1e9, places: 0)
      let have = formatted(memory * Double(machine.devices) / 1e9, places: 0)
      throw ValidationError(
        "\(model.name) takes \(needed) GB and \(machine.name) has \(have) GB; allowed: a larger machine, or --precision"
      )
    }
    let regions = catalogue.regions(of: machine.name, isSpot: false)
    guard
      let region = regions.first(where: { $0.hasPrefix("us-") || $0 == "eastus" }) ?? regions.first
    else {
      throw ValidationError(
        "the catalogue has no price of \(machine.name); plimsoll catalogue prices lists those that it has"
      )
    }
    let suffix = machine.cloud == "gcp" ? "-a" : machine.cloud == "azure" ? "-1" : "a"
    var targets: [(text: String, note: String)] = []
    func target(_ measure: String, _ own: String?, _ usual: String?) {
      if let bound = own ?? usual {
        targets.append(("\(measure) <= \(bound)", own == nil ? "a guess" : ""))
      }
    }
    let isAsked = ttft == nil && latency == nil && budget == nil
    if template != .reference {
      target(
        "p99(ttft)",
        try ttft ?? (isAsked ? questions.may("p99 of the time to the first token") : nil),
        template.timeToFirstToken)
    }
    target(
      "p99(latency)", try latency ?? (isAsked ? questions.may("p99 of latency") : nil),
      template.latency)
    target(
      "monthly_cost",
      try budget
        ?? (isAsked ? questions.may("the most a month may cost, such as 50_000 USD") : nil),
      nil)
    targets.append(("availability >= 99%", "a guess"))
    let words = CommandLine.arguments.dropFirst().map { $0.contains(" ") ? "'\($0)'" : $0 }
    return InitScenario(
      command: "plimsoll " + words.joined(separator: " "), output: output, template: template,
      model: model, precision: precision, machine: machine, zone: zone ?? region + suffix,
      time: (arrivals.source, arrivals.start, arrivals.horizon),
      targets: targets, replicas: replicas)
  }

  /// Reads the draft as every other verb will; what is wrong with it is told.
  private func load(_ draft: InitScenario) throws -> Scenario {
    let bytes = Array(draft.text.utf8)
    let output = output
    let files = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      path == output ? bytes : try Terminal.files.read(path)
    } stream: { (path: String, take: FileReader.Piece) throws(FileReadFailure) in
      if path == output { take(bytes, bytes.count) } else { try Terminal.files.stream(path, take) }
    }
    return try Failure.reporting { try ScenarioLoader.load(output, files: files).scenario }
  }
}

/// Questions on a terminal; elsewhere what they would ask for is an error that names its option.
struct InitQuestions {
  private let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1

  /// An answer that is needed.
  func ask(_ option: String, _ question: String, _ example: String) throws -> String {
    guard isTerminal else {
      throw ValidationError("\(option) is missing: \(question), such as \(option) \(example)")
    }
    Terminal.tell("\(question) [\(example)]? ")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces) ?? ""
    return answer.isEmpty ? example : answer
  }

  /// An answer that may be left out.
  func may(_ question: String) throws -> String? {
    guard isTerminal else { return nil }
    Terminal.tell("\(question) [none said]? ")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces) ?? ""
    return answer.isEmpty ? nil : answer
  }

  /// The kind of service; chat where nobody can be asked.
  func template() throws -> InitTemplate {
    guard isTerminal else { return .chat }
    for one in InitTemplate.allCases { Terminal.tell("  \(one.rawValue): \(one.about)\n") }
    let answer = try ask("--template", "which kind of service", "chat")
    guard let template = InitTemplate(rawValue: answer) else {
      throw ValidationError(
        "\(answer) is none; allowed: \(InitTemplate.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return template
  }
}
