// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

extension KeyShape {
  /// What it may be, in words: `count, 1 to 4,096`.
  package var typeText: String {
    switch self {
    case .text: "text"
    case .file: "file"
    case .count(let range): "count\(Self.range(range))"
    case .number(let range): "number\(Self.range(range))"
    case .flag: "switch"
    case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .quantity(let kind): kind.name + (kind.range.isEmpty ? "" : ", \(kind.range)")
    case .law(let kind): kind.rawValue
    case .list(let item, let range):
      "list of \(item.typeText)" + (range.upperBound == 100_000 ? "" : ", \(Self.items(range))")
    case .mapping, .choice: "mapping"
    case .named(let name, let shape, _): "\(name): \(shape.typeText)"
    case .either(let shapes): shapes.map(\.typeText).joined(separator: " or ")
    }
  }

  private static func items(_ range: ClosedRange<Int>) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound) items" : "\(range.lowerBound) to \(range.upperBound) items"
  }

  private static func range(_ range: ClosedRange<Int>) -> String {
    let (low, high) = (grouped(range.lowerBound), grouped(range.upperBound))
    return low == high ? ", \(low)" : ", \(low) to \(high)"
  }

  private static func range(_ range: ClosedRange<Double>) -> String {
    guard range.lowerBound.isFinite else { return "" }
    return ", \(number(range.lowerBound)) to \(number(range.upperBound))"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? grouped(Int(value)) : "\(value)"
  }

  private static func grouped(_ value: Int) -> String {
    let text = formatted(Double(value.magnitude), places: 0, groupSeparator: ",")
    return value < 0 ? "−\(text)" : text
  }
}

extension KeyDefinition {
  /// The meaning without links.
  package var plainMeaning: String { Self.plain(meaning) }

  /// Markdown without links: their words stay.
  package static func plain(_ markdown: String) -> String {
    var text = ""
    var rest = markdown[...]
    while let open = rest.firstIndex(of: "[") {
      guard let close = rest[open...].firstIndex(of: "]"),
        rest.index(after: close) < rest.endIndex, rest[rest.index(after: close)] == "(",
        let end = rest[close...].firstIndex(of: ")")
      else { break }
      text += rest[..<open] + rest[rest.index(after: open)..<close]
      rest = rest[rest.index(after: end)...]
    }
    return text + rest
  }

  /// What holds without the key, as a table says it.
  package var standardText: String {
    isRequired ? "required" : standard.isEmpty ? "–" : standard
  }
}
