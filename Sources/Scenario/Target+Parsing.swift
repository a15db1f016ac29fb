// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities
import Serving

extension Target {
  private static let grammar = """
    a target such as monthly_cost <= 50_000 USD, p99(latency) <= 200ms, mean(wait) <= 10ms, \
    availability >= 99.9%, availability(time) >= 99%, savings(FILE) >= 65%, goodput(FILE) >= 99%, \
    quality_loss(MODEL) < 1% or hit_ratio >= 30% (Documentation/Measures.md has them all)
    """

  /// Reads a target: a measure, one of `<=`, `>=`, `<`, `>`, and a bound in the measure's unit.
  package init(parsing text: String) throws(UnreadableQuantity) {
    let unreadable = UnreadableQuantity(allowed: Self.grammar)
    // What a measure is asked for may hold a sign too.
    let start = text.lastIndex(of: ")") ?? text.startIndex
    let sides = ["<=", ">=", "<", ">"].lazy.compactMap { sign -> (String, String, String)? in
      guard let range = text[start...].firstRange(of: " \(sign) ") else { return nil }
      return (String(text[..<range.lowerBound]), sign, String(text[range.upperBound...]))
    }
    guard let (left, sign, right) = sides.first, let comparison = Comparison(rawValue: sign),
      let measure = Self.measure(left.trimmingBlanks)
    else { throw unreadable }
    if case .goodput(let path) = measure, path.contains("<") || path.contains(">") {
      throw UnreadableQuantity(
        allowed:
          "goodput with limits of ttft, tpot or latency, each once: goodput(ttft <= 1s, tpot <= 50ms) >= 12/s"
      )
    }
    self.text = text
    self.measure = measure
    self.comparison = comparison
    self.bound = try Self.bound(of: measure, right.trimmingBlanks)
  }

  private static func bound(
    of measure: Measure, _ text: String
  ) throws(UnreadableQuantity) -> Bound {
    switch measure {
    case .monthlyCost:
      let amount = try USD(parsing: text)
      guard amount >= .zero else {
        throw UnreadableQuantity(allowed: "an amount of at least 0 USD, as no bill is below it")
      }
      return .money(amount)
    case .hourlyCost:
      let price = try HourlyPrice(parsing: text)
      guard price.nanodollarsPerHour >= 0 else {
        throw UnreadableQuantity(allowed: "a price of at least 0 USD/h, as no bill is below it")
      }
      return .hourly(price)
    case .time:
      let span = try TimeSpan(parsing: text)
      guard span >= .zero else {
        throw UnreadableQuantity(allowed: "a time of at least 0s, as no request takes less")
      }
      return .time(span)
    case .tokens(let measure): return try bound(of: measure, text)
    case .tokenPriceRatio, .machinesReady, .machinesReadyOfPool, .fallbackHours:
      return .number(try number(text))
    case .availability, .availabilityByTime, .hitRatio, .joinRatio, .billShare, .spotUptime:
      return .share(try share(text, from: .zero, to: .whole))
    case .savings, .qualityLoss, .spotDiscount:
      return .share(try share(text, from: nil, to: .whole))
    case .goodput, .capacity, .interruptionRate:
      return .share(try share(text, from: .zero, to: nil))
    }
  }

  private static func bound(
    of measure: TokenMeasure, _ text: String
  ) throws(UnreadableQuantity) -> Bound {
    switch measure {
    case .occupancy, .prefixHitRatio, .recomputed:
      return .share(try share(text, from: .zero, to: .whole))
    case .costPerMillionOutput, .costPerMillion:
      let amount = try USD(parsing: text)
      guard amount >= .zero else {
        throw UnreadableQuantity(allowed: "an amount of at least 0 USD, as no bill is below it")
      }
      return .money(amount)
    case .outputRate, .goodput:
      guard text.hasSuffix("/s"), let decimal = try? DecimalText(parsing: text.dropLast(2)),
        let billionths = decimal.exactly(times: 1_000_000_000), billionths >= 0
      else { throw UnreadableQuantity(allowed: "a rate of at least 0, such as 12.5/s") }
      return .number(Ratio(billionths: billionths))
    case .preemptions: return .number(try number(text))
    }
  }

  private static func number(_ text: String) throws(UnreadableQuantity) -> Ratio {
    guard let decimal = try? DecimalText(parsing: text),
      let billionths = decimal.exactly(times: 1_000_000_000), billionths >= 0
    else {
      throw UnreadableQuantity(
        allowed: "a number of at least 0 with at most 9 decimals, such as 10 or 2.5")
    }
    return Ratio(billionths: billionths)
  }

  /// A share inside the range of what it is compared with.
  ///
  /// A bare number above 1 is a percentage without its sign more often than a share, so it is asked about.
  private static func share(
    _ text: String, from least: Share?, to most: Share?
  ) throws(UnreadableQuantity) -> Share {
    let share = try Share(parsing: text)
    if text.last != "%", share > .whole || share < .zero - .whole {
      throw UnreadableQuantity(
        allowed: "a share from \(least == nil ? "-1" : "0") to 1 or a percentage: "
          + "did you mean \(text)%?")
    }
    if let least, share < least {
      throw UnreadableQuantity(allowed: "a share of at least 0%, as it is never less")
    }
    if let most, share > most {
      throw UnreadableQuantity(allowed: "a share of at most 100%, as it is never more")
    }
    return share
  }

  private static func measure(_ text: String) -> Measure? {
    if let found = TokenMeasure.plain.first(where: { $0.name == text }) {
      return .tokens(found.measure)
    }
    guard let open = text.firstIndex(of: "(") else { return plainMeasure(text) }
    guard text.last == ")" else { return nil }
    let function = String(text[..<open])
    let arguments = text[text.index(after: open)...].dropLast()
      .split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0).trimmingBlanks }
    guard let first = arguments.first, arguments.allSatisfy({ !$0.isEmpty }) else { return nil }
    if function == "goodput", let limits = TimeLimits(parsing: arguments) {
      return .tokens(.goodput(limits))
    }
    return arguments.count == 1
      ? measure(function, of: first)
      : arguments.count == 2 ? measure(function, of: first, arguments[1]) : nil
  }

  private static func plainMeasure(_ text: String) -> Measure? {
    switch text {
    case "monthly_cost": .monthlyCost
    case "hourly_cost": .hourlyCost
    case "availability": .availability
    case "hit_ratio": .hitRatio
    case "join_ratio": .joinRatio
    case "fallback_hours": .fallbackHours
    case "spot_uptime": .spotUptime
    case "interruption_rate": .interruptionRate
    default: nil
    }
  }

  private static func measure(_ function: String, of argument: String) -> Measure? {
    switch (function, argument) {
    case ("availability", "requests"): return .availability
    case ("availability", "time"): return .availabilityByTime
    case ("savings", _): return .savings(against: argument)
    case ("goodput", _): return .goodput(against: argument)
    case ("capacity", _): return .capacity(against: argument)
    case ("quality_loss", _): return .qualityLoss(against: argument, .matrix)
    case ("bill_share", _): return .billShare(of: argument)
    case ("spot_discount", _): return .spotDiscount(pool: argument)
    case (_, "machines_ready"): return statistic(function).map { .machinesReady($0) }
    default:
      guard let time = RequestTime(rawValue: argument) else { return nil }
      return statistic(function).map { .time(time, $0) }
    }
  }

  private static func measure(
    _ function: String, of first: String, _ second: String
  ) -> Measure? {
    switch function {
    case "mean" where first == "machines_ready": .machinesReadyOfPool(second)
    case "quality_loss":
      QualityScore(rawValue: second).map { .qualityLoss(against: first, $0) }
    case "token_price_ratio": .tokenPriceRatio(first, second)
    default: nil
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

  /// The same target with the path of the other scenario resolved.
  func comparing(with path: String) -> Target {
    let measure: Measure =
      switch measure {
      case .savings: .savings(against: path)
      case .goodput: .goodput(against: path)
      case .capacity: .capacity(against: path)
      default: measure
      }
    return Target(
      text: text, measure: measure, comparison: comparison, bound: bound, location: location)
  }
}

extension String {
  /// The text without the blanks at its ends.
  var trimmingBlanks: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
