// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

/// How far predicted times are from measured ones.
package struct ErrorSummary: Sendable, Equatable {
  /// How many there are.
  package let count: Int
  /// The mean of the errors, with their signs, as shares.
  package let bias: Double
  /// The median of their sizes.
  package let median: Double
  /// Their 90th percentile.
  package let p90: Double
  /// The largest.
  package let worst: Double

  /// The errors of predictions; `nil` where there is none.
  package init?(_ errors: [Double]) {
    guard !errors.isEmpty else { return nil }
    let sizes = errors.map { abs($0) }.sorted()
    count = errors.count
    bias = errors.reduce(0, +) / Double(errors.count)
    median =
      sizes.count % 2 == 1
      ? sizes[sizes.count / 2] : (sizes[sizes.count / 2 - 1] + sizes[sizes.count / 2]) / 2
    p90 = sizes[min(sizes.count - 1, (sizes.count * 9 + 9) / 10 - 1)]
    worst = sizes[sizes.count - 1]
  }

  /// Its cells in a table.
  var cells: [String] {
    ["\(count)"] + [bias, median, p90, worst].map { FittedText.percent($0) }
  }
}

extension StepMeasurements {
  /// For each row of a benchmark whether it lies beyond the knee: more clients than in another row of the same lengths,
  /// and tokens a second that grew by less than half as much, by logarithms.
  package static func beyondKnee(_ points: [BenchmarkPoint]) -> [Bool] {
    points.map { point in
      let fewer = points.filter {
        $0.prompt == point.prompt && $0.output == point.output && $0.clients < point.clients
      }
      guard let most = fewer.map(\.clients).max() else { return false }
      let rates = fewer.filter { $0.clients == most }.map(\.throughput)
      let before = rates.reduce(0, +) / Double(rates.count)
      let growth = ElementaryLog.ratio(point.throughput, before)
      return growth < 0.5 * ElementaryLog.ratio(Double(point.clients), Double(most))
    }
  }
}

extension StepCalibration {
  /// A row of a benchmark beside what the law makes of it.
  struct Compared {
    let point: BenchmarkPoint
    let firstToken: Double
    let perToken: Double
    let outputRate: Double
    let isBeyondKnee: Bool

    var firstError: Double { firstToken / point.firstToken - 1 }
    var perError: Double? { point.perToken.map { perToken / $0 - 1 } }

    var cells: [String] {
      let next = point.perToken.map {
        [
          FittedText.time($0, digits: 4), FittedText.time(perToken, digits: 4),
          FittedText.percent(perError ?? .nan),
        ]
      }
      return [
        "\(point.clients)", FittedText.number(point.prompt, digits: 5),
        FittedText.number(point.output, digits: 5), FittedText.time(point.firstToken, digits: 4),
        FittedText.time(firstToken, digits: 4), FittedText.percent(firstError),
      ] + (next ?? ["", "", ""]) + [
        FittedText.number(outputRate, digits: 5), isBeyondKnee ? "beyond" : "below",
      ]
    }
  }

  /// Rows beside what the law makes of them.
  private func compared(_ points: [BenchmarkPoint], among all: [BenchmarkPoint]) -> [Compared]? {
    guard let law else { return nil }
    let beyond = StepMeasurements.beyondKnee(all)
    var rows: [Compared] = []
    for (index, point) in points.enumerated() {
      guard let made = engine.times(of: point, under: law) else { return nil }
      rows.append(
        Compared(
          point: point, firstToken: made.firstToken, perToken: made.perToken,
          outputRate: made.outputRate, isBeyondKnee: beyond[index]))
    }
    return rows
  }

  /// The report.
  ///
  /// - Parameter check: measurements that were not fitted, of the same kind; they are predicted.
  /// - Throws: a ``Problem`` where the check is of another kind, or the engine cannot answer its requests.
  package func report(check: StepMeasurements? = nil) throws(Problem) -> CalibrationReport {
    var tables = [parameterTable]
    let errors: [Double]
    var doubts: [String]
    switch (data, check) {
    case (.steps(let steps), nil): (errors, doubts) = stepParts(steps, nil, &tables)
    case (.steps(let steps), .steps(let more)?): (errors, doubts) = stepParts(steps, more, &tables)
    case (.benchmark(let points), nil):
      (errors, doubts) = try benchmarkParts(points, nil, &tables)
    case (.benchmark(let points), .benchmark(let more)?):
      (errors, doubts) = try benchmarkParts(points, more, &tables)
    default:
      throw Problem(
        sentence:
          "what is fitted and what is predicted are of two kinds: steps, and rows of benchmarks")
    }
    doubts = commonDoubts(hasCheck: check != nil) + doubts
    let fitted = relativeErrors.count { $0 != nil }
    let summary = ErrorSummary(errors)
    return CalibrationReport(
      summary:
        "\(data.count) \(isOfSteps ? "steps" : "rows of a benchmark"), \(fitted) parameters fitted: "
        + "half of the times are within \(FittedText.percent(summary?.median ?? .nan)), nine of ten within "
        + "\(FittedText.percent(summary?.p90 ?? .nan)).",
      tables: tables, doubts: doubts, fragment: form.fragment(values),
      place: "models.MODEL.on.TYPE.engine")
  }

  private var isOfSteps: Bool { if case .steps = data { true } else { false } }

  private var parameterTable: CalibrationReport.Table {
    CalibrationReport.Table(
      title: "The law", header: ["parameter", "value>", "standard error>"],
      rows: form.parameters.indices.map { index in
        let parameter = form.parameters[index]
        let error = relativeErrors[index]
        return [
          parameter.name, StepLawForm.text(values[index], isShare: parameter.isShare),
          error.map { $0.isFinite ? FittedText.percent($0) : "not told" } ?? "given",
        ]
      })
  }

  // MARK: Steps

  private func stepParts(
    _ steps: [MeasuredStep], _ check: [MeasuredStep]?, _ tables: inout [CalibrationReport.Table]
  ) -> (errors: [Double], doubts: [String]) {
    let errors = stepErrors(steps)
    tables.append(errorTable("How far the law is from what it was fitted to", steps, errors))
    if let check {
      tables.append(
        errorTable("How far it is from steps that it was not fitted to", check, stepErrors(check)))
    }
    let names = ["requests", "context tokens", "tokens of prompts"]
    var range = CalibrationReport.Table(
      title: "What was measured", header: ["of a step", "least>", "median>", "most>"])
    for (index, name) in names.enumerated() {
      let sorted = steps.map { $0.features[index + 1] }.sorted()
      range.rows.append(
        [name]
          + [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]].map {
            formatted($0, places: 0)
          })
    }
    let times = steps.map(\.seconds).sorted()
    range.rows.append(
      ["time"]
        + [times[0], times[times.count / 2], times[times.count - 1]].map { FittedText.time($0) })
    tables.append(range)
    var doubts = [
      "What of other steps? Beyond what was measured the law is a straight line that nobody has seen."
    ]
    if !steps.contains(where: { $0.shape.prefillTokens > 0 }) {
      doubts.append("What of prompts? No step had any: prefill_token is not known.")
    }
    if !steps.contains(where: { $0.shape.prefillTokens == 0 }) {
      doubts.append("What of decodes alone? Every step had tokens of prompts.")
    }
    return (errors, doubts)
  }

  private func stepErrors(_ steps: [MeasuredStep]) -> [Double] {
    guard let law, let made = StepMeasurements.steps(steps).predicted(under: law, engine) else {
      return []
    }
    return zip(made, steps).map { $0 / $1.seconds - 1 }
  }

  private func errorTable(
    _ title: String, _ steps: [MeasuredStep], _ errors: [Double]
  ) -> CalibrationReport.Table {
    var table = CalibrationReport.Table(title: title, header: Self.errorHeader("steps"))
    let sizes = steps.map(\.shape.sequences).sorted()
    let middle = sizes[sizes.count / 2]
    let kinds: [(String, (MeasuredStep) -> Bool)] = [
      ("all", { _ in true }), ("decodes alone", { $0.shape.prefillTokens == 0 }),
      ("with prompts", { $0.shape.prefillTokens > 0 }),
      ("up to \(middle) requests", { $0.shape.sequences <= middle }),
      ("more requests", { $0.shape.sequences > middle }),
    ]
    for (name, isOfKind) in kinds {
      let own = zip(steps, errors).filter { isOfKind($0.0) }.map(\.1)
      if let summary = ErrorSummary(own) { table.rows.append([name] + summary.cells) }
    }
    return table
  }

  private static func errorHeader(_ first: String) -> [String] {
    [first, "count>", "mean error>", "median size>", "P90 size>", "worst>"]
  }

  // MARK: Benchmarks

  private func benchmarkParts(
    _ points: [BenchmarkPoint], _ check: [BenchmarkPoint]?,
    _ tables: inout [CalibrationReport.Table]
  ) throws(Problem) -> (errors: [Double], doubts: [String]) {
    let all = points + (check ?? [])
    guard let rows = compared(all, among: all) else {
      throw Problem(
        sentence:
          "the engine cannot answer the requests of a row: its KV cache or its steps are too small")
    }
    let fitted = Array(rows.prefix(points.count))
    tables += Self.tables(fitted, "fitted rows")
    if check != nil {
      tables += Self.tables(Array(rows.dropFirst(points.count)), "rows that were not fitted")
    }
    let errors = fitted.flatMap { [$0.firstError] + ($0.perError.map { [$0] } ?? []) }
    var doubts: [String] = []
    let beyond = fitted.count { $0.isBeyondKnee }
    if beyond > 0 {
      doubts.append(
        "Which rows lie beyond the knee? \(beyond) of \(fitted.count): there the waiting line decides, and what the "
          + "engine was told of its KV cache and of the requests that run.")
    }
    let missed = errors.count { abs($0) > 0.15 }
    if missed > 0 {
      doubts.append(
        "Does a law of this form hold for all of it? \(missed) of \(errors.count) times are off by more than 15 %. "
          + "They hardly moved the fit: far errors count by their logarithm. Look for waits that the engine here does not "
          + "have, as for memory.")
    }
    let lengths = Set(points.map { [$0.prompt, $0.output] }).count
    if lengths == 1, case .affine = form, values[2] == 0 {
      doubts.append(
        "What of other lengths? All rows have one. What a request costs in a step is all in sequence, none of it in "
          + "context_token: longer contexts come out too fast. Measure a second length, or give context_token."
      )
    }
    let scatter = Self.scatter(points)
    if let scatter {
      doubts.append(
        "How well do repeats agree? Rows of the same setting differ by \(FittedText.percent(scatter)) in the "
          + "time to the first token, half of them.")
    }
    doubts.append(
      "How was the benchmark driven? Assumed: \(engine.requestsPerClient) requests a client where the file does not "
        + "say, all clients ask at once at the beginning, lengths within "
        + "\(FittedText.percent(engine.spread, places: 0)) of their mean, answers of full length, no prefix "
        + "found, \(engine.scheduler.rawValue) with \(engine.tokensPerStep) tokens a step. The time to the first "
        + "token depends on all of it.")
    doubts.append(
      "What lies between engine and client? The times of the benchmark hold it, so the law does too."
    )
    return (errors, doubts)
  }

  private static func tables(_ rows: [Compared], _ what: String) -> [CalibrationReport.Table] {
    var errors = CalibrationReport.Table(
      title: "Errors of \(what)", header: errorHeader("time"))
    for (place, isBeyond) in [("below the knee", false), ("beyond it", true)] {
      let own = rows.filter { $0.isBeyondKnee == isBeyond }
      for (name, list) in [
        ("TTFT", own.map(\.firstError)), ("TPOT", own.compactMap(\.perError)),
      ] {
        if let summary = ErrorSummary(list) {
          errors.rows.append(["\(name), \(place)"] + summary.cells)
        }
      }
    }
    let table = CalibrationReport.Table(
      title: "The \(what)",
      header: [
        "clients>", "prompt>", "answer>", "TTFT>", "TTFT by the law>", "TTFT error>", "TPOT>",
        "TPOT by the law>", "TPOT error>", "tokens/s by the law>", "knee",
      ],
      rows: rows.map(\.cells))
    return [errors, table]
  }

  /// The median of how far rows of one setting lie apart, as a share; `nil` where none has a second.
  private static func scatter(_ points: [BenchmarkPoint]) -> Double? {
    var spreads: [Double] = []
    for (index, point) in points.enumerated() {
      let same = points.filter {
        $0.clients == point.clients && $0.prompt == point.prompt && $0.output == point.output
      }
      guard same.count > 1, points.firstIndex(of: point) == index else { continue }
      let times = same.map(\.firstToken).sorted()
      spreads.append((times[times.count - 1] - times[0]) / times[times.count / 2])
    }
    let sorted = spreads.sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }

  // MARK: Doubts

  private func commonDoubts(hasCheck: Bool) -> [String] {
    var doubts: [String] = []
    let fitted = relativeErrors.count { $0 != nil }
    if data.count < 3 * fitted {
      doubts.append(
        "Are these enough? \(data.count) measurements for \(fitted) parameters: hardly. The errors above are too small "
          + "for what was not measured.")
    }
    if !hasCheck {
      doubts.append(
        "How good is it elsewhere? Nothing was held back. --check FILE predicts measurements that are not fitted."
      )
    }
    for pair in alike {
      doubts.append(
        "Is it \(pair.first) or \(pair.second)? The data hardly tell them apart (cosine "
          + "\(FittedText.number(pair.likeness, digits: 4))): their sum is known, not each. --given sets one."
      )
    }
    for (parameter, (value, error)) in zip(form.parameters, zip(values, relativeErrors)) {
      if value == 0, error != nil {
        doubts.append("Is \(parameter.name) nothing? The data do not show it; it is left out.")
      } else if parameter.isShare, value >= 1, error != nil {
        doubts.append(
          "Does the device reach all of its sheet? \(parameter.name) came out at its bound, so that the sheet or the "
            + "card is too slow for what was measured.")
      }
    }
    if isOfSteps {
      doubts.append(
        "Is the host's time between steps in these? If a step was measured from start to start, it is. State it as host in "
          + "the scenario, and take it off the file.")
    } else if engine.host.isNone {
      doubts.append(
        "Where is the host's time between steps? In the law: none was given. Where an engine hides it, that is right; "
          + "else give it by --host and state it as host in the scenario.")
    }
    return doubts
  }
}

/// Logarithms of ratios.
private enum ElementaryLog {
  static func ratio(_ value: Double, _ by: Double) -> Double {
    ElementaryFunctions.log(value / by)
  }
}
