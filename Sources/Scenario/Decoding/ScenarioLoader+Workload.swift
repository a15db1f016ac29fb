// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Numerics
import Quantities
import Workload

extension ScenarioLoader {
  /// Where requests are simulated: `all`, `{ from, for, warmup }` or
  /// `{ windows, length, warmup, after_interruption, certain, certain_load }`.
  ///
  /// - Parameters:
  ///   - knowsTokens: whether engines serve, whose requests take longer to simulate.
  func requests(
    _ root: inout MappingReader, horizon: TimeSpan?, knowsTokens: Bool,
    into diagnostics: inout Diagnostics
  ) -> Scenario.Requests? {
    guard let value = root.node("requests", .required, into: &diagnostics) else { return nil }
    if case .scalar("all") = value.node.content {
      return horizon.map {
        .once(Scenario.RequestWindow(from: .start, length: $0, warmUp: .zero))
      }
    }
    if case .scalar(let text) = value.node.content {
      value.report(
        .unreadable(
          found: text,
          allowed: "all, { from: 10h, for: 10h, warmup: 1min } or { windows: 96, length: 5min }"),
        into: &diagnostics)
      return nil
    }
    guard var reader = value.mapping(into: &diagnostics) else { return nil }
    defer { reader.finish(into: &diagnostics) }
    return reader.has("windows")
      ? sample(&reader, horizon: horizon, knowsTokens: knowsTokens, into: &diagnostics)
      : window(&reader, horizon: horizon, into: &diagnostics)
  }

  private func window(
    _ reader: inout MappingReader, horizon: TimeSpan?, into diagnostics: inout Diagnostics
  ) -> Scenario.Requests? {
    let from = reader.required("from", into: &diagnostics) { try nonNegativeSpan($0) }
    let length = reader.required("for", into: &diagnostics) { try positiveSpan($0) }
    let warmUp = reader.optional("warmup", into: &diagnostics) { text -> TimeSpan? in
      text == "auto" ? nil : try nonNegativeSpan(text)
    }
    guard let from, let length, let horizon else { return nil }
    guard from <= horizon, length <= horizon - from else {
      reader.report(
        .beyond(
          .order,
          found: "\(length)", allowed: "at most \(max(.zero, horizon - from)), up to the horizon"),
        of: "for", into: &diagnostics)
      return nil
    }
    if case .some(.none) = warmUp {
      return .once(
        Scenario.RequestWindow(
          from: .start + from, length: length, warmUp: .zero, isWarmUpAutomatic: true))
    }
    return .once(
      Scenario.RequestWindow(
        from: .start + from, length: length, warmUp: warmUp.flatMap(\.self) ?? .zero))
  }

  private func sample(
    _ reader: inout MappingReader, horizon: TimeSpan?, knowsTokens: Bool,
    into diagnostics: inout Diagnostics
  ) -> Scenario.Requests? {
    let windows = reader.integer("windows", .required, into: &diagnostics)
    let length = reader.required("length", into: &diagnostics) { try wholeMinutes($0) }
    let warmUp = reader.optional("warmup", into: &diagnostics) { try nonNegativeSpan($0) }
    let after: TimeSpan?? = reader.optional("after_interruption", into: &diagnostics) { text in
      do {
        return text == "none" ? TimeSpan?.none : try wholeMinutes(text)
      } catch {
        throw (error as? UnreadableQuantity).saying("whole minutes, such as 5min, or none")
      }
    }
    let certain = reader.integer(
      "certain", .optional, into: &diagnostics)
    let line = reader.optional("certain_load", into: &diagnostics) { try shareOfWhole($0) }
    guard let windows, let length, let horizon else { return nil }
    guard Int64(windows) <= horizon.nanoseconds / length.nanoseconds else {
      reader.report(
        .beyond(
          .limit,
          found: "\(windows) windows of \(length)",
          allowed: "windows that make up the horizon of \(horizon) at most"),
        of: "windows", into: &diagnostics)
      return nil
    }
    return .sampled(
      Scenario.RequestSample(
        windows: windows, length: length, warmUp: warmUp ?? .minutes(1),
        afterInterruption: after ?? .minutes(3),
        certainLoad: line ?? Scenario.RequestSample.usualCertainLoad,
        certainRequests: certain.map(Int64.init)
          ?? (knowsTokens
            ? Scenario.RequestSample.usualCertainTokenRequests
            : Scenario.RequestSample.usualCertainRequests)))
  }

  /// Which requests arrive when.
  mutating func workload(
    _ root: inout MappingReader, start: UTCDate?, into diagnostics: inout Diagnostics
  ) -> (model: WorkloadModel, texts: DecodedTexts)? {
    guard var reader = root.mapping("workload", .required, into: &diagnostics) else { return nil }
    let arrivals = arrivals(&reader, start: start, into: &diagnostics)
    let classes = shares(
      of: "classes", atMost: 256, &reader, or: [("all", .whole)], into: &diagnostics)
    let tenants = shares(
      of: "tenants", atMost: RequestMix.mostTenants, &reader, or: [("all", .whole)],
      into: &diagnostics)
    let texts = texts(&reader, classes: classes?.map(\.name) ?? [], into: &diagnostics)
    let prompt = reader.node("prompt_tokens", .optional, into: &diagnostics)
    let output = reader.node("output_tokens", .optional, into: &diagnostics)
    let promptLaw = prompt.flatMap { law($0, .count, into: &diagnostics) }
    let outputLaw = output.flatMap { law($0, .count, into: &diagnostics) }
    let deterministic = reader.optional("deterministic", into: &diagnostics) {
      try shareOfWhole($0)
    }
    let content = content(&reader, into: &diagnostics)
    let priorities = priorities(&reader, of: classes?.map(\.name) ?? [], into: &diagnostics)
    systemPrompts = systemPrompts(&reader, into: &diagnostics)
    let sessions = sessions(&reader, into: &diagnostics)
    check(sessions, arrivals, hasContent: content != nil, into: &diagnostics)
    reader.finish(into: &diagnostics)
    if arrivals?.profile != nil {
      missingLengths = [("prompt_tokens", prompt), ("output_tokens", output)]
        .filter { $0.1 == nil }.map { reader.place(of: $0.0) }
    }
    if case .replay(let trace) = arrivals {
      let brought = [
        ("prompt_tokens", "the lengths", prompt != nil),
        ("output_tokens", "the lengths", output != nil),
        ("priorities", "the priorities", !priorities.isEmpty && !trace.priorities.isEmpty),
        ("system_prompts", "what prompts share", systemPrompts != nil && !trace.blocks.isEmpty),
      ]
      for (key, what, isGiven) in brought where isGiven {
        reader.report(
          .rule(.conflict, "the trace brings \(what); leave this out"), of: key, into: &diagnostics)
      }
    }
    if let profile = arrivals?.profile, profile.highestRate > .highestRead {
      reader.report(
        .beyond(.limit, found: "\(profile.highestRate)", allowed: "at most \(Rate.highestRead)"),
        of: "arrivals", into: &diagnostics)
    }
    guard diagnostics.isEmpty, let arrivals, let classes, let tenants else { return nil }
    let mix = RequestMix(
      classes: classes, promptTokens: promptLaw, outputTokens: outputLaw,
      deterministic: deterministic ?? .zero, content: content,
      tenants: tenants, textsByClass: texts.byClass(count: classes.count), priorities: priorities)
    let model = WorkloadModel(
      arrivals: arrivals, mix: mix, sessions: sessions.passing,
      conversations: sessions.conversations)
    return (model, texts)
  }

  /// Names with shares that make up the whole.
  private func shares(
    of key: String, atMost most: Int, _ reader: inout MappingReader,
    or standard: [(name: String, share: Share)],
    into diagnostics: inout Diagnostics
  ) -> [(name: String, share: Share)]? {
    guard let entries = reader.entries(key, .optional, into: &diagnostics) else { return standard }
    let shares = entries.compactMap { entry in
      entry.value.parsed(into: &diagnostics) { try shareOfWhole($0) }.map { (entry.name, $0) }
    }
    guard shares.count == entries.count else { return nil }
    let sum = shares.reduce(Share.zero) { $0 + $1.1 }
    guard sum == .whole, shares.count <= most else {
      reader.report(
        .beyond(
          .sum,
          found: "\(sum) in \(shares.count) \(key)", allowed: "100% in 1 to \(most)"), of: key,
        into: &diagnostics)
      return nil
    }
    return shares
  }

  /// `{ CLASS: number }`; classes that are not named have 0, and without any there are no priorities.
  private mutating func priorities(
    _ reader: inout MappingReader, of classes: [String], into diagnostics: inout Diagnostics
  ) -> [Int] {
    guard var entries = reader.mapping("priorities", .optional, into: &diagnostics) else {
      return []
    }
    writtenPriorities = entries.place
    let numbers = classes.map {
      entries.integer($0, .optional, into: &diagnostics) ?? 0
    }
    if !classes.isEmpty { entries.finish(into: &diagnostics) }
    return numbers
  }

  private func content(
    _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> RequestMix.Content? {
    guard var content = reader.mapping("content", .optional, into: &diagnostics) else { return nil }
    let catalogue = content.integer(
      "catalogue", .required, into: &diagnostics)
    let zipf = content.decimal("zipf", .required, into: &diagnostics)
    let unique = content.required("unique", into: &diagnostics) { try shareOfWhole($0) }
    content.finish(into: &diagnostics)
    guard let catalogue, let zipf, let unique else { return nil }
    return RequestMix.Content(catalogue: catalogue, zipfExponent: zipf, unique: unique)
  }

  // MARK: Arrivals

  private mutating func arrivals(
    _ reader: inout MappingReader, start: UTCDate?, into diagnostics: inout Diagnostics
  ) -> ArrivalProcess? {
    guard var arrivals = reader.mapping("arrivals", .required, into: &diagnostics) else {
      return nil
    }
    defer { arrivals.finish(into: &diagnostics) }
    if let trace = arrivals.node("trace", .optional, into: &diagnostics) {
      return replay(trace, &arrivals, into: &diagnostics)
    }
    let factor = arrivals.decimal("scale", .optional, into: &diagnostics)
    let process = ratedArrivals(&arrivals, start: start, into: &diagnostics)
    guard let factor, let process else { return process }
    let scaled: ArrivalProcess
    let highest: Rate
    switch process {
    case .poisson(let profile):
      (scaled, highest) = (.poisson(profile.scaled(by: factor)), profile.highestRate)
    case .renewal(let profile, let gaps):
      (scaled, highest) = (.renewal(profile.scaled(by: factor), gaps: gaps), profile.highestRate)
    default: return process
    }
    guard highest.perSecond * factor <= Rate.highestRead.perSecond else {
      arrivals.report(
        .beyond(
          .limit,
          found: "\(formatted(highest.perSecond * factor, places: 0)) requests a second",
          allowed: "at most \(Rate.highestRead)"), of: "scale", into: &diagnostics)
      return nil
    }
    return scaled
  }

  /// Arrivals at rates: measured ones, or those of a process.
  private mutating func ratedArrivals(
    _ arrivals: inout MappingReader, start: UTCDate?, into diagnostics: inout Diagnostics
  ) -> ArrivalProcess? {
    if let series = arrivals.node("series", .optional, into: &diagnostics) {
      return recordedRates(series, &arrivals, into: &diagnostics)
    }
    let isRenewal =
      arrivals.oneOf(
        "process", [("poisson", false), ("renewal", true)], .optional, into: &diagnostics) ?? false
    let gaps =
      isRenewal
      ? arrivals.node("gaps", .required, into: &diagnostics).flatMap {
        unitLaw($0, into: &diagnostics)
      } : nil
    guard let profile = profile(&arrivals, start: start, into: &diagnostics) else { return nil }
    guard isRenewal else { return .poisson(profile) }
    return gaps.map { .renewal(profile, gaps: $0) }
  }

  /// The rate of a synthesised process.
  private mutating func profile(
    _ arrivals: inout MappingReader, start: UTCDate?, into diagnostics: inout Diagnostics
  ) -> RateProfile? {
    if arrivals.has("rate") {
      let rate = arrivals.required("rate", into: &diagnostics) { try positiveRate($0) }
      return rate.map { .constant($0) }
    }
    guard arrivals.has("peak") || arrivals.has("peak_load") else {
      arrivals.report(
        .rule(.needed, "required: one of rate, peak, peak_load, trace, series"), of: "process",
        into: &diagnostics)
      return nil
    }
    let peak = peak(&arrivals, into: &diagnostics)
    return shaped(&arrivals, peak: peak, start: start, into: &diagnostics)
  }

  private func shaped(
    _ arrivals: inout MappingReader, peak: Rate?, start: UTCDate?,
    into diagnostics: inout Diagnostics
  ) -> RateProfile? {
    if arrivals.has("hours") {
      return hoursOfWeek(&arrivals, peak: peak, start: start, into: &diagnostics)
    }
    var peakTime = TimeSpan.zero
    var swing = Share.zero
    if var daily = arrivals.mapping("daily", .optional, into: &diagnostics) {
      peakTime = daily.required("peak", into: &diagnostics) { try timeOfDay($0) } ?? .zero
      swing = daily.required("swing", into: &diagnostics) { try shareOfWhole($0) } ?? .zero
      daily.finish(into: &diagnostics)
    }
    let weekend = arrivals.optional("weekend", into: &diagnostics) { try proportion($0) }
    guard let peak, let start else { return nil }
    guard isWithinReach(peak, weekend ?? .whole, of: "weekend", arrivals, into: &diagnostics) else {
      return nil
    }
    return .weekly(
      RateProfile.Shape(
        peak: peak, peakTime: peakTime, swing: swing, weekend: weekend ?? .whole),
      start: start)
  }

  /// The highest rate: stated, or as a load of this fleet or of another scenario's.
  private mutating func peak(
    _ arrivals: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Rate? {
    if arrivals.has("peak") {
      if arrivals.has("peak_load") {
        arrivals.report(
          .rule(.conflict, "give either peak or peak_load"), of: "peak_load", into: &diagnostics)
      }
      return arrivals.required("peak", into: &diagnostics) { try positiveRate($0) }
    }
    guard let value = arrivals.node("peak_load", .required, into: &diagnostics),
      let text = value.string(into: &diagnostics)
    else { return nil }
    let words = text.split(separator: " ", maxSplits: 2)
    let allowed = "a load of a scenario's fleet: 65% of baseline.yaml"
    guard words.count == 3, words[1] == "of" else {
      value.report(.unreadable(found: text, allowed: allowed), into: &diagnostics)
      return nil
    }
    let load = value.parsed(into: &diagnostics) { _ in
      do {
        let load = try Share(parsing: words[0])
        guard load > .zero else { throw UnreadableQuantity(range: allowed) }
        return load
      } catch {
        throw (error as? UnreadableQuantity).saying(allowed)
      }
    }
    guard let load else { return nil }
    let path = Self.resolve(String(words[2]), at: value.location)
    guard let throughput = throughput(of: path, namedBy: value, into: &diagnostics) else {
      return nil
    }
    let rate = throughput * load.fraction
    guard rate <= Rate.highestRead.perSecond else {
      value.report(
        .beyond(
          .limit,
          found: "\(text), which is \(formatted(rate, places: 0))/s",
          allowed: "at most \(Rate.highestRead)"), into: &diagnostics)
      return nil
    }
    return Rate(roundingPerSecond: rate)
  }

  private mutating func recordedRates(
    _ value: ValueReader, _ arrivals: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> ArrivalProcess? {
    let rules = calendarRules(&arrivals, .series, into: &diagnostics)
    guard let options = seriesOptions(&arrivals, into: &diagnostics), let calendar,
      let name = value.string(into: &diagnostics),
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return nil }
    do {
      let series = try RateSeries(bytes, options)
      let place = RateSeries.Calendar(
        start: calendar.start, horizon: calendar.horizon, rules: rules)
      let profile = try series.profile(on: place)
      summarise(path, series.summary(on: place))
      return .poisson(profile)
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return nil
    }
  }

  func report(
    _ errors: TraceErrors, in path: String, named value: ValueReader,
    into diagnostics: inout Diagnostics
  ) {
    for error in errors.errors {
      diagnostics.report(
        .rule(.file, "found \(error.found), allowed: \(error.allowed)"),
        at: SourceLocation(file: path, line: error.line, column: error.column),
        keyPath: value.keyPath)
    }
  }
}
