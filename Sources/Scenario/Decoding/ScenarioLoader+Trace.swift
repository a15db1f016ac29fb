// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import ReplicaModel
import Workload

/// A trace of requests with the value that names it.
struct RecordedTrace {
  let value: ValueReader
  let path: String
  let trace: ReplayTrace
  let rules: CalendarRules
}

/// Requests that are replayed, and what of them the fleet makes use of.
extension ScenarioLoader {
  mutating func replay(
    _ value: ValueReader, _ arrivals: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> ArrivalProcess? {
    let rules = calendarRules(
      &arrivals, InputKeys(begin: [.zero], end: [.zero]), into: &diagnostics)
    guard let calendar, let name = value.string(into: &diagnostics) else { return nil }
    var place = TraceParser.Calendar()
    place.start = rules.isRelative ? nil : calendar.start
    // A warm-up may begin before the start.
    place.from = .start - .hours(24)
    place.until = .start + calendar.horizon
    var parser = TraceParser(place)
    guard
      let path = stream(name, namedBy: value, into: &diagnostics, { parser.read($0, ofSize: $1) })
    else { return nil }
    do {
      let trace = try parser.finish()
      summarise(path, trace.summary + (rules.isRelative ? ", laid at the scenario's start" : ""))
      recordedTrace = RecordedTrace(value: value, path: path, trace: trace, rules: rules)
      return .replay(trace)
    } catch {
      quote(path)
      report(error, in: path, named: value, into: &diagnostics)
      return nil
    }
  }

  /// Says where a trace leaves time of the simulated stretch without requests.
  mutating func checkTrace(
    _ requests: Scenario.Requests?, into diagnostics: inout Diagnostics
  ) {
    guard let recordedTrace, let requests, let calendar else { return }
    let (value, trace, rules) = (recordedTrace.value, recordedTrace.trace, recordedTrace.rules)
    guard let first = trace.requests.first?.time, let last = trace.requests.last?.time
    else { return }
    var (from, until) = (Instant.start, .start + calendar.horizon)
    if case .once(let window) = requests {
      (from, until) = (window.from, window.from + window.length)
    }
    guard trace.requests.contains(where: { $0.time >= from && $0.time < until }) else {
      value.report(
        .rule(
          .file,
          "none of its requests, \(first) to \(last) after the start, lies in the simulated time, "
            + "\(from) to \(until)"), into: &diagnostics)
      return
    }
    // Between two requests there is always some time without one; a hundredth of all is more than that.
    let some = TimeSpan(nanoseconds: (until - from).nanoseconds / 100)
    if rules.begin == nil, first - from > some {
      inputWarnings.append(
        "\(value.keyPath): the first request comes \(first - from) after the simulated time begins; nothing "
          + "arrives before it (begin: zero if that is meant)")
    }
    if rules.end == nil, until - last > some {
      inputWarnings.append(
        "\(value.keyPath): the trace ends \(until - last) before the simulated time does; nothing arrives in "
          + "these (end: zero if that is meant)")
    }
  }

  // MARK: What engines make of it

  /// Checks blocks and priorities of requests against the engines that serve them, and says where none asks for them.
  mutating func checkEngineInputs(
    _ pools: [DecodedPool]?, _ mix: RequestMix?, into diagnostics: inout Diagnostics
  ) {
    guard let pools, let mix else { return }
    let rules = pools.flatMap { $0.pool.replicas.compactMap { $0.service.tokens?.rules } }
    for place in missingLengths where !rules.isEmpty {
      diagnostics.report(
        .rule(.needed, "required where an engine serves: tokens decide how long an answer takes"),
        at: place.location, keyPath: place.keyPath)
    }
    if let recordedTrace, !recordedTrace.trace.blocks.isEmpty {
      checkBlocks(recordedTrace, rules, into: &diagnostics)
    }
    let isAsked = rules.contains(where: \.goesByPriority)
    let isSaid = recordedTrace.map { !$0.trace.priorities.isEmpty } ?? false
    if !isAsked, isSaid, let recordedTrace {
      inputWarnings.append(
        "\(recordedTrace.value.place): no effect of the priorities of \(recordedTrace.path): \(Self.unasked)"
      )
    }
    if !isAsked, let writtenPriorities {
      inputWarnings.append("\(writtenPriorities): has no effect: \(Self.unasked)")
    }
    if isAsked, !isSaid, mix.priorities.isEmpty {
      inputWarnings.append(
        "policy: priority: all requests have the same: neither workload.priorities nor a column priority of "
          + "a trace says others")
    }
  }

  private static var unasked: String { "no engine of the fleet has policy: priority" }

  /// A trace tells blocks of prompts, or of prompts and answers, in the size of the engines.
  private mutating func checkBlocks(
    _ recorded: RecordedTrace, _ rules: [TokenModel.Rules], into diagnostics: inout Diagnostics
  ) {
    var sizes: [Int] = []
    for rules in rules where rules.cachesPrefixes && !sizes.contains(rules.blockSize) {
      sizes.append(rules.blockSize)
    }
    guard let size = sizes.first else {
      let reason =
        rules.isEmpty
        ? "the fleet serves by batches, which know no tokens"
        : "no engine of the fleet has a prefix cache"
      inputWarnings.append(
        "\(recorded.value.place): no effect of the blocks of \(recorded.path): \(reason)")
      return
    }
    guard sizes.count == 1 else {
      recorded.value.report(
        .rule(
          .file,
          "its blocks are of one size, and the engines have blocks of "
            + sizes.map { "\($0)" }.joined(separator: " and ") + " tokens"), into: &diagnostics)
      return
    }
    let trace = recorded.trace
    var errors: [TraceError] = []
    for ((request, chain), place) in zip(zip(trace.requests, trace.blocks), trace.blockPlaces) {
      let prompt = Int(request.promptTokens) / size
      let all = (Int(request.promptTokens) + Int(request.outputTokens)) / size
      guard chain.count > 0, chain.count != prompt, chain.count != all else { continue }
      let counts =
        prompt == all ? "\(all)" : "\(prompt) (of the prompt) or \(all) (of prompt and answer)"
      errors.append(
        TraceError(
          line: place.line, column: place.column, found: "\(chain.count) blocks",
          allowed: "\(counts), the full blocks of \(size) tokens, or none"))
      if errors.count == TraceErrors.limit { break }
    }
    guard !errors.isEmpty else { return }
    quote(recorded.path)
    report(
      TraceErrors(errors: errors), in: recorded.path, named: recorded.value, into: &diagnostics)
  }
}
