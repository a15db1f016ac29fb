// SPDX-License-Identifier: Apache-2.0

import Quantities
import Yams

/// Reads the keys of a mapping of the file; a key that nobody asked for is an error.
struct KeyReader {
  let file: String
  let path: String
  let line: Int
  private let values: [(key: String, node: Node)]
  private var asked: [String] = []

  init(_ node: Node?, file: String, path: String) throws(FileError) {
    self.file = file
    self.path = path
    line = node?.mark?.line ?? 1
    guard let node, node != .scalar(Node.Scalar("")) else {
      values = []
      return
    }
    guard case .mapping(let mapping) = node else {
      throw FileError(file, line: line, key: path, "keys and values are expected")
    }
    var values: [(key: String, node: Node)] = []
    for (key, value) in mapping {
      guard let name = key.string else {
        throw FileError(file, line: key.mark?.line, key: path, "a key is a text")
      }
      values.append((key: name, node: value))
    }
    self.values = values
  }

  /// The keys, in the order of the file, for a mapping whose keys are names.
  mutating func names() -> [String] {
    asked = values.map(\.key)
    return asked
  }

  private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func fail(_ key: String, _ problem: String) -> FileError {
    let node = values.first { $0.key == key }?.node
    return FileError(file, line: node?.mark?.line ?? line, key: full(key), problem)
  }

  mutating func node(_ key: String) -> Node? {
    if !asked.contains(key) { asked.append(key) }
    return values.first { $0.key == key }?.node
  }

  mutating func has(_ key: String) -> Bool { node(key) != nil }

  mutating func section(_ key: String) throws(FileError) -> KeyReader {
    try KeyReader(node(key), file: file, path: full(key))
  }

  mutating func text(_ key: String) throws(FileError) -> String? {
    guard let node = node(key) else { return nil }
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      throw fail(key, "a text is expected")
    }
    return scalar.string
  }

  mutating func required(_ key: String) throws(FileError) -> String {
    guard let text = try text(key) else { throw fail(key, "is missing") }
    return text
  }

  mutating func texts(_ key: String) throws(FileError) -> [String]? {
    guard let node = node(key) else { return nil }
    guard case .sequence(let items) = node else { throw fail(key, "a list is expected") }
    var texts: [String] = []
    for item in items {
      guard case .scalar(let scalar) = item else { throw fail(key, "a list of texts is expected") }
      texts.append(scalar.string)
    }
    return texts
  }

  mutating func count(_ key: String, in range: ClosedRange<Int>) throws(FileError) -> Int? {
    guard let text = try text(key) else { return nil }
    guard let count = Int(text.replacing("_", with: "")), range.contains(count) else {
      throw fail(key, "a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
    }
    return count
  }

  mutating func span(_ key: String) throws(FileError) -> TimeSpan? {
    guard let text = try text(key) else { return nil }
    guard let span = try? TimeSpan(parsing: text), span > .zero, span <= .hours(24 * 30) else {
      throw fail(key, "a time such as 30s is expected, above 0 and up to 720h")
    }
    return span
  }

  mutating func money(_ key: String) throws(FileError) -> USD? {
    guard let text = try text(key) else { return nil }
    guard let money = try? USD(parsing: text), money >= .zero else {
      throw fail(key, "an amount such as 0.15 USD is expected")
    }
    return money
  }

  mutating func rate(_ key: String) throws(FileError) -> HourlyPrice? {
    guard let text = try text(key) else { return nil }
    guard let rate = try? HourlyPrice(parsing: text) else {
      throw fail(key, "an hourly amount such as 5 USD/h is expected")
    }
    return rate
  }

  mutating func share(_ key: String) throws(FileError) -> Double? {
    guard let text = try text(key) else { return nil }
    guard let share = try? Share(parsing: text), share >= .zero, share <= .whole else {
      throw fail(key, "a share such as 0.9 or 90% is expected")
    }
    return share.fraction
  }

  /// Refuses keys that nobody asked for.
  func end() throws(FileError) {
    for value in values where !asked.contains(value.key) {
      throw fail(value.key, "is no key here; known are \(asked.sorted().joined(separator: ", "))")
    }
  }
}
