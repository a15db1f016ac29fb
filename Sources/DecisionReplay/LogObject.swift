// SPDX-License-Identifier: Apache-2.0

import Policies
import Quantities
import Serving

/// What is wrong with a line of a decision log.
public struct DecisionLogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The number of the line, from 1; 0 until it is known.
  public var line: Int
  /// The key, with those that it is in before it; empty for the line as a whole.
  public var key: String
  /// What was found and what is allowed.
  public var problem: String

  /// The line, the key and the problem.
  public var description: String {
    "line \(line): \(key.isEmpty ? "" : "\(key): ")\(problem)"
  }
}

/// One object of JSON, whose values are asked for with their types.
struct LogObject {
  private let fields: [(key: String, value: JSONValue)]
  private let path: String
  private let start: UTCDate

  /// The object on a line.
  init(line: [UInt8], start: UTCDate) throws(DecisionLogError) {
    guard case .object(let fields) = JSONValue.read(line) else {
      throw DecisionLogError(line: 0, key: "", problem: "this is no object of JSON on one line")
    }
    self.init(fields, path: "", start: start)
  }

  private init(_ fields: [(key: String, value: JSONValue)], path: String, start: UTCDate) {
    self.fields = fields
    self.path = path
    self.start = start
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private subscript(key: String) -> JSONValue? { fields.first { $0.key == key }?.value }

  func fail(_ key: String, allowed: String) -> DecisionLogError {
    let found = self[key].map { "is \($0.shown)" } ?? "is missing"
    return DecisionLogError(line: 0, key: place(key), problem: "\(found); allowed: \(allowed)")
  }

  func has(_ key: String) -> Bool {
    switch self[key] {
    case nil, .null: false
    default: true
    }
  }

  func text(_ key: String) throws(DecisionLogError) -> String {
    guard case .text(let text) = self[key] else { throw fail(key, allowed: "text") }
    return text
  }

  func integer<Integer: FixedWidthInteger>(_ key: String) throws(DecisionLogError) -> Integer {
    guard case .integer(let number) = self[key], let integer = Integer(exactly: number) else {
      throw fail(key, allowed: "a whole number from \(Integer.min) to \(Integer.max)")
    }
    return integer
  }

  func optional<Value>(
    _ key: String, _ read: (String) throws(DecisionLogError) -> Value
  ) throws(DecisionLogError) -> Value? {
    has(key) ? try read(key) : nil
  }

  func double(_ key: String) throws(DecisionLogError) -> Double {
    guard let number = self[key].flatMap(Self.number) else { throw fail(key, allowed: "a number") }
    return number
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  func flag(_ key: String) throws(DecisionLogError) -> Bool {
    guard case .flag(let flag) = self[key] else { throw fail(key, allowed: "true or false") }
    return flag
  }

  /// A time, where null is never.
  func time(_ key: String) throws(DecisionLogError) -> Instant {
    guard has(key) else {
      guard self[key] != nil else { throw fail(key, allowed: "a time in UTC, or null") }
      return .never
    }
    guard let date = try? UTCDate(parsing: try text(key)) else {
      throw fail(key, allowed: "a time in UTC, such as 2024-12-09T00:00:00.5Z, or null")
    }
    let nanoseconds = (date - start).nanoseconds
    guard Self.times.contains(nanoseconds) else {
      throw fail(key, allowed: "a time from 73 years before the log's start to 146 years after it")
    }
    return Instant(nanoseconds: nanoseconds)
  }

  /// Nanoseconds since the start: between any two of these, and of one and a stretch, lies a ``TimeSpan``.
  private static let times: ClosedRange<Int64> = {
    let stretch = TimeSpan.longestStretch.nanoseconds
    return -stretch...2 * stretch
  }()

  /// As many words of 64 bits as there are groups of 16 hexadecimal digits.
  func words(_ key: String, count: Int) throws(DecisionLogError) -> [UInt64] {
    let digits = Array(try text(key))
    let words = stride(from: 0, to: digits.count, by: 16).compactMap {
      UInt64(String(digits[$0..<min($0 + 16, digits.count)]), radix: 16)
    }
    guard digits.count == 16 * count, words.count == count else {
      throw fail(key, allowed: "\(16 * count) hexadecimal digits")
    }
    return words
  }

  func oneOf<Value: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(DecisionLogError) -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: try text(key)) else {
      throw fail(key, allowed: Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// One of some values, by the name that each has in a log.
  func named<Value>(
    _ key: String, among all: [Value], _ name: KeyPath<Value, String>
  ) throws(DecisionLogError) -> Value {
    let text = try text(key)
    guard let value = all.first(where: { $0[keyPath: name] == text }) else {
      throw fail(key, allowed: all.map { $0[keyPath: name] }.joined(separator: ", "))
    }
    return value
  }

  func object(_ key: String) throws(DecisionLogError) -> LogObject {
    guard case .object(let inner) = self[key] else { throw fail(key, allowed: "an object") }
    return LogObject(inner, path: place(key), start: start)
  }

  private func list(_ key: String, of what: String) throws(DecisionLogError) -> [JSONValue] {
    guard case .list(let items) = self[key] else { throw fail(key, allowed: "a list of \(what)") }
    return items
  }

  func objects(_ key: String) throws(DecisionLogError) -> [LogObject] {
    var objects: [LogObject] = []
    for (index, item) in try list(key, of: "objects").enumerated() {
      guard case .object(let inner) = item else { throw fail(key, allowed: "a list of objects") }
      objects.append(LogObject(inner, path: "\(place(key))[\(index)]", start: start))
    }
    return objects
  }

  func integers(_ key: String) throws(DecisionLogError) -> [Int64] {
    var numbers: [Int64] = []
    for item in try list(key, of: "whole numbers") {
      guard case .integer(let number) = item else {
        throw fail(key, allowed: "a list of whole numbers")
      }
      numbers.append(number)
    }
    return numbers
  }

  func doubles(_ key: String) throws(DecisionLogError) -> [Double] {
    let items = try list(key, of: "numbers")
    let numbers = items.compactMap(Self.number)
    guard numbers.count == items.count else { throw fail(key, allowed: "a list of numbers") }
    return numbers
  }

  /// Lists of numbers, each as long as told; of any length where it is not.
  func rows(_ key: String, width: Int? = nil) throws(DecisionLogError) -> [[Double]] {
    let what = "lists of \(width.map { "\($0) " } ?? "")numbers"
    var rows: [[Double]] = []
    for item in try list(key, of: what) {
      guard case .list(let cells) = item else { throw fail(key, allowed: "a list of \(what)") }
      let row = cells.compactMap(Self.number)
      guard row.count == cells.count, row.count == width ?? row.count else {
        throw fail(key, allowed: "a list of \(what)")
      }
      rows.append(row)
    }
    return rows
  }
}
