// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import TokenEngine

/// Takes settings out of an object of JSON one by one, and gathers what is wrong with them.
struct SettingsReader {
  private let file: JSONFile
  private let root: JSONNode
  private var known: [String] = []
  private var errors: [TraceError] = []

  init(_ file: JSONFile, _ root: JSONNode) {
    self.file = file
    self.root = root
  }

  /// The value under a name; `nil` where there is none, or `null`.
  private mutating func value(_ name: String, isRequired: Bool = false) -> JSONNode? {
    known.append(name)
    if let value = root[name] {
      if case .null = value.content, !isRequired { return nil }
      return value
    }
    if isRequired {
      errors.append(file.error(root, found: "no '\(name)'", allowed: "a value for it"))
    }
    return nil
  }

  /// A key that has no effect.
  mutating func ignore(_ name: String) { _ = value(name) }

  /// A whole number.
  mutating func count(
    _ name: String, from least: Int = 1, upTo most: Int = 1 << 30, isRequired: Bool = false
  ) -> Int? {
    guard let node = value(name, isRequired: isRequired) else { return nil }
    if case .number(let text) = node.content, let number = Int(text), number >= least,
      number <= most
    {
      return number
    }
    return fail(node, "a whole number from \(least) to \(most)")
  }

  /// A number from 0 to less than 1.
  mutating func share(_ name: String) -> Double? {
    guard let node = value(name) else { return nil }
    if case .number(let text) = node.content, let number = Double(text), number >= 0, number < 1 {
      return number
    }
    return fail(node, "a share of the blocks, from 0 to less than 1")
  }

  /// A number from 0 on.
  mutating func factor(_ name: String) -> Double? {
    guard let node = value(name) else { return nil }
    if case .number(let text) = node.content, let number = Double(text), number >= 0, number < 1e9 {
      return number
    }
    return fail(node, "a number from 0 to less than a thousand million")
  }

  /// Says that settings do not go together.
  mutating func refuse(_ problem: String) {
    errors.append(file.error(root, found: problem, allowed: "settings that go together"))
  }

  /// Whether something is so.
  mutating func flag(_ name: String, isRequired: Bool = false) -> Bool? {
    guard let node = value(name, isRequired: isRequired) else { return nil }
    if case .flag(let flag) = node.content { return flag }
    return fail(node, "true or false")
  }

  /// One of some words.
  mutating func choice(_ name: String, of words: [String]) -> String? {
    guard let node = value(name) else { return nil }
    if let text = node.text, words.contains(text) { return text }
    return fail(node, "one of: " + words.joined(separator: ", "))
  }

  /// A text that has to be there.
  mutating func text(_ name: String) -> String? {
    guard let node = value(name, isRequired: true) else { return nil }
    if let text = node.text, !text.isEmpty { return text }
    return fail(node, "a text")
  }

  /// An affine law whose coefficients are nanoseconds, with at most six decimals each.
  mutating func law(_ name: String) -> AffineStepLaw {
    var coefficients: [Int64] = []
    if let node = value(name, isRequired: true) {
      for (key, least) in [("c0", Int64(1)), ("c1", 0), ("c2", 0), ("c3", 0)] {
        guard let coefficient = node[key] else {
          errors.append(
            file.error(node, found: "no '\(key)'", allowed: "nanoseconds c0, c1, c2, c3"))
          continue
        }
        if let femtoseconds = Self.femtoseconds(coefficient), femtoseconds >= least {
          coefficients.append(femtoseconds)
        } else {
          let _: Int? = fail(
            coefficient,
            "nanoseconds, \(least > 0 ? "more than 0" : "0 or more"), up to an hour "
              + "and with at most six decimals")
        }
      }
      for member in node.members ?? [] where !["c0", "c1", "c2", "c3"].contains(member.name) {
        errors.append(
          file.error(member.value, found: "'\(member.name)'", allowed: "c0, c1, c2, c3"))
      }
    }
    guard coefficients.count == 4 else {
      return AffineStepLaw(perStep: 1, perSequence: 0, perContextToken: 0, perPrefillToken: 0)
    }
    return AffineStepLaw(
      perStep: coefficients[0], perSequence: coefficients[1], perContextToken: coefficients[2],
      perPrefillToken: coefficients[3])
  }

  private static func femtoseconds(_ node: JSONNode) -> Int64? {
    guard case .number(let text) = node.content,
      let decimal = try? DecimalText(parsingScientific: text), !decimal.isCut, decimal.places <= 6
    else { return nil }
    var digits = decimal.digits
    for _ in decimal.places..<6 { digits *= 10 }
    // An hour.
    return digits <= 3_600_000_000_000_000_000 ? Int64(exactly: digits) : nil
  }

  private mutating func fail<Value>(_ node: JSONNode, _ allowed: String) -> Value? {
    errors.append(file.error(node, allowed: allowed))
    return nil
  }

  /// Ends the reading.
  ///
  /// - Throws: what was wrong, keys that nobody asked for among it.
  mutating func finish() throws(TraceErrors) {
    var seen: Set<String> = []
    for member in root.members ?? [] {
      if !known.contains(member.name) {
        errors.append(
          file.error(
            member.value, found: "'\(member.name)', which is not modelled",
            allowed: known.joined(separator: ", ")))
      } else if !seen.insert(member.name).inserted {
        errors.append(
          file.error(member.value, found: "'\(member.name)' a second time", allowed: "it once"))
      }
    }
    guard errors.isEmpty else {
      let inOrder = errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
      throw TraceErrors(errors: Array(inOrder.prefix(TraceErrors.limit)))
    }
  }
}
