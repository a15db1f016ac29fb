// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Numerics
import Testing

/// A parameter of a reference case: a number, a text, a list or named values.
enum ReferenceValue: Decodable, Sendable {
  case number(Double)
  case text(String)
  case list([ReferenceValue])
  case named([String: ReferenceValue])

  /// What was asked for is missing or of another kind.
  struct Unreadable: Error {
    var name: String
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([ReferenceValue].self) {
      self = .list(list)
    } else {
      self = .named(try container.decode([String: ReferenceValue].self))
    }
  }

  /// Whether there is a value of this name.
  func has(_ name: String) -> Bool {
    if case .named(let values) = self { values[name] != nil } else { false }
  }

  /// The value of this name.
  func value(_ name: String) throws -> ReferenceValue {
    guard case .named(let values) = self, let value = values[name] else {
      throw Unreadable(name: name)
    }
    return value
  }

  /// The number of this name.
  func number(_ name: String) throws -> Double {
    guard case .number(let number) = try value(name) else { throw Unreadable(name: name) }
    return number
  }

  /// The whole number of this name.
  func count(_ name: String) throws -> Int {
    guard let count = Int(exactly: try number(name)) else { throw Unreadable(name: name) }
    return count
  }

  /// The text of this name.
  func text(_ name: String) throws -> String {
    guard case .text(let text) = try value(name) else { throw Unreadable(name: name) }
    return text
  }

  /// The list of this name.
  func list(_ name: String) throws -> [ReferenceValue] {
    guard case .list(let list) = try value(name) else { throw Unreadable(name: name) }
    return list
  }

  /// The list of numbers of this name.
  func numbers(_ name: String) throws -> [Double] {
    try list(name).map { value in
      guard case .number(let number) = value else { throw Unreadable(name: name) }
      return number
    }
  }

  /// The law of this name.
  func law(_ name: String) throws -> Distribution { try value(name).law() }

  /// This value as a law.
  func law() throws -> Distribution {
    switch try text("dist") {
    case "deterministic": try Distribution(.constant(number("value")))
    case "exponential": try Distribution(.exponential(mean: number("mean")))
    case "erlang": try Distribution.erlang(phases: count("k"), mean: number("mean"))
    case "gamma": try Distribution(.gamma(shape: number("shape"), scale: number("scale")))
    case "weibull": try Distribution(.weibull(shape: number("shape"), scale: number("scale")))
    case "lognormal":
      try Distribution(.lognormal(logMean: number("mu"), logDeviation: number("sigma")))
    case "uniform": try Distribution(.uniform(low: number("low"), high: number("high")))
    case "pareto": try Distribution(.pareto(shape: number("alpha"), minimum: number("xm")))
    case "hyperexponential":
      try Distribution(.hyperexponential(probabilities: numbers("p"), means: numbers("means")))
    case let other: throw Unreadable(name: other)
    }
  }
}

extension ReferenceRow {
  /// Compares each row of a case with what `answer` makes of it; a quantity without one fails, and so
  /// does a table of the project's own with more or fewer rows of the case.
  static func compare(
    _ name: String, rows count: Int, to tolerance: Double = 1e-9,
    _ answer: (ReferenceValue, String) throws -> Double?
  ) throws {
    let own = try rows(of: name, in: tables.own)
    #expect(own.count == count, "\(name) has so many rows")
    let further = try tables.further.map { try rows(of: name, in: $0) } ?? []
    for row in own + further {
      let found = try #require(try answer(row.parameters, row.quantity), "\(row)")
      // Quantiles of 0 and variations of 0 have no relative error.
      let error = abs(found - row.value) / (row.value == 0 ? 1 : abs(row.value))
      #expect(error <= tolerance, "\(row) but found \(found)")
    }
  }

  /// The quantity named like `W_p99` or `Wq_p999`.
  static func quantile(
    _ quantity: String, _ waiting: (Double) -> Double, _ sojourn: (Double) -> Double = { _ in .nan }
  ) -> Double? {
    let parts = quantity.split(separator: "_p")
    guard parts.count == 2, let p = Double("0." + parts[1]) else { return nil }
    return parts[0] == "Wq" ? waiting(p) : parts[0] == "W" ? sojourn(p) : nil
  }
}
