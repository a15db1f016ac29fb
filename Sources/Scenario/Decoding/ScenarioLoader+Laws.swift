// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities
import ReplicaModel

extension InvalidDistribution: StatesWhatIsAllowed {}

/// In what a law's values are written, and what one of them is as a number.
enum LawUnit {
  /// Times; the law is in seconds.
  case time
  /// Plain counts, such as tokens.
  case count

  func parse(_ text: String) throws -> Double {
    switch self {
    case .time: try nonNegativeSpan(text).inSeconds
    case .count: try Self.count(text)
    }
  }

  /// A count up to the largest that a request can have: what is drawn beyond it is cut to it.
  private static func count(_ text: String) throws -> Double {
    let count = try parseDecimal(text)
    guard (0...1e9).contains(count) else {
      throw UnreadableQuantity(range: "a number from 0 to 1_000_000_000")
    }
    return count
  }
}

extension ScenarioLoader {
  private static let lawNames = [
    "constant", "exponential", "uniform", "gamma", "weibull", "lognormal", "hyperexponential",
    "bathtub",
  ]

  /// A law: a single value, or one of the named laws with its parameters.
  func law(
    _ value: ValueReader, _ unit: LawUnit, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    if case .scalar = value.node.content {
      return value.parsed(into: &diagnostics) { try Distribution(.constant(unit.parse($0))) }
    }
    guard let choice = value.choice(among: Self.lawNames, into: &diagnostics) else { return nil }
    if choice.name == "constant" {
      return choice.value.parsed(into: &diagnostics) { try Distribution(.constant(unit.parse($0))) }
    }
    guard var reader = choice.value.mapping(into: &diagnostics) else { return nil }
    let before = diagnostics.count
    let make = parameters(of: choice.name, &reader, unit, into: &diagnostics)
    reader.finish(into: &diagnostics)
    guard let make, diagnostics.count == before else { return nil }
    do {
      return try make()
    } catch {
      let allowed = (error as? any StatesWhatIsAllowed)?.allowed ?? "\(error)"
      choice.value.report(.rule(.law, "allowed: \(allowed)"), into: &diagnostics)
      return nil
    }
  }

  private func parameters(
    of name: String, _ reader: inout MappingReader, _ unit: LawUnit,
    into diagnostics: inout Diagnostics
  ) -> (() throws -> Distribution)? {
    func value(_ key: String) -> Double? {
      reader.required(key, into: &diagnostics) { try unit.parse($0) }
    }
    func number(_ key: String) -> Double? { reader.decimal(key, .required, into: &diagnostics) }
    switch name {
    case "exponential":
      guard let mean = value("mean") else { return nil }
      return { try Distribution(.exponential(mean: mean)) }
    case "uniform":
      guard let low = value("low"), let high = value("high") else { return nil }
      return { try Distribution(.uniform(low: low, high: high)) }
    case "gamma":
      guard let mean = value("mean"), let cv = number("cv") else { return nil }
      return { try Distribution.gamma(mean: mean, cv: cv) }
    case "weibull":
      guard let scale = value("scale"), let shape = number("shape") else { return nil }
      return { try Distribution(.weibull(shape: shape, scale: scale)) }
    case "hyperexponential":
      let probabilities = list("probabilities", of: &reader, into: &diagnostics) {
        try parseDecimal($0)
      }
      let means = list("means", of: &reader, into: &diagnostics) { try unit.parse($0) }
      guard let probabilities, let means else { return nil }
      return { try Distribution(.hyperexponential(probabilities: probabilities, means: means)) }
    case "bathtub":
      let share = reader.required("share", into: &diagnostics) { try shareOfWhole($0).fraction }
      let times = ["early", "late", "onset", "limit"].map { value($0) }
      guard let share, let early = times[0], let late = times[1], let onset = times[2],
        let limit = times[3]
      else { return nil }
      return {
        try Distribution(
          .bathtub(
            ConstrainedLife(share: share, early: early, late: late, onset: onset, limit: limit)))
      }
    default:
      if reader.has("mean") {
        guard let mean = value("mean"), let cv = number("cv") else { return nil }
        return { try Distribution.lognormal(mean: mean, cv: cv) }
      }
      guard let median = value("median"), let p99 = value("p99") else { return nil }
      return { try Distribution.lognormal(median: median, p99: p99) }
    }
  }

  private func list(
    _ key: String, of reader: inout MappingReader, into diagnostics: inout Diagnostics,
    _ parse: (String) throws -> Double
  ) -> [Double]? {
    guard let values = reader.sequence(key, into: &diagnostics) else { return nil }
    let numbers = values.compactMap { $0.parsed(into: &diagnostics, as: parse) }
    return numbers.count == values.count ? numbers : nil
  }

  /// How service times scatter: `none`, or a law of mean 1, by which they are multiplied.
  func noise(
    _ value: ValueReader?, into diagnostics: inout Diagnostics
  ) -> ServiceTimeNoise? {
    guard let value else { return ServiceTimeNoise.none }
    if case .scalar = value.node.content {
      return value.oneOf(
        [("none", ServiceTimeNoise.none), ("exponential", .exponential)], into: &diagnostics)
    }
    return unitLaw(value, into: &diagnostics).map { .law($0) }
  }

  private static let unitLawNames = [
    "gamma", "lognormal", "erlang", "weibull", "uniform", "pareto", "hyperexponential",
  ]

  /// A law of mean 1: `constant`, `exponential`, or a named law by what sets its shape.
  func unitLaw(
    _ value: ValueReader, into diagnostics: inout Diagnostics
  ) -> Distribution? {
    do {
      if case .scalar = value.node.content {
        let law: Distribution.Law? = value.oneOf(
          [("constant", .constant(1)), ("exponential", .exponential(mean: 1))],
          into: &diagnostics)
        return try law.map { try Distribution($0) }
      }
      guard let choice = value.choice(among: Self.unitLawNames, into: &diagnostics),
        var reader = choice.value.mapping(into: &diagnostics)
      else { return nil }
      let law = try unitLaw(choice.name, &reader, into: &diagnostics)
      reader.finish(into: &diagnostics)
      guard let law else { return nil }
      guard abs(law.mean - 1) < 1e-6 else {
        choice.value.report(
          .beyond(.law, found: "a mean of \(law.mean)", allowed: "a mean of 1"), into: &diagnostics)
        return nil
      }
      return law
    } catch {
      let allowed = (error as? any StatesWhatIsAllowed)?.allowed ?? "\(error)"
      value.report(.rule(.law, "allowed: \(allowed)"), into: &diagnostics)
      return nil
    }
  }

  private func unitLaw(
    _ name: String, _ reader: inout MappingReader, into diagnostics: inout Diagnostics
  ) throws -> Distribution? {
    func number(_ key: String, _ range: ClosedRange<Double>) -> Double? {
      reader.decimal(key, in: range, .required, into: &diagnostics)
    }
    switch name {
    case "gamma":
      return try number("cv", 0.001...100).map { try .gamma(mean: 1, cv: $0) }
    case "lognormal":
      return try number("cv", 0.001...100).map { try .lognormal(mean: 1, cv: $0) }
    case "erlang":
      return try reader.integer("phases", into: &diagnostics).map {
        try .erlang(phases: $0, mean: 1)
      }
    case "weibull":
      return try number("shape", 0.1...100).map { try .weibull(mean: 1, shape: $0) }
    case "pareto":
      return try number("shape", 1.001...1_000).map {
        try Distribution(.pareto(shape: $0, minimum: ($0 - 1) / $0))
      }
    case "uniform":
      guard let low = number("low", 0...1), let high = number("high", 1...2) else { return nil }
      return try Distribution(.uniform(low: low, high: high))
    default:
      func list(_ key: String) -> [Double]? {
        reader.sequence(key, into: &diagnostics)?.compactMap {
          $0.decimal(into: &diagnostics)
        }
      }
      guard let probabilities = list("probabilities"), let means = list("means"),
        diagnostics.isEmpty
      else { return nil }
      return try Distribution(.hyperexponential(probabilities: probabilities, means: means))
    }
  }
}
