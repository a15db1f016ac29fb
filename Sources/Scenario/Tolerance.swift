// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

/// How much worse than before a measure may be, such as `monthly_cost: +2%`; beyond it lies a regression.
package struct Tolerance: Sendable, Equatable {
  /// Which way a measure gets worse.
  package enum Worsening: String, Sendable {
    /// By rising, as a cost does; written with `+`.
    case rising = "+"
    /// By falling, as an availability does; written with `-`.
    case falling = "-"
  }

  /// By how much.
  package enum Amount: Sendable, Equatable {
    /// A part of the value that it was before.
    case share(Share)
    /// Billionths of a dollar or of a second.
    case plain(billionths: Int64)
  }

  /// A measure whose replications are kept, so that two runs can be told apart by it.
  package struct Measure: Sendable {
    /// The name, as the table of measures has it.
    package let name: String
    /// Which way it gets worse.
    package let worsens: Worsening
    /// The unit of its numbers: `USD`, `s`, or empty for a share.
    package let unit: String
    /// Whether only replicas that know tokens tell it.
    package var needsTokens = false
  }

  /// The measures that may be named, in the order in which they are printed.
  package static let measures: [Measure] =
    [Measure(name: "monthly_cost", worsens: .rising, unit: "USD")]
    + RequestTime.allCases.flatMap { time in
      ["mean", "p50", "p90", "p95", "p99", "p99.9"].map {
        Measure(
          name: "\($0)(\(time.rawValue))", worsens: .rising, unit: "s",
          needsTokens: time.needsTokens)
      }
    }
    + ["availability", "availability(time)", "hit_ratio", "join_ratio"].map {
      Measure(name: $0, worsens: .falling, unit: "")
    }

  /// The name of the measure.
  package let measure: String
  /// The amount as it was written, with its sign.
  package let text: String
  /// By how much the measure may get worse.
  package let amount: Amount
  /// Which way the measure gets worse.
  package let worsens: Worsening
  /// Where it stands; `nil` where it was given on the command line.
  package internal(set) var location: SourceLocation?

  /// The tolerance of a measure by an amount such as `+2%`, `+500 USD`, `+10ms` or `-0.1%`.
  ///
  /// - Throws: what is allowed, when there is no such measure or the sign points the better way.
  package init(measure name: String, amount text: String) throws(UnreadableQuantity) {
    guard let measure = Self.measures.first(where: { $0.name == name }) else {
      let names = Self.measures.map(\.name).joined(separator: ", ")
      throw UnreadableQuantity(allowed: "a tolerance of one of the measures \(names)")
    }
    let sign = measure.worsens.rawValue
    let unreadable = UnreadableQuantity(
      allowed: "how much worse \(name) may get, such as "
        + (measure.unit == "USD"
          ? "+2% or +500 USD" : measure.unit == "s" ? "+5% or +10ms" : "-0.1%")
    )
    let rest = text.dropFirst(sign.count)
    guard text.hasPrefix(sign), rest.first?.isNumber == true else { throw unreadable }
    self.measure = name
    self.text = text
    worsens = measure.worsens
    if rest.last == "%" {
      amount = .share(try Share(parsing: rest))
    } else if measure.unit == "USD" {
      amount = .plain(billionths: try USD(parsing: rest).nanodollars)
    } else if measure.unit == "s" {
      amount = .plain(billionths: try TimeSpan(parsing: rest).nanoseconds)
    } else {
      throw unreadable
    }
  }

  /// Reads `monthly_cost: +2%`.
  package init(parsing text: String) throws(UnreadableQuantity) {
    guard let colon = text.firstIndex(of: ":") else {
      throw UnreadableQuantity(
        allowed: "a measure and how much worse it may get: monthly_cost: +2%")
    }
    let amount = text[text.index(after: colon)...].drop { $0 == " " }
    try self.init(measure: String(text[..<colon]), amount: String(amount))
  }

  /// By how much the measure may get worse than a value, in its unit.
  package func allowed(from value: Double) -> Double {
    switch amount {
    case .share(let share): share.fraction * abs(value)
    case .plain(let billionths): Double(billionths) / 1e9
    }
  }

  /// The same of a value that is known exactly; `nil` where it does not fit.
  package func allowed(from value: Ratio) -> Ratio? {
    switch amount {
    case .share(let share): value.magnitude.times(Ratio(billionths: share.billionths))
    case .plain(let billionths): Ratio(billionths: billionths)
    }
  }
}
