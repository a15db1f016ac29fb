// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// A statement about a measure that a run can bear out or not, such as `p99(latency) <= 200ms`.
package struct Target: Sendable, Equatable {
  /// What is summed up of a time.
  package enum Statistic: Sendable, Equatable {
    /// The mean over answered requests.
    case mean
    /// The quantile over offered requests, as a share such as 0.99.
    case quantile(Share)
  }

  /// What a target is about.
  package enum Measure: Sendable, Equatable {
    /// The bill for a month of 730 hours.
    case monthlyCost
    /// The time from a request's arrival to its answer.
    case latency(Statistic)
    /// The time from a request's arrival to the start of its batch.
    case wait(Statistic)
    /// The share of offered requests that were answered inside the client's timeout.
    case availability
    /// The share of minutes in which 99 % of the offered requests were answered.
    case availabilityByTime
    /// The share of another scenario's monthly bill that this one saves.
    case savings(against: String)
  }

  /// How the measure and the bound should stand to each other.
  package enum Comparison: String, Sendable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"

    /// Whether a value on the left satisfies it with that bound on the right.
    package func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .below: value < bound
      case .above: value > bound
      }
    }
  }

  /// The bound in its own unit.
  package enum Bound: Sendable, Equatable {
    /// Money a month.
    case money(USD)
    /// A length of time.
    case time(TimeSpan)
    /// A share.
    case share(Share)

    /// The number that estimates are compared with: dollars, seconds or the share of 1.
    package var value: Double {
      switch self {
      case .money(let amount): amount.inDollars
      case .time(let span): span.inSeconds
      case .share(let share): share.fraction
      }
    }
  }

  /// The target as it was written.
  package let text: String
  /// What it is about.
  package let measure: Measure
  /// How the two sides should stand to each other.
  package let comparison: Comparison
  /// The bound.
  package let bound: Bound
}

extension Target {
  private static let grammar = """
    a target such as monthly_cost <= 50_000 USD, p99(latency) <= 200ms, mean(wait) <= 10ms, \
    availability >= 99.9%, availability(time) >= 99% or savings(FILE) >= 65%
    """

  /// Reads a target: a measure, one of `<=`, `>=`, `<`, `>`, and a bound in the measure's unit.
  package init(parsing text: String) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(allowed: Self.grammar)
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count >= 3, let comparison = Comparison(rawValue: String(parts[1])) else {
      throw unreadable
    }
    guard let measure = Self.measure(String(parts[0])) else { throw unreadable }
    let bound = parts[2...].joined(separator: " ")
    self.text = text
    self.measure = measure
    self.comparison = comparison
    switch measure {
    case .monthlyCost: self.bound = .money(try USD(parsing: bound))
    case .latency, .wait: self.bound = .time(try TimeSpan(parsing: bound))
    case .availability, .availabilityByTime, .savings:
      self.bound = .share(try Share(parsing: bound))
    }
  }

  private static func measure(_ text: String) -> Measure? {
    switch text {
    case "monthly_cost": return .monthlyCost
    case "availability", "availability(requests)": return .availability
    case "availability(time)": return .availabilityByTime
    default: break
    }
    guard let open = text.firstIndex(of: "("), text.last == ")" else { return nil }
    let function = text[..<open]
    let argument = String(text[text.index(after: open)...].dropLast())
    if function == "savings" { return argument.isEmpty ? nil : .savings(against: argument) }
    guard let statistic = statistic(function) else { return nil }
    switch argument {
    case "latency": return .latency(statistic)
    case "wait": return .wait(statistic)
    default: return nil
    }
  }

  /// `mean`, or `p` with the digits of a percentile: `p50`, `p99`, `p99.9`.
  private static func statistic(_ text: some StringProtocol) -> Statistic? {
    if text == "mean" { return .mean }
    guard text.first == "p", let share = try? Share(parsing: "\(text.dropFirst())%"),
      share > .zero, share < .whole
    else { return nil }
    return .quantile(share)
  }
}
