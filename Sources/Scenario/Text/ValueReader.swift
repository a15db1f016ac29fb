// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// One value of a scenario and the names that lead to it, ready to be read as a type.
///
/// Every reading answers `nil` after it has noted an error, so that the caller can go on to the
/// next value and all errors are found at once.
package struct ValueReader: Equatable, Sendable {
  /// The value.
  package let node: ScenarioNode
  /// The names that lead to it.
  package let keyPath: String
  /// What the table of keys says of it; `nil` in a file that is not in it.
  package let shape: KeyShape?

  /// A reader of the value that `keyPath` leads to.
  package init(_ node: ScenarioNode, keyPath: String, shape: KeyShape? = nil) {
    self.shape = shape
    self.node = node
    self.keyPath = keyPath
  }

  /// Where the value was written.
  package var location: SourceLocation { node.location }

  /// Notes an error about this value.
  ///
  /// - Parameter code: what kind of mistake it is, where the problem alone does not say so.
  package func report(
    _ problem: ScenarioError.Problem, code: ErrorCode? = nil, into diagnostics: inout Diagnostics
  ) {
    diagnostics.report(problem, at: location, keyPath: keyPath, code: code)
  }

  /// The value as text.
  package func string(into diagnostics: inout Diagnostics) -> String? {
    guard case .scalar(let text) = node.content else {
      report(.wrongKind(found: node.kind, expected: "a single value"), into: &diagnostics)
      return nil
    }
    return text
  }

  /// The value as `parse` reads it; what `parse` throws is reported as what is allowed.
  package func parsed<Value>(
    into diagnostics: inout Diagnostics, as parse: (String) throws -> Value
  ) -> Value? {
    guard let text = string(into: &diagnostics) else { return nil }
    do {
      return try parse(text)
    } catch {
      let allowed = (error as? any StatesWhatIsAllowed)?.allowed ?? "\(error)"
      report(
        .unreadable(found: text, allowed: allowed), code: code(of: error, in: text),
        into: &diagnostics)
      return nil
    }
  }

  /// A form that is wrong, a value that is out of range, or a word that does not stand here.
  private func code(of error: any Error, in text: String) -> ErrorCode? {
    if (error as? UnreadableQuantity)?.isOfRange == true { return .quantityRange }
    if shape == .quantity(.target) || shape == .quantity(.tolerance) { return .target }
    return shape?.words?.contains(text) == true ? .conflict : nil
  }

  /// The value as a whole number within the range of the table, and within `range`.
  package func integer(
    in range: ClosedRange<Int> = Int.min...Int.max, into diagnostics: inout Diagnostics
  ) -> Int? {
    guard let value = parsed(into: &diagnostics, as: { try parseInteger($0) }) else { return nil }
    let tabled = shape?.counts ?? Int.min...Int.max
    if shape != nil && shape?.counts == nil { diagnostics.note(untabled: "\(keyPath): a count") }
    let range = tabled.clamped(to: range)
    guard range.contains(value) else {
      let lowest = range.lowerBound == .min ? nil : "\(range.lowerBound)"
      let highest = range.upperBound == .max ? nil : "\(range.upperBound)"
      reportRange(
        "\(value)", from: lowest, to: highest, tabled.contains(value) ? .limit : .outOfRange,
        into: &diagnostics)
      return nil
    }
    return value
  }

  /// The value as a decimal number within the range of the table, and within `range`; an infinite end is no limit.
  package func decimal(
    in range: ClosedRange<Double> = -Double.infinity...Double.infinity,
    into diagnostics: inout Diagnostics
  ) -> Double? {
    guard let value = parsed(into: &diagnostics, as: { try parseDecimal($0) }) else { return nil }
    if shape != nil && shape?.numbers == nil { diagnostics.note(untabled: "\(keyPath): a number") }
    let range = (shape?.numbers ?? -Double.infinity...Double.infinity).clamped(to: range)
    guard range.contains(value) else {
      let lowest = range.lowerBound.isInfinite ? nil : "\(range.lowerBound)"
      let highest = range.upperBound.isInfinite ? nil : "\(range.upperBound)"
      reportRange(
        "\(value)", from: lowest, to: highest, .outOfRange, into: &diagnostics)
      return nil
    }
    return value
  }

  /// The value as yes or no: `true`, `on`, `yes`, `false`, `off` or `no`.
  package func boolean(into diagnostics: inout Diagnostics) -> Bool? {
    guard let text = string(into: &diagnostics) else { return nil }
    switch text {
    case "true", "on", "yes": return true
    case "false", "off", "no": return false
    default:
      report(.unreadable(found: text, allowed: "true or false"), into: &diagnostics)
      return nil
    }
  }

  /// The value as one of several names.
  package func oneOf<Value>(
    _ choices: [(name: String, value: Value)], into diagnostics: inout Diagnostics
  ) -> Value? {
    guard let text = string(into: &diagnostics) else { return nil }
    if let choice = choices.first(where: { $0.name == text }) { return choice.value }
    let names = choices.map(\.name)
    let words = shape?.words
    if let words {
      for name in names where !words.contains(name) {
        diagnostics.note(untabled: "\(keyPath): the word \(name)")
      }
    }
    let suggestion =
      nearestKey(to: text, among: names).map { " (did you mean '\($0)'?)" } ?? ""
    let allowed = names.joined(separator: ", ") + suggestion
    // Without words in the table they are names of other parts of the scenario.
    let isKnown = words?.contains(text) == true
    let code: ErrorCode =
      shape == nil ? .unreadable : words == nil ? .reference : isKnown ? .conflict : .unreadable
    report(.unreadable(found: text, allowed: allowed), code: code, into: &diagnostics)
    return nil
  }

  private func reportRange(
    _ found: String, from lowest: String?, to highest: String?, _ code: ErrorCode,
    into diagnostics: inout Diagnostics
  ) {
    let allowed: String
    switch (lowest, highest) {
    case (let lowest?, let highest?): allowed = "\(lowest) to \(highest)"
    case (let lowest?, nil): allowed = "at least \(lowest)"
    case (nil, let highest?): allowed = "at most \(highest)"
    case (nil, nil): allowed = "any number"
    }
    report(.outOfRange(found: found, allowed: allowed), code: code, into: &diagnostics)
  }
}
