// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import RandomStreams

/// Fits the lengths of prompts and of answers, and says what is lost where the two are drawn apart.
///
/// A scenario has a law for each of both and draws them independently. Where recorded lengths depend on each other,
/// that is an error, which the report gives in what an engine feels: tokens of a request, and the KV cache that it holds
/// over its steps.
package struct LengthCalibration: Sendable {
  /// A law beside the lengths that it was fitted to.
  package struct Fit: Sendable {
    /// Its family.
    package let family: LifetimeFamily
    /// The law.
    package let law: Distribution
    /// The largest distance between the shares below a length by data and by law (Kolmogorov–Smirnov).
    package let distance: Double
    /// How far its mean is from that of the data, as a share.
    package let meanError: Double
  }

  /// One of both sides.
  package struct Side: Sendable {
    /// What it is, as a key of a scenario.
    package let key: String
    /// The lengths, shortest first.
    package let sorted: [Int]
    /// Their mean.
    package let mean: Double
    /// The most likely law of each family that has one; the one to take first.
    package let fits: [Fit]

    /// The most likely laws of lengths.
    ///
    /// Taken is the one nearest to the data among those whose mean is within 5 %, and where none is, the one with the
    /// nearest mean: a law that misses the mean misses the load.
    init(_ key: String, _ lengths: [Int]) {
      self.key = key
      let sorted = lengths.sorted()
      let mean = sorted.reduce(0) { $0 + Double($1) } / Double(sorted.count)
      let sample = LifetimeSample(
        sorted.map { Lifetime(seconds: Double($0), isCensored: false) }, limit: nil)
      var fits: [Fit] = []
      for family in LifetimeFamily.allCases where family != .bathtub {
        guard let fit = LifetimeFit(family, to: sample) else { continue }
        fits.append(
          Fit(
            family: family, law: fit.law, distance: Self.distance(sorted, fit.law),
            meanError: fit.law.mean / mean - 1))
      }
      self.sorted = sorted
      self.mean = mean
      self.fits = fits.sorted { first, second in
        let (near, far) = (abs(first.meanError) <= 0.05, abs(second.meanError) <= 0.05)
        if near != far { return near }
        return near
          ? first.distance < second.distance : abs(first.meanError) < abs(second.meanError)
      }
    }

    private static func distance(_ sorted: [Int], _ law: Distribution) -> Double {
      var (index, largest) = (0, 0.0)
      let count = Double(sorted.count)
      while index < sorted.count {
        let value = sorted[index]
        var end = index
        while end < sorted.count, sorted[end] == value { end += 1 }
        // A whole number stands for what is rounded to it.
        largest = max(
          largest, abs(law.cumulative(Double(value) + 0.5) - Double(end) / count),
          abs(law.cumulative(max(0, Double(value) - 0.5)) - Double(index) / count))
        index = end
      }
      return largest
    }

    /// A quantile of the data.
    func quantile(_ share: Double) -> Int {
      sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.down)))]
    }
  }

  /// What was read.
  package let data: LengthMeasurements
  /// Prompts.
  package let prompts: Side
  /// Answers.
  package let outputs: Side

  /// Fits of lengths.
  ///
  /// - Parameters:
  ///   - promptFamily: the family of the law of prompts; `nil` for the one that is nearest.
  ///   - outputFamily: likewise of answers.
  /// - Complexity: some hundred likelihoods of all lengths.
  package init(
    _ data: LengthMeasurements, promptFamily: LifetimeFamily? = nil,
    outputFamily: LifetimeFamily? = nil
  ) {
    self.data = data
    prompts = Self.preferring(promptFamily, Side("prompt_tokens", data.prompts))
    outputs = Self.preferring(outputFamily, Side("output_tokens", data.outputs))
  }

  private static func preferring(_ family: LifetimeFamily?, _ side: Side) -> Side {
    guard let family else { return side }
    return Side(
      key: side.key, sorted: side.sorted, mean: side.mean,
      fits: side.fits.filter { $0.family == family } + side.fits.filter { $0.family != family })
  }

  // MARK: Dependence

  /// Spearman's rank correlation of prompts and answers.
  package var rankCorrelation: Double {
    let (first, second) = (Self.ranks(data.prompts), Self.ranks(data.outputs))
    let middle = Double(first.count - 1) / 2
    var (both, one, other) = (0.0, 0.0, 0.0)
    for (left, right) in zip(first, second) {
      both += (left - middle) * (right - middle)
      one += (left - middle) * (left - middle)
      other += (right - middle) * (right - middle)
    }
    return one > 0 && other > 0 ? both / (one * other).squareRoot() : 0
  }

  private static func ranks(_ values: [Int]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }

  /// What an engine feels of pairs of lengths.
  package struct Load: Sendable, Equatable {
    /// Tokens of a request both ways, on average.
    package let tokens: Double
    /// Their 99th percentile.
    package let tokensP99: Double
    /// Tokens in the KV cache, added up over the steps of a request, on average.
    package let occupied: Double

    init(_ pairs: [(prompt: Double, output: Double)]) {
      let sums = pairs.map { $0.prompt + $0.output }.sorted()
      let count = Double(sums.count)
      tokens = sums.reduce(0, +) / count
      tokensP99 = sums[min(sums.count - 1, Int(0.99 * count))]
      occupied = pairs.reduce(0) { $0 + $1.output * ($1.prompt + $1.output / 2) } / count
    }
  }

  /// The pairs as they were recorded.
  package var recorded: Load {
    Load(zip(data.prompts, data.outputs).map { (Double($0), Double($1)) })
  }

  /// The recorded lengths, each prompt with every answer of a sample: what independence alone makes of them.
  package var independent: Load {
    let stream = RandomStream(seed: 1, replication: 0, purpose: .requestLengths, entity: 0)
    var draws = stream.draws(of: 0)
    var pairs: [(prompt: Double, output: Double)] = []
    let rounds = max(1, 200_000 / data.prompts.count)
    for _ in 0..<rounds {
      for prompt in data.prompts {
        let index = Int(draws.nextUniform() * Double(data.outputs.count))
        pairs.append((Double(prompt), Double(data.outputs[index])))
      }
    }
    return Load(pairs)
  }

  /// Lengths by the two laws.
  package var byLaws: Load? {
    guard let prompt = prompts.fits.first?.law, let output = outputs.fits.first?.law else {
      return nil
    }
    let stream = RandomStream(seed: 1, replication: 1, purpose: .requestLengths, entity: 0)
    var draws = stream.draws(of: 0)
    return Load(
      (0..<65_536).map { _ in
        (
          max(1, prompt.quantile(draws.nextUniform()).rounded()),
          max(1, output.quantile(draws.nextUniform()).rounded())
        )
      })
  }

  // MARK: Report

  /// The report.
  package func report() -> CalibrationReport {
    let (recorded, independent, byLaws) = (recorded, independent, byLaws)
    var load = CalibrationReport.Table(
      title: "What independence changes",
      header: [
        "of a request", "as recorded>", "paired at random>", "their error>", "by the laws>",
        "the laws' error>",
      ])
    let rows: [(String, (Load) -> Double)] = [
      ("mean tokens both ways", { $0.tokens }), ("P99 of them", { $0.tokensP99 }),
      ("KV tokens × steps", { $0.occupied }),
    ]
    for (name, value) in rows {
      let truth = value(recorded)
      load.rows.append(
        [name, FittedText.number(truth, digits: 5)]
          + [Optional(independent), byLaws].flatMap { other -> [String] in
            guard let other else { return ["", ""] }
            return [
              FittedText.number(value(other), digits: 5),
              FittedText.percent(value(other) / truth - 1),
            ]
          })
    }
    let correlation = FittedText.number(rankCorrelation, digits: 2)
    return CalibrationReport(
      summary:
        "\(data.prompts.count) requests: prompts of \(FittedText.number(prompts.mean, digits: 4)) and answers "
        + "of \(FittedText.number(outputs.mean, digits: 4)) tokens on average, rank correlation \(correlation).",
      tables: [table(prompts, "Prompts"), table(outputs, "Answers"), load],
      doubts: doubts(recorded, independent),
      fragment: [prompts, outputs].compactMap { side in
        side.fits.first.map { "\(side.key): \(Self.text($0.law))" }
      }, place: "workload")
  }

  private func table(_ side: Side, _ title: String) -> CalibrationReport.Table {
    let shares = [0.5, 0.9, 0.99]
    var table = CalibrationReport.Table(
      title: "\(title): the first law is taken",
      header: ["law", "mean>", "error>", "P50>", "P90>", "P99>", "most>", "distance>"],
      rows: [
        ["as recorded", FittedText.number(side.mean, digits: 4), ""]
          + shares.map { "\(side.quantile($0))" } + ["\(side.sorted[side.sorted.count - 1])", ""]
      ])
    for fit in side.fits {
      table.rows.append(
        [
          fit.family.rawValue, FittedText.number(fit.law.mean, digits: 4),
          FittedText.percent(fit.meanError),
        ] + shares.map { FittedText.number(fit.law.quantile($0), digits: 4) }
          + ["", FittedText.percent(fit.distance)])
    }
    return table
  }

  private func doubts(_ recorded: Load, _ independent: Load) -> [String] {
    let change = independent.occupied / recorded.occupied - 1
    var doubts = [
      "Do long prompts have long answers? A scenario's laws are drawn apart; that alone changes the KV cache that "
        + "requests hold by \(FittedText.percent(change)). `arrivals.trace` replays recorded pairs and keeps it.",
      "Which tokeniser counted? Another model counts the same text otherwise.",
      "Would another day have these lengths? One record is one mix of clients.",
    ]
    for side in [prompts, outputs] {
      guard let fit = side.fits.first else {
        doubts.append("What law do \(side.key) follow? None was found; they may all be alike.")
        continue
      }
      let p99 = Double(side.quantile(0.99))
      let error = fit.law.quantile(0.99) / p99 - 1
      if abs(fit.meanError) > 0.05 || abs(error) > 0.1 || fit.distance > 0.05 {
        doubts.append(
          "Is it a good law of \(side.key)? Its mean is off by \(FittedText.percent(fit.meanError)), its P99 by "
            + "\(FittedText.percent(error)), and up to \(FittedText.percent(fit.distance)) of the requests lie on the "
            + "wrong side of a length.")
      }
      let most = side.sorted[side.sorted.count - 1]
      if fit.law.survival(Double(most)) * Double(side.sorted.count) > 3 {
        doubts.append(
          "Is there a longest of \(side.key)? None recorded is above \(most); the law draws some that are. "
            + "models.MODEL.context bounds both together.")
      }
    }
    if data.omitted > 0 {
      doubts.append(
        "What of requests without an answer? \(data.omitted) have no token on one side, and are left out."
      )
    }
    return doubts
  }

  /// A law of counts as a scenario has it.
  private static func text(_ law: Distribution) -> String {
    func number(_ value: Double) -> String { FittedText.number(value, digits: 5) }
    switch law.law {
    case .exponential(let mean): return "{ exponential: { mean: \(number(mean)) } }"
    case .gamma(let shape, let scale):
      return "{ gamma: { mean: \(number(shape * scale)), cv: \(number(1 / shape.squareRoot())) } }"
    case .weibull(let shape, let scale):
      return "{ weibull: { scale: \(number(scale)), shape: \(number(shape)) } }"
    case .lognormal:
      return
        "{ lognormal: { median: \(number(law.quantile(0.5))), p99: \(number(law.quantile(0.99))) } }"
    default: return number(law.mean)
    }
  }
}

extension LengthCalibration.Side {
  fileprivate init(key: String, sorted: [Int], mean: Double, fits: [LengthCalibration.Fit]) {
    self.key = key
    self.sorted = sorted
    self.mean = mean
    self.fits = fits
  }
}
