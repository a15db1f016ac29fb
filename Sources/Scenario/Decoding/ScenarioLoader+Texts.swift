// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Numerics
import Policies
import Quantities
import Workload

/// A labelled text with the number of its class.
package struct ClassifiedText: Sendable {
  /// The text.
  package let text: String
  /// The number of its class.
  package let classIndex: Int
}

/// The labelled texts of a scenario: those that the router is tuned on, and those that requests borrow.
struct DecodedTexts {
  var tuning: [ClassifiedText] = []
  var measuring: [ClassifiedText] = []

  /// For each class the numbers of its texts among those to measure with, shortest first.
  func byClass(count: Int) -> [[UInt16]] {
    guard !measuring.isEmpty else { return [] }
    // Counted once: a string walks all its bytes for it.
    let lengths = measuring.map(\.text.unicodeScalars.count)
    return (0..<count).map { index in
      let numbers = measuring.indices.filter { measuring[$0].classIndex == index }
      return numbers.sorted { (lengths[$0], $0) < (lengths[$1], $1) }.map { UInt16($0) }
    }
  }
}

extension ScenarioLoader {
  /// The labelled texts that the workload names; none when it names none.
  mutating func texts(
    _ workload: inout MappingReader, classes: [String], into diagnostics: inout Diagnostics
  ) -> DecodedTexts {
    var texts = DecodedTexts()
    guard let value = workload.node("texts", .optional, into: &diagnostics),
      let name = value.string(into: &diagnostics),
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return texts }
    do {
      for prompt in try PromptReader.prompts(csv: bytes) {
        guard let index = classes.firstIndex(of: prompt.className ?? "") else {
          let error = TraceError(
            line: prompt.line, column: 1, found: "'\(prompt.className ?? "")'",
            allowed: "one of workload.classes: " + classes.joined(separator: ", "))
          report(TraceErrors(errors: [error]), in: path, named: value, into: &diagnostics)
          return DecodedTexts()
        }
        let label = LabelledPrompt(
          text: prompt.text, className: classes[index], language: prompt.language ?? "")
        let text = ClassifiedText(text: prompt.text, classIndex: index)
        if label.isForTuning { texts.tuning.append(text) } else { texts.measuring.append(text) }
      }
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return DecodedTexts()
    }
    for (index, name) in classes.enumerated()
    where !texts.measuring.contains(where: { $0.classIndex == index }) {
      value.report(
        .rule(.file, "the half of \(path) that is not for tuning has no text of class '\(name)'"),
        into: &diagnostics)
    }
    if texts.measuring.count > Int(UInt16.max) {
      value.report(.rule(.file, "at most 65535 texts can be borrowed"), into: &diagnostics)
    }
    return texts
  }
}

/// `sessions`: requests that belong together.
struct DecodedSessions {
  /// Which requests those are, where each keeps the prompt that it has anyway.
  var passing: Sessions?
  /// Conversations whose prompts grow.
  var conversations: Conversations?
  /// Where they were written; `nil` where they were not.
  var place: ValueReader?
}

extension ScenarioLoader {
  /// Which requests belong to one conversation: `{ turns, interval }`, or `{ active, lifetime }`.
  func sessions(
    _ workload: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> DecodedSessions {
    var sessions = DecodedSessions()
    guard let value = workload.node("sessions", .optional, into: &diagnostics),
      var reader = value.mapping(into: &diagnostics)
    else { return sessions }
    defer { reader.finish(into: &diagnostics) }
    sessions.place = value
    guard reader.has("turns") || reader.has("interval") else {
      let active = reader.integer("active", .required, into: &diagnostics)
      let lifetime = reader.required("lifetime", into: &diagnostics) { try positiveSpan($0) }
      if let active, let lifetime {
        sessions.passing = Sessions(active: active, lifetime: lifetime)
      }
      return sessions
    }
    let turns = reader.node("turns", .required, into: &diagnostics)
    let interval = reader.node("interval", .required, into: &diagnostics)
    guard let turns, let interval, let turnLaw = law(turns, .count, into: &diagnostics),
      let intervalLaw = law(interval, .time, into: &diagnostics)
    else { return sessions }
    guard (1...100).contains(turnLaw.mean) else {
      turns.report(
        .beyond(
          .law, found: "a mean of \(formatted(turnLaw.mean, places: 3))", allowed: "1 to 100"),
        into: &diagnostics)
      return sessions
    }
    guard intervalLaw.mean > 0, intervalLaw.mean <= 86_400 else {
      interval.report(
        .beyond(
          .law,
          found: "a mean of \(formatted(intervalLaw.mean, places: 3)) s", allowed: "above 0 to 24h"),
        into: &diagnostics)
      return sessions
    }
    let conversations = Conversations(
      turns: turnLaw, interval: intervalLaw, prefix: systemPrompts?.tokens ?? 0)
    guard conversations.longest <= .hours(7 * 24) else {
      value.report(
        .beyond(
          .limit,
          found: "conversations of up to \(conversations.longest)", allowed: "at most 7d"),
        into: &diagnostics)
      return sessions
    }
    sessions.conversations = conversations
    return sessions
  }

  /// Says where requests begin so late before they are measured that prefix caches lack what was said.
  mutating func checkWarmUp(
    _ requests: Scenario.Requests?, _ workload: WorkloadModel?, _ pools: [DecodedPool]?
  ) {
    let caches = pools?.contains { pool in
      pool.pool.replicas.contains { $0.service.tokens?.rules.cachesPrefixes == true }
    }
    guard let usual = workload?.conversations?.usual, caches == true else { return }
    let warmUp: TimeSpan
    switch requests {
    case .once(let window): warmUp = window.warmUp
    case .sampled(let sample): warmUp = sample.warmUp
    case nil: return
    }
    guard warmUp < usual else { return }
    inputWarnings.append(
      "requests: a warm-up of \(warmUp) is shorter than a conversation lasts on average, \(usual): prefix caches lack "
        + "at first what was said before it")
  }

  /// Reports what does not go together with conversations.
  func check(
    _ sessions: DecodedSessions, _ arrivals: ArrivalProcess?, hasContent: Bool,
    into diagnostics: inout Diagnostics
  ) {
    guard sessions.conversations != nil, let place = sessions.place else { return }
    if case .replay = arrivals {
      place.report(
        .rule(
          .conflict, "turns are drawn, and the requests of a trace are recorded; leave this out"),
        into: &diagnostics)
    }
    if hasContent {
      place.report(
        .rule(
          .conflict, "the requests of a conversation are nobody else's: leave out content, or turns"
        ),
        into: &diagnostics)
    }
  }
}
