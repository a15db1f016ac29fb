// SPDX-License-Identifier: GPL-3.0-or-later

import Numerics
import Quantities

/// Numbers as a fit's report and fragment show them: with as many digits as say something.
enum FittedText {
  /// A number with so many significant digits, without an exponent.
  static func number(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return value > 0 ? "∞" : value < 0 ? "-∞" : "none" }
    guard value != 0 else { return "0" }
    var places = digits - 1
    var size = abs(value)
    while size >= 10 {
      size /= 10
      places -= 1
    }
    while size < 1 && places < 12 {
      size *= 10
      places += 1
    }
    return formatted(value, places: max(0, places))
  }

  /// A time in the unit in which it reads best, as scenarios have it.
  static func time(_ seconds: Double, digits: Int = 4) -> String {
    if seconds == 0 { return "0s" }
    if seconds < 1 { return number(seconds * 1_000, digits: digits) + "ms" }
    if seconds < 120 { return number(seconds, digits: digits) + "s" }
    if seconds < 7_200 { return number(seconds / 60, digits: digits) + "min" }
    return number(seconds / 3_600, digits: digits) + "h"
  }

  /// A share in percent.
  static func percent(_ share: Double, places: Int = 1) -> String {
    formatted(share * 100, places: places) + " %"
  }

  /// A name as a key of YAML, quoted where it could be taken for anything else.
  static func key(_ name: String) -> String {
    let isPlain =
      name.first?.isLetter == true
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          || scalar == "-" || scalar == "_"
      }
      && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(name.lowercased())
    guard !isPlain else { return name }
    let escaped = name.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
    return "\"\(String(escaped))\""
  }

  /// A law in the keys of a scenario.
  static func law(_ law: Distribution) -> String {
    switch law.law {
    case .constant(let value): return time(value)
    case .exponential(let mean): return "{ exponential: { mean: \(time(mean)) } }"
    case .uniform(let low, let high):
      return "{ uniform: { low: \(time(low)), high: \(time(high)) } }"
    case .gamma(let shape, let scale):
      let cv = number(1 / shape.squareRoot(), digits: 4)
      return "{ gamma: { mean: \(time(shape * scale)), cv: \(cv) } }"
    case .weibull(let shape, let scale):
      return "{ weibull: { scale: \(time(scale)), shape: \(number(shape, digits: 4)) } }"
    case .lognormal(let mean, let deviation):
      let median = ElementaryFunctions.exp(mean)
      let p99 = ElementaryFunctions.exp(mean + deviation * Normal.quantile(0.99))
      return "{ lognormal: { median: \(time(median)), p99: \(time(p99)) } }"
    case .hyperexponential(let probabilities, let means):
      // Written so that the last makes up the whole.
      var texts = probabilities.dropLast().map { number($0, digits: 4) }
      let rest = texts.reduce(1.0) { $0 - (Double($1) ?? 0) }
      texts.append(formatted(rest, places: 6))
      return "{ hyperexponential: { probabilities: [\(texts.joined(separator: ", "))], "
        + "means: [\(means.map { time($0) }.joined(separator: ", "))] } }"
    case .bathtub(let life):
      return "{ bathtub: { share: \(percent(life.share, places: 3)), early: \(time(life.early)), "
        + "late: \(time(life.late)), onset: \(time(life.onset)), limit: \(time(life.limit)) } }"
    case .pareto: return "~"
    }
  }
}
